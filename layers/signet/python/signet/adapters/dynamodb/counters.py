"""Counters on DynamoDB: one item per scope, moved together with the shard's checkpoint."""

from collections import defaultdict
from collections.abc import Sequence

from signet.adapters.dynamodb import keys
from signet.ports import CounterChange
from signet.ports.store import NEW, Change, Equal, Put, Store, Update

SORT = "counters"
# DynamoDB takes a hundred writes in one transaction; one is the checkpoint.
MOST_SCOPES = 99


class DynamoCounters:
    """Counters in the events table."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def checkpoint(self, shard: str) -> str:
        """Give the last sequence number folded from a shard, or an empty string."""
        item = self._table.get((keys.join("checkpoint", shard), SORT))
        return str(item["last"]) if item else ""

    def fold(
        self, shard: str, *, before: str, after: str, changes: Sequence[CounterChange]
    ) -> None:
        """Add the changes and move the shard's checkpoint, all or nothing."""
        sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for change in changes:
            sums[change.workspace, change.scope][change.name] += change.amount
        writes = [
            _addition(place, amounts) for place, amounts in sums.items() if any(amounts.values())
        ]
        self._table.transact([*writes, _checkpoint(shard, before, after)])

    def read(self, workspace: str, scopes: Sequence[str]) -> dict[str, dict[str, int]]:
        """Read every counter of the named scopes."""
        places = {(keys.counters(workspace, scope), SORT): scope for scope in scopes}
        found = self._table.get_many(places)
        return {
            scope: {n: v for n, v in found.get(place, {}).items() if n not in {"pk", "sk"}}
            for place, scope in places.items()
        }


def _addition(place: tuple[str, str], amounts: dict[str, int]) -> Change:
    moved = {name: amount for name, amount in amounts.items() if amount}
    return Change((keys.counters(*place), SORT), Update(adds=moved))


def _checkpoint(shard: str, before: str, after: str) -> Put:
    item = {"pk": keys.join("checkpoint", shard), "sk": SORT, "last": after}
    return Put(item, Equal("last", before) if before else NEW)
