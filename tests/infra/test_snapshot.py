"""The committed template is the stack's, whole, and free of what changes with the code."""

import re
from typing import Any

from infra import snapshot
from tests.infra.reading import references


def test_snapshot_equals_a_fresh_synth(synthesised: dict[str, Any]) -> None:
    """Who changes the wiring commits its new picture: `python -m infra.snapshot write`."""
    fresh = snapshot.text(snapshot.normalise(synthesised))

    assert snapshot.SNAPSHOT.read_text("utf-8") == fresh, "run `python -m infra.snapshot write`"


def test_snapshot_points_only_to_what_it_holds(template: dict[str, Any]) -> None:
    """Normalising leaves a template that could be deployed but for its archives."""
    known = {*template["Resources"]} | {f"AWS::{name}" for name in _PSEUDO}

    assert set() == set(references(template)) - known


def test_snapshot_holds_no_archive_hash(template: dict[str, Any]) -> None:
    """An edit of code alone never touches the snapshot."""
    assert [] == re.findall(r"\b[0-9a-f]{64}\b", snapshot.text(template))


_PSEUDO = ("AccountId", "Partition", "Region", "StackId", "StackName", "URLSuffix")
