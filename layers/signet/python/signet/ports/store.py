"""Rows under conditional writes: what every store of ours is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

Value = str | int | float | bool | bytes | None | list[Any] | dict[str, Any]
Item = dict[str, Any]
Key = tuple[str, str]
# An attribute of the row, or a key inside an attribute that is a map.
Path = str | tuple[str, str]

# Each index has the keys `<prefix>_pk` and `<prefix>_sk`; a row without them is not in it.
INDEXES: Mapping[str, str] = {"by_campaign": "campaign", "due": "due", "timeline": "timeline"}


class Condition:
    """What must be true of a row for a write to happen; a missing row is an empty one."""

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Absent(Condition):
    """The attribute is not there."""

    path: Path

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        return not found(item, self.path)[0]


@dataclass(frozen=True, slots=True)
class Present(Condition):
    """The attribute is there."""

    path: Path

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        return found(item, self.path)[0]


@dataclass(frozen=True, slots=True)
class Equal(Condition):
    """The attribute has this value."""

    path: Path
    value: Value

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        return found(item, self.path) == (True, self.value)


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    """The attribute has one of these values, of which there is at least one."""

    path: Path
    values: tuple[str, ...]

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        there, value = found(item, self.path)
        return there and value in self.values


@dataclass(frozen=True, slots=True)
class UpTo(Condition):
    """The attribute is a text that is not greater than this one."""

    path: Path
    value: str

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        there, value = found(item, self.path)
        return there and isinstance(value, str) and value <= self.value


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """All of the conditions hold."""

    parts: tuple[Condition, ...]

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        return all(part.holds(item) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either(Condition):
    """At least one of the conditions holds."""

    parts: tuple[Condition, ...]

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a row."""
        return any(part.holds(item) for part in self.parts)


def found(item: Mapping[str, Any], path: Path) -> tuple[bool, Any]:
    """Give whether an attribute is there, and its value."""
    if isinstance(path, str):
        return path in item, item.get(path)
    inner = item.get(path[0])
    return (path[1] in inner, inner.get(path[1])) if isinstance(inner, dict) else (False, None)


NEW = Absent("pk")


@dataclass(frozen=True, slots=True)
class Update:
    """
    A conditional change of one row, which is made if it is not there.

    `sets` are plain assignments, `adds` numeric additions, `appends` go to the end of lists,
    `removes` disappear.
    """

    sets: Mapping[str, Value] = field(default_factory=dict)
    adds: Mapping[str, int] = field(default_factory=dict)
    appends: Mapping[str, list[Value]] = field(default_factory=dict)
    removes: Sequence[str] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """
    One page of one partition, in the order of the sort key.

    Args:
        partition: Its key.
        limit: Rows of the page.
        index: One of INDEXES, whose rows hold keys only; without it, the table itself.
        up_to: The greatest sort key that is wanted.
        newest_first: The order is turned round.
        after: Where the last page ended.
    """

    partition: str
    limit: int
    index: str = ""
    up_to: str | None = None
    newest_first: bool = False
    after: Item | None = None


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One page and the key after which the next one begins, None on the last."""

    items: list[Item]
    last: Item | None


@dataclass(frozen=True, slots=True)
class Put:
    """One row of a transaction, written whole."""

    item: Mapping[str, Value]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a transaction, changed."""

    key: Key
    update: Update


class Store(Protocol):
    """
    One table.

    Every method raises Transient where the service refuses for a while or does not answer; a
    write may have happened then. Reads are consistent but for those of an index.
    """

    def put(self, item: Mapping[str, Value], *, condition: Condition | None = None) -> bool:
        """Write a row whole; False when the condition does not hold."""

    def insert(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """
        Write rows whole, each by itself and only where there is none, in few calls.

        No two may have the same key. Where Transient is raised some may have been written.

        Returns:
            For each whether it was written; False when there was one.
        """

    def put_many(self, items: Iterable[Mapping[str, Value]]) -> None:
        """
        Write rows whole, whatever stands; of two with the same key the later one stands.

        The rows are not written together: where this fails, some of them may have been.
        """

    def update(self, key: Key, change: Update) -> bool:
        """Change a row under its condition; False when it does not hold."""

    def delete(self, key: Key) -> bool:
        """Delete a row; False when there was none."""

    def get(self, key: Key) -> Item | None:
        """Read one row."""

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Read many rows; keys without a row are left out."""

    def query(self, query: Query) -> QueryPage:
        """Read one page of one partition."""

    def scan(self, prefix: str, sk: str, *, limit: int, after: Item | None) -> QueryPage:
        """
        Read on through the whole table, keeping rows of one kind.

        Args:
            prefix: What the partition key begins with.
            sk: The sort key, exactly.
            limit: Rows looked at, not rows found.
            after: Where the last page ended.
        """

    def transact(self, writes: Sequence[Put | Change]) -> None:
        """
        Write all or nothing, at most a hundred rows.

        Raises:
            Conflict: A condition does not hold.
        """


def pages(store: Store, query: Query) -> Iterator[Item]:
    """Read page after page of one partition until there is no more; stop reading at any time."""
    page = store.query(query)
    yield from page.items
    while page.last is not None:
        page = store.query(replace(query, after=page.last))
        yield from page.items
