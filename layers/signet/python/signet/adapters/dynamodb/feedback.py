"""
The index of feedback: one row for each mark of a document, under the keyed hash of the mark.

All lists are in the same order, so a document's place on one of them is its place on all: whether
it is on another list is one read of one key. No key holds a word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.adapters.dynamodb import keys
from signet.ports import Mark, Posting, Sealer, Span
from signet.ports.store import Item, Key, Query, Store, pages

PAGE = 100
# Eighty bits of the hash; a document that one finds is read before it is shown anyway.
_CHARACTERS = 16
OWNER = "profile"


@dataclass(frozen=True, slots=True)
class _List:
    """The first page of one mark's list; below `reach` it has not been read."""

    partition: str
    rows: list[str]
    last: Item | None

    @property
    def reach(self) -> str:
        """The position down to which everything is known."""
        return str(self.last["sk"]) if self.last else ""

    @property
    def size(self) -> tuple[str, int]:
        """What orders lists: the one that reaches farther back has less on it."""
        return self.reach, len(self.rows)


class DynamoFeedbackIndex:
    """The lists of documents."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def post(
        self,
        workspace: str,
        feedback_id: str,
        *,
        at: datetime,
        profile_id: str,
        marks: Sequence[Mark],
    ) -> None:
        """Put a document on the list of each mark, and on its person's list."""
        place = keys.join(keys.stamp(at), feedback_id)
        hashes = [self._hash(workspace, mark) for mark in dict.fromkeys(marks)]
        rows = [{"pk": keys.posting(workspace, one), "sk": place} for one in hashes]
        own = keys.posting(workspace, self._hash(workspace, (OWNER, profile_id)))
        # First, so that there is no row that is not found by its person.
        self._table.put({"pk": own, "sk": place, "marks": "".join(hashes)})
        self._table.put_many(rows)

    def walk(self, workspace: str, marks: Sequence[Mark], *, span: Span) -> Iterator[Posting]:
        """Walk the shortest of the lists of some marks, and tell what is on all of them."""
        lists = [self._list(workspace, mark, span) for mark in dict.fromkeys(marks)]
        if not all(one.rows for one in lists):
            return
        lists.sort(key=lambda one: one.size)
        for page in self._pages(lists[0]):
            wanted = [place for place in page if place >= span.since]
            fitting = self._on_all(lists[1:], wanted)
            for place in wanted:
                yield Posting(place.rpartition("#")[2], place, fits=place in fitting)
            if len(wanted) < len(page):
                return

    def rows_of(self, workspace: str, profile_id: str) -> Iterator[tuple[str, list[Key]]]:
        """Give each document of a person with the keys of all its rows."""
        own = keys.posting(workspace, self._hash(workspace, (OWNER, profile_id)))
        for row in pages(self._table, Query(own, PAGE)):
            place, text = row["sk"], row["marks"]
            hashes = [text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS)]
            partitions = [*(keys.posting(workspace, one) for one in hashes), own]
            yield place.rpartition("#")[2], [(partition, place) for partition in partitions]

    def _list(self, workspace: str, mark: Mark, span: Span) -> _List:
        partition = keys.posting(workspace, self._hash(workspace, mark))
        start = {"pk": partition, "sk": span.after} if span.after else None
        return self._read(Query(partition, PAGE, up_to=span.before, newest_first=True, after=start))

    def _read(self, query: Query) -> _List:
        page = self._table.query(query)
        return _List(query.partition, [row["sk"] for row in page.items], page.last)

    def _pages(self, one: _List) -> Iterator[list[str]]:
        yield one.rows
        while one.last is not None:
            query = Query(one.partition, PAGE, newest_first=True, after=one.last)
            one = self._read(query)
            yield one.rows

    def _on_all(self, lists: Sequence[_List], places: Sequence[str]) -> set[str]:
        left = list(places)
        for one in lists:
            known = set(one.rows)
            asked: list[Key] = [(one.partition, place) for place in left if place < one.reach]
            found = self._table.get_many(asked, consistent=False) if asked else {}
            known |= {place for _, place in found}
            left = [place for place in left if place in known]
        return set(left)

    def _hash(self, workspace: str, mark: Mark) -> str:
        kind, value = mark
        return self._sealer.handle(workspace, f"feedback:{kind}", value)[:_CHARACTERS]
