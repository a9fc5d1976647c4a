"""
What counts against frequency caps, on DynamoDB: one row per person, beside their consents.

The row has the messages of each capped campaign with the moments of their places, and how long
they are to be remembered: as long as the longest window that the campaign's caps had. So it is
one kilobyte up to about twenty messages, and never more than the caps themselves can count.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.domain.cap import Cap, exceeded
from signet.errors import Transient
from signet.ports import Reservation
from signet.ports.store import NEW, Equal, Item, Store

SORT = "caps"
MICROSECOND = timedelta(microseconds=1)
# Whoever else writes the row is another message to the same person in the same moment.
_ATTEMPTS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of each campaign: places by message, in microseconds since 1970, and seconds to remember them.
Uses = dict[str, dict[str, Any]]


class DynamoCaps:
    """The places under caps; each is taken under a message's id, so that a repeat takes no more."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def reserve(self, workspace: str, profile_id: str, wanted: Reservation) -> Cap | None:
        """Take a place under every cap, or give the cap that leaves none."""
        pk = keys.profile(workspace, profile_id)
        for _ in range(_ATTEMPTS):
            row = self._table.get((pk, SORT)) or {}
            uses = _remembered(row.get("uses", {}), wanted.at)
            full = exceeded(wanted.caps, _others(uses, wanted), wanted.at)
            if full is not None:
                return full
            _take(uses, wanted)
            revision = row.get("revision", 0)
            new = {"pk": pk, "sk": SORT, "revision": revision + 1, "uses": uses}
            if self._table.put(new, condition=Equal("revision", revision) if row else NEW):
                return None
        raise Transient(f"the caps of a person were written {_ATTEMPTS} times meanwhile")


def _remembered(row: Item, now: datetime) -> Uses:
    """Give the places that some window may still hold."""
    found = {}
    for campaign_id, kept in row.items():
        oldest = _stamp(now - timedelta(seconds=kept["for"]))
        places = {message_id: at for message_id, at in kept["at"].items() if at >= oldest}
        if places:
            found[campaign_id] = {"for": kept["for"], "at": places}
    return found


def _others(uses: Uses, wanted: Reservation) -> list[datetime]:
    places = uses.get(wanted.campaign_id, {"at": {}})["at"]
    return [
        _EPOCH + at * MICROSECOND
        for message_id, at in places.items()
        if message_id != wanted.message_id
    ]


def _take(uses: Uses, wanted: Reservation) -> None:
    kept = uses.setdefault(wanted.campaign_id, {"for": 0, "at": {}})
    longest = max(cap.within for cap in wanted.caps)
    kept["for"] = max(kept["for"], int(longest.total_seconds()) + 1)
    kept["at"][wanted.message_id] = _stamp(wanted.at)


def _stamp(at: datetime) -> int:
    return (at - _EPOCH) // MICROSECOND
