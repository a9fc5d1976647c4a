"""Files are announced by a call, which tells where to send them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from signet.domain.importing import FileFormat, ImportedFile, announced_key, identity_of
from signet.domain.mapping import FieldMapping
from signet.domain.request import Unprocessable
from signet.domain.source import Source
from signet.errors import FieldError
from signet.ids import base32
from signet.ports import Clock, ImportBook, ObjectStore, Random
from signet.usecases.importing.showing import Upload

UPLOAD = timedelta(hours=1)


class SourceShelf(Protocol):
    """Read registered sources."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""


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


def _mapped(source: Source, mapping: FieldMapping | None) -> Source:
    if mapping is None:
        return source
    return source.model_copy(update={"mapping": mapping})
