"""The events table's stream, read into changes."""

from datetime import UTC, datetime
from typing import Any

from signet.adapters.dynamodb.item import unpack_item
from signet.adapters.dynamodb.message_row import read
from signet.domain.report import Change


def change(record: dict[str, Any]) -> Change | None:
    """
    Read one stream record.

    Returns:
        None for rows that nobody counts: counters, markers, removals.
    """
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
