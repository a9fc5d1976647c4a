"""What one row of a file says: events, or why it cannot be taken."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from signet.domain import pinpoint, values
from signet.domain import source as sources
from signet.domain.events import Event, Properties
from signet.domain.importing import Part, PartRow, row_id, row_origin
from signet.errors import Rejected
from signet.usecases.importing.mending import mended

# An event and what it tells about a person have to fit rows of four hundred kilobytes.
LARGEST_ROW_BYTES = 131_072
# How a byte that is no UTF-8 stands in a text.
_BYTES = re.compile("[\udc80-\udcff]")
LIMITS = values.Limits(depth=16, keys=1000, text=16_384, integer=2**53)


def content_of(row: PartRow, part: Part) -> Properties:
    """
    Read the object that a row stands for; a cell without anything in it says nothing.

    Raises:
        Rejected: It cannot be read, or is beyond the bounds.
    """
    if row.fault:
        raise Rejected.field("row", row.fault)
    found = _cells(row.content, part) if isinstance(row.content, list) else _line(row.content)
    _demand_text(found, row)
    values.check(found, LIMITS)
    if len(json.dumps(found, ensure_ascii=False).encode()) > LARGEST_ROW_BYTES:
        raise Rejected.field("row", f"is larger than {LARGEST_ROW_BYTES} bytes")
    whole: Properties = mended(found)
    return pinpoint.nested(whole) if part.pinpoint and part.header else whole


def is_endpoint(content: Properties, part: Part) -> bool:
    """
    Tell whether a row is an endpoint of Amazon Pinpoint.

    A table is one of endpoints as a whole; a line of JSON says by itself what it is, whatever
    stands before it.
    """
    return part.pinpoint or (not part.header and pinpoint.is_endpoint(content))


def events_of(row: PartRow, content: Properties, part: Part) -> list[Event]:
    """
    Read the events of a row by the mapping of its source; there is at least one.

    Raises:
        Rejected: Names the part that cannot be read.
    """
    endpoint = is_endpoint(content, part)
    found = sources.events_of(
        part.source,
        pinpoint.plain(content) if endpoint else content,
        received_at=part.received_at,
        near=False,
        message_id=row_id(row, part.reading),
    )
    if not found:
        raise Rejected.field("row", "is passed over by the mapping of its source")
    more: dict[str, Any] = {"origin": row_origin(part.import_id, row.number)}
    if found[0].claimed_at is None:
        # Rows without a time were so in the order of their file.
        more["occurred_at"] = part.received_at + timedelta(microseconds=row.number)
    if part.own_mapping:
        more["mapping_version"] = 0  # no version of the source's mapping has read it
    told = pinpoint.traits(content) if endpoint else {}
    return [
        event.model_copy(update={**more, "traits": {**told, **event.traits}}) for event in found
    ]


def sample_of(row: PartRow, part: Part) -> Any:
    """Give a row as it came, as an object that can be corrected where it is one."""
    content = row.content
    if isinstance(content, list) and len(content) == len(part.header):
        cells = zip(part.header, content, strict=True)
        return _ours({name: cell for name, cell in cells if cell}, part)
    if isinstance(content, list):
        return {"cells": content}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    return _ours(found, part) if isinstance(found, dict) else {"line": content}


def _ours(found: Properties, part: Part) -> Properties:
    """Give an endpoint with the names that a replay finds people by."""
    if not is_endpoint(found, part):
        return found
    try:
        return pinpoint.plain(pinpoint.nested(found) if part.header else found)
    except Rejected:
        return found


def _demand_text(found: Properties, row: PartRow) -> None:
    """Refuse bytes that did not decode, by the name of their column where there is one."""
    if isinstance(row.content, str):
        found = {"row": row.content}
    for name, value in found.items():
        if isinstance(value, str) and _BYTES.search(value):
            raise Rejected.field(name, "holds bytes that are no UTF-8; save the file as UTF-8")


def _cells(cells: Sequence[str], part: Part) -> Properties:
    if len(cells) != len(part.header):
        raise Rejected.field("row", f"has {len(cells)} cells, the header has {len(part.header)}")
    return {name: cell for name, cell in zip(part.header, cells, strict=True) if cell}


def _line(text: str) -> Properties:
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _Unfit) else "is not JSON"
        raise Rejected.field("row", reason) from error
    if not isinstance(found, dict):
        raise Rejected.field("row", "must be one JSON object")
    return found


class _Unfit(ValueError):
    """What JSON allows and we do not."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unfit("holds a key twice")
    return found


def _no_number(name: str) -> None:
    raise _Unfit(f"holds {name}, which is no number")
