"""Rows in batches, and the lists of feedback, on both emulators and in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb.feedback import PAGE, DynamoFeedbackIndex
from signet.adapters.dynamodb.table import Table
from signet.adapters.sealer import RootSealer
from signet.errors import Transient
from signet.ports import Span
from tests.contracts.conftest import Emulator, Memory

Ports = Memory | Emulator
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_many_rows_are_written_and_the_later_of_two_stands(emulator: Ports) -> None:
    """More rows than one call takes, over what stood, with a key that comes twice."""
    table = emulator.table("many")
    table.put({"pk": "p", "sk": "000", "n": 0, "old": "yes"})
    rows = [{"pk": "p", "sk": f"{number:03d}", "n": number} for number in range(60)]
    table.put_many([*rows, {"pk": "p", "sk": "007", "n": "seven"}])
    table.put_many([])

    found = table.get_many([("p", row["sk"]) for row in rows])
    assert 60 == len(found)
    assert {"pk": "p", "sk": "000", "n": 0} == found["p", "000"]
    assert "seven" == found["p", "007"]["n"]


class _Reluctant:
    """A client that leaves all but the first row of each call undone."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts
        self.written: list[Any] = []

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - AWS names it so
        """Write one row of a call, for as many calls as it likes."""
        ((name, wanted),) = RequestItems.items()
        self.attempts -= 1
        done = 1 if self.attempts >= 0 else 0
        self.written += wanted[:done]
        return {"UnprocessedItems": {name: wanted[done:]} if wanted[done:] else {}}


def test_what_was_left_undone_is_asked_for_again() -> None:
    """Rows that DynamoDB did not write are written by the next call, or the caller is told."""
    rows = [{"pk": "p", "sk": str(number)} for number in range(3)]
    willing, unwilling = _Reluctant(3), _Reluctant(2)
    Table(willing, "t").put_many(rows)

    assert 3 == len(willing.written)
    with pytest.raises(Transient):
        Table(unwilling, "t").put_many(rows)


def test_lists_are_walked_together_newest_first(emulator: Ports, sealer: RootSealer) -> None:
    """A rare list leads through long ones, across pages, within days, and on from a position."""
    index = DynamoFeedbackIndex(emulator.table("feedback"), sealer)
    for number in range(PAGE + 20):
        marks = [("word", "often"), ("word", "even" if number % 2 == 0 else "odd")]
        marks += [("word", "rare")] if number in {3, 110} else []
        at = NOW + timedelta(hours=number)
        for _ in range(2):
            index.post("main", f"f{number}", at=at, profile_id="p1", marks=marks)

    def found(*said: str, span: Span = Span()) -> list[str]:  # noqa: B008 - it cannot change
        walk = index.walk("main", [("word", word) for word in said], span=span)
        return [posting.id for posting in walk if posting.fits]

    assert ["f110", "f3"] == found("rare") == found("often", "rare")
    assert ["f110"] == found("rare", "often", "even")
    assert [] == found("even", "odd") == found("often", "none")
    assert [f"f{n}" for n in range(PAGE + 18, -1, -2)] == found("often", "even")
    day = Span(since="2026-11-25T", before="2026-11-26T")
    assert [f"f{n}" for n in range(35, 11, -1)] == found("often", span=day)
    (last, *_) = index.walk("main", [("word", "rare")], span=Span())
    assert ["f3"] == found("often", "rare", span=Span(after=last.position))
    assert 120 == len(list(index.rows_of("main", "p1")))
