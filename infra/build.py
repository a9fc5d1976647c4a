"""Builds the deps layer for the Lambda platform: pinned, hashed, without Docker."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNTIME_LOCK = ROOT / "requirements" / "runtime.txt"
LAYER_LOCK = ROOT / "layers" / "deps" / "requirements.txt"
LAYER = ROOT / "build" / "layers" / "deps"
# The Lambda runtime brings the SDK and what the SDK alone needs.
IN_RUNTIME = frozenset({"boto3", "botocore", "python-dateutil", "s3transfer", "six", "urllib3"})
HEADER = "# Derived from requirements/runtime.txt by `python -m infra.build lock`.\n"
# pip does not widen an explicit platform: with one tag only it falls back to ancient wheels.
PLATFORM = (
    "--implementation=cp",
    "--python-version=3.13",
    *("--abi=cp313", "--abi=abi3", "--abi=none"),
    *("--platform=manylinux2014_aarch64", "--platform=manylinux_2_28_aarch64"),
)
# Plain Python that its maker publishes as source only.
WITHOUT_WHEELS = ("langdetect",)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


class LayerDiffersError(RuntimeError):
    """The built layer does not hold exactly what its lock names."""


def normal(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def layer_lock(runtime_lock: str) -> str:
    """Derive the layer's lock: the runtime's, less what Lambda brings."""
    entries = re.split(r"^(?=[A-Za-z0-9])", runtime_lock, flags=re.MULTILINE)
    kept = [entry for entry in entries if _is_shipped(entry)]
    return HEADER + "".join(kept)


def pins(lock: str) -> dict[str, str]:
    """Return each distribution a lock names, with its version."""
    return {normal(match["name"]): match["version"] for match in PIN.finditer(lock)}


def distributions(folder: Path) -> dict[str, str]:
    """Return each distribution found in a folder, with its version."""
    found = importlib.metadata.distributions(path=[str(folder)])
    return {normal(one.metadata["Name"]): one.version for one in found}


def deps_folder() -> Path:
    """
    Return the layer's folder; where nothing was built, an empty one.

    A stack can thus be synthesised without a network. To deploy, build first: the
    command of `package.json` does.

    Effects: may create the folder.
    """
    (LAYER / "python").mkdir(parents=True, exist_ok=True)
    return LAYER


def build(folder: Path = LAYER, lock: Path = LAYER_LOCK) -> None:
    """
    Install the locked set for Lambda's platform into an emptied folder.

    Raises:
        LayerDiffersError: what was installed is not exactly what the lock names.
    """
    target = folder / "python"
    shutil.rmtree(folder, ignore_errors=True)
    target.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", *PLATFORM]
    command += [f"--no-binary={name}" for name in WITHOUT_WHEELS]
    command += ["--require-hashes", f"--requirement={lock}", f"--target={target}"]
    subprocess.run(command, check=True)  # noqa: S603 - every part of the command is ours
    shutil.rmtree(target / "bin", ignore_errors=True)
    check(target, lock)


def check(folder: Path, lock: Path = LAYER_LOCK) -> None:
    """
    Compare what a folder holds with a lock.

    Raises:
        LayerDiffersError: they differ; the message names each distribution.
    """
    wanted, found = pins(lock.read_text("utf-8")), distributions(folder)
    different = sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )
    if different:
        message = f"the layer differs from {lock.name} in: {', '.join(different)}"
        raise LayerDiffersError(message)


def _is_shipped(entry: str) -> bool:
    """Tell whether a lock's entry belongs into the layer."""
    match = PIN.match(entry)
    return match is not None and normal(match["name"]) not in IN_RUNTIME


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        LAYER_LOCK.write_text(layer_lock(RUNTIME_LOCK.read_text("utf-8")), "utf-8")
    else:
        build()
