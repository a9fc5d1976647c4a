"""Every sample of a call in `events/ingest` through the real handler."""

import json
from pathlib import Path

import pytest

from functions.ingest.wiring import Settings
from signet.domain.message import Message
from signet.domain.source import Source
from signet.errors import Misconfigured
from tests.functions.ingest_world import NOW, World

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "events" / "ingest").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_answered(path: Path) -> None:
    """A sample that nobody handles is a mistake in the sample or in the routes."""
    world = World()
    message = Message(workspace="main", id="m1", template="t", recipient="r", planned_at=NOW)
    world.rows.messages[("main", "m1")] = message
    form = Source(workspace="main", name="form", kind="web_form")
    world.rows.sources[("main", "form")] = form

    answer = world.answer(json.loads(path.read_text(encoding="utf-8")))

    assert answer.status in {200, 201, 202, 302}, answer.body


def test_missing_setting_is_named() -> None:
    """An operator learns which variable is not there."""
    with pytest.raises(Misconfigured, match="PROFILES_TABLE"):
        Settings.from_env({})
