"""One synth for the whole session, and the committed template beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import app, snapshot
from tests import synthesis


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesise once and return the folder."""
    return synthesis.assembly(tmp_path_factory)


@pytest.fixture(scope="session")
def synthesised(assembly: Path) -> dict[str, Any]:
    """Return the template as it was synthesised just now."""
    return dict(json.loads((assembly / f"{app.STACK}.template.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Return the committed template."""
    return dict(json.loads(snapshot.SNAPSHOT.read_text("utf-8")))
