"""The quarantine as rows of the events table, kept ninety days; samples may be personal."""

import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.domain.quarantine import LARGEST_SAMPLE_BYTES, Quarantined, QuarantineStatus
from signet.errors import Conflict
from signet.ports import Page, Sealer
from signet.ports.store import Equal, Query, Store

_KEPT = timedelta(days=90)


class DynamoQuarantine:
    """The list of what could not be taken; all but status and time is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, items: Sequence[Quarantined]) -> None:
        """Keep items; an id that is there already is left alone."""
        rows = {(item.workspace, item.id): self._row(item) for item in items}
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
    ) -> Page:
        """List the items of a workspace, newest first, of one status or of all."""
        query = Query(_partition(workspace), limit, newest_first=True, after=after(position))
        return self._page(query, status)

    def save(self, item: Quarantined, *, expected_version: int) -> None:
        """Write an item over the version that was read."""
        newer = item.model_copy(update={"version": expected_version + 1})
        if not self._table.put(self._row(newer), condition=Equal("version", expected_version)):
            raise Conflict("somebody else changed this item in between")

    def _page(self, query: Query, status: QuarantineStatus | None) -> Page:
        page = self._table.query(query)
        wanted = tuple(self._read(row) for row in page.items if status in (None, row["status"]))
        return Page(wanted, position(page.last))

    def _row(self, item: Quarantined) -> dict[str, Any]:
        body = zlib.compress(item.model_dump_json().encode("utf-8", "surrogatepass"))
        if len(body) > LARGEST_SAMPLE_BYTES:
            item = item.model_copy(update={"sample": None, "truncated": True})
            body = zlib.compress(item.model_dump_json().encode())
        return {
            "pk": _partition(item.workspace),
            "sk": item.id,
            "workspace": item.workspace,
            "status": item.status,
            "version": item.version,
            "expires": int((item.received_at + _KEPT).timestamp()),
            "sealed": self._sealer.seal(item.workspace, item.id, body),
        }

    def _read(self, row: dict[str, Any]) -> Quarantined:
        plain = self._sealer.open(row["workspace"], row["sk"], row["sealed"])
        return Quarantined.model_validate_json(zlib.decompress(plain))


def _partition(workspace: str) -> str:
    return keys.listing(workspace, "quarantine")
