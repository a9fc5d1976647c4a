"""
The messages whose moment has come, on DynamoDB.

Nearly every message is through before its first look, so none pays for leaving the index: it is
planned into a partition of first looks and stays there. Upkeep reads these partitions on from
where it stopped, each entry once. A message that waits on is written to the partitions of later
looks, and removed from there when it has ended.

What is planned is put well ahead of the reader: FIRST_LOOK is longer than two clocks may differ,
the run of a function and the delay of the index together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from signet.adapters.dynamodb import keys, message_row
from signet.domain.message import WAITING, Message
from signet.ports.store import Equal, Every, Item, Key, Query, Store, Update, pages

PORTION = 100
_KEYS = ("pk", "sk", "due_pk", "due_sk")
REACHED: Key = (keys.listing("-", "sweep"), "sweep")


class DynamoDueRows:
    """Reads the index of due rows."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def due(self, moment: datetime) -> Iterator[Sequence[Message]]:
        """Give every message whose moment has come, in portions, oldest first in each bucket."""
        reached = self._table.get(REACHED) or {}
        for partition in message_row.first_partitions():
            yield from self._first_looks(_up_to(partition, moment, reached.get(partition)))
        for partition in message_row.due_partitions():
            yield from self._later_looks(_up_to(partition, moment))

    def _first_looks(self, query: Query) -> Iterator[Sequence[Message]]:
        for portion in portions(pages(self._table, query), PORTION):
            if waiting := [read for _, read in self._waiting(portion)]:
                yield waiting
            # Whoever looked has moved them all on, to an end or to a later look. What has not
            # moved, is looked at again.
            left = {place for place, _ in self._waiting(portion)} if waiting else set()
            passed = list(_before(portion, left))
            if passed:
                reached = {name: passed[-1][name] for name in _KEYS}
                self._table.update(REACHED, Update(sets={query.partition: reached}))
            if left:
                return

    def _waiting(self, portion: Sequence[Item]) -> list[tuple[Key, Message]]:
        """Give those that wait still, and for their first look."""
        found = self._table.get_many([_place(item) for item in portion])
        return [
            (place, message_row.read(row))
            for place, row in found.items()
            if row["status"] in WAITING and row.get("due_pk") in message_row.first_partitions()
        ]

    def _later_looks(self, query: Query) -> Iterator[Sequence[Message]]:
        for portion in portions(pages(self._table, query), PORTION):
            found = self._table.get_many([_place(item) for item in portion])
            rows = [(place, found[place]) for place in map(_place, portion) if place in found]
            for place, row in rows:
                if row["status"] not in WAITING:
                    self._forget(place, row)
            if waiting := [message_row.read(row) for _, row in rows if row["status"] in WAITING]:
                yield waiting

    def _forget(self, place: Key, row: Item) -> None:
        """Take a message that has ended out of the index, unless it has moved meanwhile."""
        unmoved = Every((Equal("status", row["status"]), Equal("due_sk", row.get("due_sk"))))
        self._table.update(place, Update(removes=message_row.DUE, condition=unmoved))


def portions(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut a stream of rows into lists."""
    iterator = iter(items)
    while portion := list(islice(iterator, size)):
        yield portion


def _before(portion: Sequence[Item], left: set[Key]) -> Iterator[Item]:
    """Give the entries before the first of those that are left."""
    for item in portion:
        if _place(item) in left:
            return
        yield item


def _up_to(partition: str, moment: datetime, reached: Item | None = None) -> Query:
    stamp = keys.stamp(moment)
    return Query(partition, PORTION, index="due", up_to=stamp, after=reached)


def _place(item: Item) -> Key:
    return item["pk"], item["sk"]
