"""A table in memory, with the change stream that DynamoDB would give it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from signet.errors import Conflict, Transient
from signet.ports.store import (
    INDEXES,
    NEW,
    Change,
    Condition,
    Item,
    Key,
    Put,
    Query,
    QueryPage,
    Update,
    Value,
)

_DEEP = {dict, list}
_PARTITION_KEYS = ("pk", *(f"{prefix}_pk" for prefix in INDEXES.values()))
_NONE: Item = {}
Images = tuple[Item | None, Item | None]


class MemoryTable:
    """
    One table; see `Store` for what the methods promise.

    `changes` holds the row before and after each write that changed something, in order: the
    table's stream. Rows are copied on the way in and out, except by `restore`: one that stands is
    never changed, only replaced.
    """

    def __init__(self) -> None:
        self.rows: dict[Key, Item] = {}
        self.changes: list[Images] = []
        self._partitions: dict[tuple[str, str], dict[Key, None]] = {}

    def put(self, item: Mapping[str, Value], *, condition: Condition | None = None) -> bool:
        """Write a row whole; False when the condition does not hold."""
        key = (str(item["pk"]), str(item["sk"]))
        if condition is not None and not condition.holds(self.rows.get(key, {})):
            return False
        self._set(key, copied(dict(item)))
        return True

    def insert(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """Write rows whole, each by itself and only where there is none."""
        return [self.put(item, condition=NEW) for item in items]

    def put_many(self, items: Iterable[Mapping[str, Value]]) -> None:
        """Write rows whole, whatever stands; of two with the same key the later one stands."""
        for item in items:
            self.put(item)

    def update(self, key: Key, change: Update) -> bool:
        """Change a row under its condition; False when it does not hold."""
        standing = self.rows.get(key, {})
        if change.condition is not None and not change.condition.holds(standing):
            return False
        self._set(key, _changed(standing or {"pk": key[0], "sk": key[1]}, change))
        return True

    def delete(self, key: Key) -> bool:
        """Delete a row; False when there was none."""
        if key not in self.rows:
            return False
        self._place(key, None)
        self.changes.append((self.rows.pop(key), None))
        return True

    def get(self, key: Key) -> Item | None:
        """Read one row."""
        row = self.rows.get(key)
        return None if row is None else copied(row)

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Read many rows; keys without a row are left out."""
        del consistent  # everything here is
        return {key: copied(self.rows[key]) for key in dict.fromkeys(keys) if key in self.rows}

    def query(self, query: Query) -> QueryPage:
        """Read one page of one partition."""
        names = _key_names(query.index)
        keys = self._partitions.get((names[0], query.partition), ())
        rows = [row for key in keys if _belongs(row := self.rows[key], query, names)]
        rows.sort(key=lambda row: _order(row, names), reverse=query.newest_first)
        after = query.after
        if after is not None:
            start = _order(after, names)
            if query.up_to is not None and after[names[1]] > query.up_to:
                raise Transient("the starting key is beyond the range of the query")
            rows = [row for row in rows if (_order(row, names) > start) != query.newest_first]
            rows = [row for row in rows if _order(row, names) != start]
        page = rows[: query.limit]
        last = _keys_of(page[-1], names) if len(page) == query.limit else None
        kept = [_keys_of(row, names) if query.index else copied(row) for row in page]
        return QueryPage(kept, last)

    def scan(self, prefix: str, sk: str, *, limit: int, after: Item | None) -> QueryPage:
        """Read on through the whole table, keeping rows of one kind."""
        keys = sorted(self.rows)
        start = (after["pk"], after["sk"]) if after else None
        page = [key for key in keys if start is None or key > start][:limit]
        wanted = [key for key in page if key[0].startswith(prefix) and key[1] == sk]
        last = {"pk": page[-1][0], "sk": page[-1][1]} if len(page) == limit else None
        return QueryPage([copied(self.rows[key]) for key in wanted], last)

    def transact(self, writes: Sequence[Put | Change]) -> None:
        """
        Write all or nothing.

        Raises:
            Conflict: A condition does not hold.
        """
        for write in writes:
            if not _allowed(self.rows, write):
                raise Conflict("a condition of the transaction does not hold")
        for write in writes:
            if isinstance(write, Put):
                self.put(write.item)
            else:
                self.update(write.key, write.update)

    def _set(self, key: Key, row: Item) -> None:
        before = self.rows.get(key)
        self._place(key, row)
        self.rows[key] = row
        # DynamoDB writes no stream record for a write that changes nothing.
        if before != row:
            self.changes.append((before, row))

    def restore(self, rows: Mapping[Key, Item]) -> None:
        """Become what a backup holds, rows of such a table; the stream says nothing of it."""
        self.rows, self._partitions = {}, {}
        for key, row in rows.items():
            self._place(key, row)
            self.rows[key] = row

    def _place(self, key: Key, row: Item | None) -> None:
        """Keep the partitions of the table and of its indexes up to date."""
        before, row = self.rows.get(key, _NONE), row or _NONE
        for name in _PARTITION_KEYS:
            old, new = before.get(name), row.get(name)
            if old == new:
                continue
            if old is not None:
                self._partitions[name, old].pop(key, None)
            if new is not None:
                self._partitions.setdefault((name, new), {})[key] = None


def copied(value: Any) -> Any:
    """Copy a row's value, deeply where it is deep."""
    if type(value) is dict:
        return {n: copied(part) if type(part) in _DEEP else part for n, part in value.items()}
    if type(value) is list:
        return [copied(part) if type(part) in _DEEP else part for part in value]
    return value


def _changed(row: Item, change: Update) -> Item:
    after = {**row, **copied(dict(change.sets))}
    for name, amount in change.adds.items():
        after[name] = row.get(name, 0) + amount
    for name, tail in change.appends.items():
        after[name] = [*row.get(name, []), *copied(tail)]
    for name in change.removes:
        after.pop(name, None)
    return after


def _allowed(rows: Mapping[Key, Item], write: Put | Change) -> bool:
    if isinstance(write, Put):
        key, condition = (str(write.item["pk"]), str(write.item["sk"])), write.condition
    else:
        key, condition = write.key, write.update.condition
    return condition is None or condition.holds(rows.get(key, {}))


def _key_names(index: str) -> tuple[str, str]:
    prefix = f"{INDEXES[index]}_" if index else ""
    return f"{prefix}pk", f"{prefix}sk"


def _belongs(row: Item, query: Query, names: tuple[str, str]) -> bool:
    if row.get(names[0]) != query.partition or names[1] not in row:
        return False
    return query.up_to is None or row[names[1]] <= query.up_to


def _order(row: Item, names: tuple[str, str]) -> tuple[str, str, str]:
    return row[names[1]], row["pk"], row["sk"]


def _keys_of(row: Item, names: tuple[str, str]) -> Item:
    return {name: row[name] for name in dict.fromkeys((*names, "pk", "sk"))}
