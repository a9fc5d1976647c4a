"""The quarantine as rows of the events table, kept ninety days; samples may be personal."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, place, position
from signet.domain.quarantine import Quarantined, QuarantineStatus
from signet.errors import Conflict
from signet.ids import derived
from signet.ports import Page, Sealer
from signet.ports.store import Equal, Item, Key, Query, QueryPage, Store

_KEPT = timedelta(days=90)
# A row holds 409,600 bytes. No item of ours comes near; a larger one is kept without its payload.
LARGEST_ROW_BYTES = 390_000
# A listing reads on over rows that are not wanted: so many at once, and so often for one page.
_LOOKED_AT = 100
_READS = 20
_MARK = "quarantined"


class DynamoQuarantine:
    """The list of what could not be taken; all but status and time is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, items: Sequence[Quarantined]) -> None:
        """Keep items; an id that is there already, or what is known already, is left alone."""
        ids = self._first_ids(items)
        named = [one.model_copy(update={"id": ids.get(_mark(one), one.id)}) for one in items]
        rows = {(item.workspace, item.id): self._row(item) for item in named}
        if rows:
            self._table.insert(list(rows.values()))

    def get(self, workspace: str, item_id: str) -> Quarantined | None:
        """Read one item."""
        row = self._table.get((_partition(workspace), item_id))
        return self._read(row) if row else None

    def page(
        self,
        workspace: str,
        *,
        status: QuarantineStatus | None,
        limit: int,
        position: str | None,
        source: str | None = None,
    ) -> Page:
        """List the items of a workspace, newest first, of one status and origin or of all."""
        at_once = limit if status is None and source is None else _LOOKED_AT
        query = Query(_partition(workspace), at_once, newest_first=True)
        return self._page(query, (status, source), limit=limit, start=after(position))

    def save(self, item: Quarantined, *, expected_version: int) -> None:
        """Write an item over the version that was read."""
        newer = item.model_copy(update={"version": expected_version + 1})
        if not self._table.put(self._row(newer), condition=Equal("version", expected_version)):
            raise Conflict("somebody else changed this item in between")

    def _first_ids(self, items: Sequence[Quarantined]) -> dict[Key, str]:
        """
        Give the id under which each thing that has a name was kept first, or is to be kept now.

        The name is noted before the item is written: where the item is missing after a failure,
        the repeat writes it under the same id.
        """
        notes = {_mark(item): _note(item) for item in reversed(items) if item.known_as}
        if not notes:
            return {}
        fresh = self._table.insert(list(notes.values()))
        known = [mark for mark, new in zip(notes, fresh, strict=True) if not new]
        there = self._table.get_many(known) if known else {}
        return {mark: str(note["item"]) for mark, note in (notes | there).items()}

    def _page(
        self,
        query: Query,
        wanted: tuple[QuarantineStatus | None, str | None],
        *,
        limit: int,
        start: Item | None,
    ) -> Page:
        found: list[Quarantined] = []
        for _ in range(_READS):
            page = self._table.query(replace(query, after=start))
            found += self._some(page, wanted, limit - len(found))
            start = page.last
            if start is None or len(found) >= limit:
                break
        if len(found) >= limit:
            start = place((query.partition, found[-1].id))
        return Page(tuple(found), position(start))

    def _some(
        self, page: QueryPage, wanted: tuple[QuarantineStatus | None, str | None], most: int
    ) -> list[Quarantined]:
        status, source = wanted
        items = (self._read(row) for row in page.items if status in (None, row["status"]))
        return list(islice((item for item in items if source in (None, item.source)), most))

    def _row(self, item: Quarantined) -> dict[str, Any]:
        body = _packed(item)
        if len(body) > LARGEST_ROW_BYTES:
            body = _packed(item.model_copy(update={"sample": None, "truncated": True}))
        return {
            "pk": _partition(item.workspace),
            "sk": item.id,
            "workspace": item.workspace,
            "status": item.status,
            "version": item.version,
            "expires": _expires(item),
            "sealed": self._sealer.seal(item.workspace, item.id, body),
        }

    def _read(self, row: dict[str, Any]) -> Quarantined:
        plain = self._sealer.open(row["workspace"], row["sk"], row["sealed"])
        return Quarantined.model_validate_json(zlib.decompress(plain))


def _packed(item: Quarantined) -> bytes:
    return zlib.compress(item.model_dump_json().encode())


def _mark(item: Quarantined) -> Key:
    known = derived(item.source, item.known_as)
    return keys.join(item.workspace, "quarantined", known), _MARK


def _note(item: Quarantined) -> Item:
    partition, sort = _mark(item)
    return {"pk": partition, "sk": sort, "item": item.id, "expires": _expires(item)}


def _expires(item: Quarantined) -> int:
    return int((item.received_at + _KEPT).timestamp())


def _partition(workspace: str) -> str:
    return keys.listing(workspace, "quarantine")
