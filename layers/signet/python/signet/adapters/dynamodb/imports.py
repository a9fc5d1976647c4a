"""Imported files as rows of the events table, kept ninety days: one per file, one per part."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.domain.importing import FileStatus, ImportedFile, RowFault, Rows, Verdict
from signet.errors import Conflict, Transient
from signet.ports import Page, Sealer
from signet.ports.store import (
    NEW,
    Change,
    Condition,
    OneOf,
    Present,
    Put,
    Query,
    Store,
    Update,
    pages,
)

_KEPT = timedelta(days=90)
_COUNTS = ("read", "accepted", "duplicate", "quarantined")
_OPEN = frozenset({"status", "tag", "parts", "counted", "rows", "reason"})
_PAGE = 200
# Parts of one file are counted side by side on one row; who comes in between tries again.
_ATTEMPTS = 10


class DynamoImports:
    """The book of imports; names, reasons and mappings are sealed, figures are not."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def open(self, file: ImportedFile) -> bool:
        """Note a file; False when it was noted before."""
        fixed = file.model_dump_json(exclude=set(_OPEN))
        row: dict[str, Any] = {
            "pk": _partition(file.workspace),
            "sk": file.id,
            "workspace": file.workspace,
            "status": file.status,
            "tag": file.tag,
            "counted": 0,
            **dict.fromkeys(_COUNTS, 0),
            "expires": int((file.created_at + _KEPT).timestamp()),
            "sealed": self._sealed(file, fixed),
        }
        return self._table.put(row | self._reason(file, file.reason), condition=NEW)

    def get(self, workspace: str, import_id: str) -> ImportedFile | None:
        """Read one file, consistently."""
        row = self._table.get((_partition(workspace), import_id))
        return self._read(row) if row else None

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the files of a workspace, newest first."""
        return self._page(
            Query(_partition(workspace), limit, newest_first=True, after=after(position))
        )

    def _page(self, query: Query) -> Page:
        page = self._table.query(query)
        return Page(tuple(self._read(row) for row in page.items), position(page.last))

    def begin(self, file: ImportedFile, tag: str) -> bool:
        """Note that an awaited file is there, in this state; False when it had come before."""
        return self._move(file, {"status": "reading", "tag": tag}, _among("waiting"))

    def cut(self, file: ImportedFile, parts: int) -> None:
        """Note into how many parts a file was cut."""
        self._move(file, {"status": "cut", "parts": parts}, _among("reading"))

    def refuse(self, file: ImportedFile, reason: str) -> None:
        """Note why a file can never be read, or not any further."""
        sets = {"status": "refused", **self._reason(file, reason)}
        self._move(file, sets, _among("waiting", "reading"))

    def count(self, workspace: str, import_id: str, verdict: Verdict) -> bool:
        """Keep the verdict of one part and add it to those of its file, all or nothing."""
        place = keys.imported(workspace, import_id), f"{verdict.part:08d}"
        counts = verdict.rows.model_dump()
        faults = json.dumps([fault.model_dump() for fault in verdict.faults]).encode()
        row = {"pk": place[0], "sk": place[1], **counts}
        if verdict.faults:
            row["sealed"] = self._sealer.seal(workspace, import_id, faults)
        adds = {**{name: n for name, n in counts.items() if n}, "counted": 1}
        change = Update(adds=adds, condition=Present("sealed"))
        total = Change((_partition(workspace), import_id), change)
        for attempt in range(_ATTEMPTS):
            try:
                self._table.transact([Put(row, NEW), total])
            except Conflict:
                return False
            except Transient:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                break
        return True

    def verdicts(self, workspace: str, import_id: str) -> Iterator[Verdict]:
        """Give the verdicts of a file's parts that are there, in the order of the file."""
        for row in pages(self._table, Query(keys.imported(workspace, import_id), _PAGE)):
            sealed = row.get("sealed")
            plain = self._sealer.open(workspace, import_id, sealed) if sealed else b"[]"
            faults = tuple(RowFault(**fault) for fault in json.loads(plain))
            yield Verdict(part=int(row["sk"]), rows=_rows(row), faults=faults)

    def _move(self, file: ImportedFile, sets: dict[str, Any], condition: Condition) -> bool:
        place = _partition(file.workspace), file.id
        return self._table.update(place, Update(sets=sets, condition=condition))

    def _reason(self, file: ImportedFile, reason: str) -> dict[str, Any]:
        return {"reason": self._sealed(file, reason)} if reason else {}

    def _sealed(self, file: ImportedFile, text: str) -> bytes:
        return self._sealer.seal(file.workspace, file.id, text.encode("utf-8", "surrogatepass"))

    def _read(self, row: dict[str, Any]) -> ImportedFile:
        workspace, import_id = row["workspace"], row["sk"]
        fixed = json.loads(self._sealer.open(workspace, import_id, row["sealed"]))
        reason = b""
        if "reason" in row:
            reason = self._sealer.open(workspace, import_id, row["reason"])
        return ImportedFile.model_validate(
            {
                **fixed,
                "status": row["status"],
                "tag": row["tag"],
                "parts": row.get("parts"),
                "counted": row["counted"],
                "rows": _rows(row),
                "reason": reason.decode("utf-8", "surrogatepass"),
            }
        )


def _among(*statuses: FileStatus) -> Condition:
    return OneOf("status", statuses)


def _rows(row: dict[str, Any]) -> Rows:
    return Rows(**{name: row[name] for name in _COUNTS})


def _partition(workspace: str) -> str:
    return keys.listing(workspace, "imports")
