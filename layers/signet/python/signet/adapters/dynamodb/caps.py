"""What counts against frequency caps, on DynamoDB: one row per person, beside their consents."""

from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.domain.cap import LONGEST, Cap, exceeded
from signet.errors import Transient
from signet.ports import Reservation
from signet.ports.store import NEW, Equal, Item, Key, Store

SORT = "caps"
# Whoever else writes the row is another message to the same person in the same moment.
_ATTEMPTS = 10


class DynamoCaps:
    """The places under caps; each is taken under a message's id, so that a repeat takes no more."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def reserve(self, workspace: str, profile_id: str, wanted: Reservation) -> Cap | None:
        """Take a place under every cap, or give the cap that leaves none."""
        place = keys.profile(workspace, profile_id), SORT
        for _ in range(_ATTEMPTS):
            row = self._table.get(place) or {}
            others = _others(row, wanted)
            full = exceeded(wanted.caps, _of(wanted.campaign_id, others), wanted.at)
            if full is not None:
                return full
            known = Equal("revision", row["revision"]) if row else NEW
            if self._table.put(_row(place, row, {**others, **_use(wanted)}), condition=known):
                return None
        raise Transient(f"the caps of a person were written {_ATTEMPTS} times meanwhile")


def _others(row: Item, wanted: Reservation) -> dict[str, Any]:
    """Give the uses of other messages that some window may still hold."""
    oldest = keys.stamp(wanted.at - LONGEST)
    uses: dict[str, Any] = row.get("uses", {})
    return {mid: use for mid, use in uses.items() if mid != wanted.message_id and use[0] >= oldest}


def _of(campaign_id: str, uses: dict[str, Any]) -> list[datetime]:
    return [
        datetime.fromisoformat(at + "+00:00") for at, whose in uses.values() if whose == campaign_id
    ]


def _use(wanted: Reservation) -> dict[str, Any]:
    return {wanted.message_id: [keys.stamp(wanted.at), wanted.campaign_id]}


def _row(place: Key, row: Item, uses: dict[str, Any]) -> Item:
    pk, sk = place
    return {"pk": pk, "sk": sk, "revision": row.get("revision", 0) + 1, "uses": uses}
