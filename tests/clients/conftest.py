"""One served shop per module: the local cloud's modules keep their state per process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import npm
from tests.clients import shop as shops


@pytest.fixture(scope="module")
def shop() -> Iterator[shops.Shop]:
    """Serve a shop with one triggered campaign."""
    with shops.opened() as running:
        yield running


@pytest.fixture(scope="session")
def node_modules(node: Path) -> Path:
    """Install the locked Node client; skip where that is not possible."""
    return npm.installed(node, Path(__file__).parent) / "node_modules"
