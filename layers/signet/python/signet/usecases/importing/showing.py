"""Imports as they are shown: where a file stands, and what became of its rows."""

from datetime import datetime
from itertools import islice
from typing import Literal

from pydantic import Field

from signet.domain.importing import FileFormat, ImportedFile, RowFault, Rows
from signet.errors import Missing
from signet.ports import ImportBook
from signet.usecases.views import View

SHOWN_FAULTS = 10
ShownStatus = Literal["waiting", "reading", "done", "refused"]


class Upload(View):
    """Where to send the file itself, and until when."""

    method: str = "PUT"
    url: str
    expires_at: datetime


class ImportView(View):
    """
    An import as it is shown.

    `rows` are those that have their verdict by now; `read` is always the sum of the others.
    `errors` are the first few; the quarantine has them all.
    """

    id: str
    source: str
    name: str
    format: FileFormat
    status: ShownStatus
    reason: str | None
    rows: Rows
    errors: tuple[RowFault, ...] = ()
    created_at: datetime
    upload: Upload | None = Field(default=None)


def find(workspace: str, import_id: str, *, book: ImportBook) -> ImportedFile:
    """
    Read an import.

    Raises:
        Missing: There is none of this id.
    """
    file = book.get(workspace, import_id)
    if file is None:
        raise Missing("there is no such import")
    return file


def show(file: ImportedFile, faults: tuple[RowFault, ...] = ()) -> ImportView:
    """Show an import."""
    return ImportView(
        id=file.id,
        source=file.source_name,
        name=file.name,
        format=file.format,
        status=_status(file),
        reason=file.reason or None,
        rows=file.rows,
        errors=faults,
        created_at=file.created_at,
    )


def first_faults(file: ImportedFile, *, book: ImportBook) -> tuple[RowFault, ...]:
    """Read the first few faults of a file; nothing is read where there are none."""
    if not file.rows.quarantined:
        return ()
    verdicts = book.verdicts(file.workspace, file.id)
    return tuple(islice((fault for one in verdicts for fault in one.faults), SHOWN_FAULTS))


def _status(file: ImportedFile) -> ShownStatus:
    if file.status in ("waiting", "refused"):
        return file.status
    return "done" if file.done else "reading"
