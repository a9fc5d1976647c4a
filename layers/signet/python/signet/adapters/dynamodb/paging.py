"""Positions in listings: a last key as text and back, and pages out of a table of many kinds."""

import base64
import json
from typing import Any

from signet.errors import Rejected
from signet.ports.store import Key, QueryPage, Store

# A listing reads on over other people's rows: so many at once, and so often for one page.
SCANNED = 500
SCANS = 50


def position(last: dict[str, Any] | None) -> str | None:
    """Write a last key as text."""
    if last is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(last, sort_keys=True).encode()).decode()


def after(text: str | None) -> dict[str, Any] | None:
    """
    Read a position back as the key to go on after.

    Raises:
        Rejected: The text is not a position.
    """
    if not text:
        return None
    try:
        key: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text))
    except ValueError as error:
        raise Rejected.field("cursor", "is not a cursor of this listing") from error
    return key


def gathered(
    table: Store, kind: tuple[str, str], *, limit: int, start: dict[str, Any] | None
) -> QueryPage:
    """
    Read on through a table until enough rows of one kind are found.

    The page has at most `limit` rows. It is shorter only where the table ends, or where so many
    rows of other kinds lie in between that the rest is left to the next page.
    """
    found: list[dict[str, Any]] = []
    for _ in range(SCANS):
        page = table.scan(*kind, limit=SCANNED, after=start)
        found += page.items
        start = page.last
        if start is None or len(found) >= limit:
            break
    if len(found) <= limit:
        return QueryPage(found, start)
    return QueryPage(found[:limit], place((found[limit - 1]["pk"], found[limit - 1]["sk"])))


def place(key: Key) -> dict[str, Any]:
    """Write a row's key as the place to go on after."""
    return {"pk": key[0], "sk": key[1]}
