"""The events table's stream, read into changes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from signet.adapters.dynamodb.item import unpack_item
from signet.adapters.dynamodb.message_row import ODD, read
from signet.domain.report import Change
from signet.errors import Poison


def change(record: dict[str, Any]) -> Change | None:
    """
    Read one stream record.

    Returns:
        None for rows that nobody counts: counters, markers, removals.

    Raises:
        Poison: The row is none that this version knows.
    """
    return _understood(lambda: _change(record))


def change_laid_aside(text: str) -> Change | None:
    """
    Read one stream record that was laid aside as JSON.

    Raises:
        Poison: As `change`, or the text is no record.
    """
    return _understood(lambda: _change(json.loads(text)))


def _understood(reading: Callable[[], Change | None]) -> Change | None:
    """Whatever a row holds, reading it stops no shard; the error may quote what is personal."""
    try:
        return reading()
    except ODD as error:
        raise Poison(f"not a row of this version: {type(error).__name__}") from error


def _change(record: dict[str, Any]) -> Change | None:
    data = record["dynamodb"]
    if "NewImage" not in data:
        return None
    new, sequence = unpack_item(data["NewImage"]), data["SequenceNumber"]
    at = datetime.fromtimestamp(float(data["ApproximateCreationDateTime"]), UTC)
    if new["sk"] == "message":
        old = unpack_item(data["OldImage"]) if "OldImage" in data else None
        after = read(new)
        return Change(
            sequence=sequence,
            at=at,
            workspace=after.workspace,
            day=after.planned_at.date().isoformat(),
            reference=after.id,
            before=read(old) if old else None,
            after=after,
        )
    if new["sk"] == "event" and "OldImage" not in data:
        return Change(
            sequence=sequence,
            at=at,
            workspace=new["workspace"],
            day=new["occurred_at"][:10],
            reference=new["pk"].rpartition("#")[2],
        )
    return None
