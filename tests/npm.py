"""npm's own packages, installed once per lock into the build folder and kept there."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
# A clean install of what the lock names; nothing of it is run while it is installed.
CLEAN_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
SECONDS = 180


def cli(node: Path, name: str) -> Path:
    """Give `npm-cli.js` or `npx-cli.js` of the npm that comes with a Node."""
    return node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"


def installed(node: Path, packages: Path) -> Path:
    """
    Install what the lock of a folder names, and give the folder that holds `node_modules`.

    Where npm cannot install, the test is skipped and says so; in CI it fails.
    """
    lock = (packages / "package-lock.json").read_bytes()
    place = BUILD / f"npm-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (place / "node_modules").is_dir():
        _install(node, packages, place)
    return place


def _install(node: Path, packages: Path, place: Path) -> None:
    """Install beside the place and move there, so that no other process sees a half of it."""
    BUILD.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="npm-half-", dir=BUILD))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(packages / name, fresh / name)
    try:
        subprocess.run(
            [node, cli(node, "npm"), *CLEAN_INSTALL],
            cwd=fresh,
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        fresh.rename(place)
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if not (place / "node_modules").is_dir():
            lock = (packages / "package-lock.json").relative_to(ROOT)
            _give_up(f"npm cannot install what {lock} names: {error}")


def _give_up(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
