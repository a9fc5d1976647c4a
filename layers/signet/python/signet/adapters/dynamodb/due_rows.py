"""
The messages whose moment has come, on DynamoDB.

Nearly every message is through before its first look, so none pays for leaving the index: it is
planned into a partition of first looks and stays there. Upkeep reads these partitions on from
where it stopped, each entry twice: when it is due, and once more hours later, for whatever was
written so late that the first reader had passed. A message that waits on is written to the
partitions of later looks, and removed from there when it has ended.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from signet.adapters.dynamodb import keys, message_row
from signet.domain.message import Message
from signet.errors import Poison
from signet.ports.store import Equal, Every, Item, Key, Query, Store, Update, pages

PORTION = 100
REACHED: Key = (keys.listing("-", "sweep"), "sweep")
# Clocks that differ, a process that stood still and a late index are minutes; this is the second
# reader's distance.
AGAIN = timedelta(hours=2)
READERS = {"soon": timedelta(), "again": AGAIN}
# Each round begins with another partition: what a round has no time for, a later one begins with.
TURN = timedelta(minutes=1)
# A row that this version cannot read is tried again, in case a newer one is put in place.
UNREADABLE = timedelta(days=1)
_KEYS = ("pk", "sk", "due_pk", "due_sk")


class DynamoDueRows:
    """Reads the index of due rows."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def due(self, moment: datetime) -> Iterator[Sequence[Message]]:
        """Give every message whose moment has come, in portions, oldest first in each bucket."""
        reached = self._table.get(REACHED) or {}
        firsts = [(name, kind) for kind in READERS for name in message_row.first_partitions()]
        looks = [
            *(partial(self._first_looks, *which, moment, reached=reached) for which in firsts),
            *(partial(self._later_looks, name, moment) for name in message_row.due_partitions()),
        ]
        first = int(moment.timestamp() // TURN.total_seconds()) % len(looks)
        for look in (*looks[first:], *looks[:first]):
            yield from look()

    def _first_looks(
        self, name: str, kind: str, moment: datetime, *, reached: Item
    ) -> Iterator[Sequence[Message]]:
        place, until = f"{kind} {name}", keys.stamp(moment - READERS[kind])
        since = reached.get(place)
        # Another round's clock may be ahead, and has passed what is due by ours.
        if since is not None and since["due_sk"] > until:
            return
        query = Query(name, PORTION, index="due", up_to=until, after=since)
        for portion in portions(pages(self._table, query), PORTION):
            if waiting := self._first(portion, moment):
                yield list(waiting.values())
            # Whoever looked has moved them all on, to an end or to a later look. What has not
            # moved, is looked at again.
            left = set(self._first(portion, moment)) if waiting else set()
            passed = list(_before(portion, left))
            if passed:
                last = {key: passed[-1][key] for key in _KEYS}
                self._table.update(REACHED, Update(sets={place: last}))
            if left:
                return

    def _first(self, portion: Sequence[Item], moment: datetime) -> dict[Key, Message]:
        """Give those that wait still, and for their first look."""
        found = self._table.get_many([_place(item) for item in portion])
        first = message_row.first_partitions()
        rows = {place: row for place, row in found.items() if row.get("due_pk") in first}
        return self._read(rows, moment)

    def _later_looks(self, name: str, moment: datetime) -> Iterator[Sequence[Message]]:
        query = Query(name, PORTION, index="due", up_to=keys.stamp(moment))
        for portion in portions(pages(self._table, query), PORTION):
            found = self._table.get_many([_place(item) for item in portion])
            for place, row in found.items():
                if message_row.at_rest(row):
                    self._move(place, row, Update(removes=message_row.DUE))
            if waiting := self._read(found, moment):
                yield list(waiting.values())

    def _read(self, rows: dict[Key, Item], moment: datetime) -> dict[Key, Message]:
        """
        Read those that wait.

        What this version cannot read is put off, or it would stand in the way of all others. Its
        change was laid aside as a dead letter when it was written, so somebody knows.
        """
        waiting = {}
        for place, row in rows.items():
            if message_row.at_rest(row):
                continue
            try:
                waiting[place] = message_row.understood(row)
            except Poison:
                self._move(place, row, Update(sets=message_row.due(moment + UNREADABLE)))
        return waiting

    def _move(self, place: Key, row: Item, change: Update) -> None:
        """Change where a row is in the index, unless it has moved meanwhile."""
        same = [Equal(name, row[name]) for name in ("status", "due_sk") if name in row]
        unmoved = Update(change.sets, removes=change.removes, condition=Every(tuple(same)))
        self._table.update(place, unmoved)


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


def _place(item: Item) -> Key:
    return item["pk"], item["sk"]
