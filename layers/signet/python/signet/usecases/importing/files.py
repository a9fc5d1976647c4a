"""Files: announced by a call, noticed when they arrive, and shown with what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal, Protocol

from pydantic import Field

from signet.domain import calls
from signet.domain.importing import (
    ARRIVING,
    Arrival,
    FileFormat,
    ImportedFile,
    RowFault,
    Rows,
    announced_key,
    identity_of,
)
from signet.domain.mapping import FieldMapping
from signet.domain.request import Unprocessable
from signet.domain.source import Source
from signet.domain.work import CutFile
from signet.errors import FieldError, Missing
from signet.ids import base32
from signet.ports import Clock, ImportBook, ObjectStore, Random, WorkQueue
from signet.usecases.views import View

UPLOAD = timedelta(hours=1)
SHOWN_FAULTS = 10
ShownStatus = Literal["waiting", "reading", "done", "refused"]


class SourceShelf(Protocol):
    """Read registered sources."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""


@dataclass(frozen=True, slots=True)
class Hall:
    """The ports that files which arrive need; `queue` is preprocess's own."""

    book: ImportBook
    registry: SourceShelf
    queue: WorkQueue


@dataclass(frozen=True, slots=True)
class Porch:
    """The ports that announcing a file needs."""

    book: ImportBook
    registry: SourceShelf
    objects: ObjectStore
    clock: Clock
    random: Random


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants imported: from which source, in which form, read by which mapping."""

    source: str
    name: str
    format: FileFormat = "auto"
    mapping: FieldMapping | None = None


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


def announce(wanted: Wanted, *, workspace: str, hall: Porch) -> ImportedFile:
    """
    Note an import whose file is still to come.

    A mapping of its own reads this file only; the source keeps the one it has.

    Effects: imports.

    Raises:
        Unprocessable: There is no such source.
    """
    source = hall.registry.source(workspace, wanted.source)
    if source is None:
        fault = FieldError("source", "there is no source of this name")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))
    now = hall.clock.now()
    import_id = identity_of(now, base32(hall.random.token(16), 26))
    file = ImportedFile(
        workspace=workspace,
        id=import_id,
        source_name=source.name,
        source=_mapped(source, wanted.mapping),
        name=wanted.name,
        key=announced_key(workspace, source.name, import_id=import_id, name=wanted.name),
        format=wanted.format,
        own_mapping=wanted.mapping is not None,
        created_at=now,
    )
    hall.book.open(file)
    return file


def upload(file: ImportedFile, *, hall: Porch) -> Upload:
    """Give a link under which the file is to be written."""
    url = hall.objects.upload_link(file.key, UPLOAD)
    return Upload(url=url, expires_at=hall.clock.now() + UPLOAD)


def arrival_of(body: Mapping[str, Any], now: datetime) -> Arrival | None:
    """Read the news of a file; None for any other body."""
    detail = body.get("detail")
    if body.get("source") != "aws.s3" or not isinstance(detail, dict):
        return None
    found = detail.get("object")
    if not isinstance(found, dict) or not str(found.get("key", "")).startswith(ARRIVING):
        return None
    return Arrival(
        key=str(found["key"]),
        tag=str(found.get("etag") or "").strip('"'),
        sequencer=str(found.get("sequencer") or body.get("id") or ""),
        at=calls.moment(body.get("time")) or now,
    )


def arrive(arrival: Arrival, hall: Hall) -> None:
    """
    Begin the import of a file that arrived: announced before, or dropped into the bucket.

    Effects: imports, preprocess queue.
    Idempotent: the same news twice begins the same import.
    """
    if arrival.key.endswith("/"):  # a folder, as consoles make them
        return
    file = _announced(arrival, hall) or _dropped(arrival, hall)
    hall.book.begin(file, arrival.tag)
    standing = hall.book.get(file.workspace, file.id)
    if standing is not None and (standing.status, standing.tag) == ("reading", arrival.tag):
        hall.queue.send([CutFile(workspace=file.workspace, import_id=file.id)])


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


def _announced(arrival: Arrival, hall: Hall) -> ImportedFile | None:
    if arrival.import_id is None:
        return None
    file = hall.book.get(arrival.parts[0], arrival.import_id)
    return file if file is not None and file.key == arrival.key else None


def _dropped(arrival: Arrival, hall: Hall) -> ImportedFile:
    """Note a file that nobody announced; refused where no source of its name is registered."""
    places = arrival.places()
    found = ((workspace, name, hall.registry.source(workspace, name)) for workspace, name in places)
    workspace, name, source = next((one for one in found if one[2]), (*places[-1], None))
    tried = " or ".join(f"{name[:64]} in {workspace[:64]}" for workspace, name in places)
    file = ImportedFile(
        workspace=workspace,
        id=identity_of(arrival.at, arrival.key, arrival.tag, arrival.sequencer),
        source_name=name,
        source=source,
        name=arrival.parts[-1],
        key=arrival.key,
        status="waiting" if source else "refused",
        reason="" if source else f"source: none is registered that is named {tried}",
        created_at=arrival.at,
    )
    hall.book.open(file)
    return file


def _mapped(source: Source, mapping: FieldMapping | None) -> Source:
    if mapping is None:
        return source
    return source.model_copy(update={"mapping": mapping})


def _status(file: ImportedFile) -> ShownStatus:
    if file.status in ("waiting", "refused"):
        return file.status
    return "done" if file.done else "reading"
