"""Committed schemas and reference pages are what the code says today."""

import json
from typing import get_args

from signet.domain.work import AnyWork
from tests.docs import generate


def test_committed_files_are_fresh() -> None:
    """A changed contract is a changed file; `python -m tests.docs.generate write` writes it."""
    assert [] == generate.stale()


def test_every_kind_of_work_has_a_schema() -> None:
    """What may ride a queue is described, whoever adds the next kind."""
    union = get_args(AnyWork)[0]
    kinds = {kind.model_fields["kind"].default for kind in get_args(union)}

    assert kinds == generate.SCHEMAS.keys() - {"event"}


def test_no_other_schema_is_committed() -> None:
    """A schema that nothing generates would only grow old."""
    folder = generate.ROOT / "events" / "schemas"
    found = {path.stem for path in folder.glob("*.json")}

    assert generate.SCHEMAS.keys() == found
    assert all(json.loads(path.read_text())["$schema"] for path in folder.glob("*.json"))
