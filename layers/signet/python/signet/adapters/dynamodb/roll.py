"""Everybody of a workspace on DynamoDB, by what their rows say without being opened."""

from datetime import datetime

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import MERGED_INTO
from signet.adapters.dynamodb.paging import after, gathered, position
from signet.ports import Known, Page
from signet.ports.store import Store


class DynamoRoll:
    """The roll: it needs no key, because ids and moments are not sealed."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List everybody by reading on through the table, each as who they are by now."""
        found = gathered(
            self._table,
            (keys.profile(workspace, ""), "profile"),
            limit=limit,
            start=after(position),
        )
        known = (
            Known(item.get(MERGED_INTO) or item["id"], datetime.fromisoformat(item["created_at"]))
            for item in found.items
        )
        return Page(tuple(known), _position(found.last))


_position = position
