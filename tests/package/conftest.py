"""Each function as Lambda would unpack it, imported once and looked at by many tests."""

import json
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra import app, build
from tests import synthesis
from tests.infra.reading import functions, target, variables

PROBE = Path(__file__).with_name("probe.py")
# What Lambda itself sets; the probe gets nothing else from this machine.
RUNTIME = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
}


@dataclass(frozen=True)
class Imported:
    """What one import in a bare interpreter showed."""

    is_callable: bool
    milliseconds: int
    roots: frozenset[str]
    own: tuple[str, ...]


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesise once; the folder holds every archive, unpacked."""
    return synthesis.assembly(tmp_path_factory)


@pytest.fixture(scope="session")
def built(staged: Path) -> dict[str, Any]:
    """Return the template that names the archives."""
    return dict(json.loads((staged / f"{app.STACK}.template.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def archive(staged: Path, built: dict[str, Any]) -> Callable[[str], Path]:
    """Return a function that finds the unpacked archive of a function by its name."""
    return lambda name: unpacked(staged, functions(built)[name]["Code"])


@pytest.fixture(scope="session")
def imported(
    staged: Path, built: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Imported]:
    """Return a function that imports a handler once, alone, away from the repository."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    @cache
    def load(name: str) -> Imported:
        function = functions(built)[name]
        own = built["Resources"]["CodeSignetLayer"]["Properties"]["Content"]
        folders = [unpacked(staged, function["Code"]), unpacked(staged, own) / "python"]
        command = [sys.executable, "-I", "-S", "-B", str(PROBE)]
        command += [function["Handler"].rpartition(".")[0], packages(), *map(str, folders)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=elsewhere,
            env=environment(name, function),
        )
        assert 0 == done.returncode, done.stderr
        told = json.loads(done.stdout)
        return Imported(
            is_callable=told["callable"],
            milliseconds=told["milliseconds"],
            roots=frozenset(told["roots"]),
            own=tuple(told["own"]),
        )

    return load


def unpacked(staged: Path, location: dict[str, Any]) -> Path:
    """Return the folder from which an archive is made."""
    return staged / f"asset.{Path(location['S3Key']).stem}"


def packages() -> str:
    """
    Return the deps layer where this machine could run it, else this environment's packages.

    A plain folder on the path: files that would link back to the repository have no effect.
    """
    here = (platform.machine(), sys.version_info[:2])
    if here == ("aarch64", (3, 13)) and any((build.LAYER / "python").iterdir()):
        return str(build.LAYER / "python")
    return sysconfig.get_path("platlib")


def environment(name: str, function: dict[str, Any]) -> dict[str, str]:
    """Return what the template sets, with a made-up value for each reference."""
    own = {key: made_up(key, value) for key, value in variables(function).items()}
    libraries = {"POWERTOOLS_SERVICE_NAME": name, "AWS_LAMBDA_FUNCTION_NAME": name}
    return {**RUNTIME, **libraries, **own}


def made_up(key: str, value: Any) -> str:
    """Return a value of the right shape for a reference that only a deployment resolves."""
    if isinstance(value, str):
        return value
    if key.endswith("_URL"):
        return f"https://queues.example/000000000000/{target(value)}"
    return target(value)
