"""Imports: files of many rows."""

import base64
import binascii
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.admin.door import Asked, Reply, Route
from signet.domain.importing import FileFormat, ImportedFile
from signet.domain.mapping import FieldMapping
from signet.domain.template import NAME_PATTERN
from signet.errors import Rejected, TooLarge
from signet.usecases.importing import announcing, showing
from signet.usecases.importing.announcing import Porch, Wanted
from signet.usecases.importing.showing import ImportView

LARGEST_BYTES = 5_000_000


class ImportRequest(BaseModel):
    """
    A file that is to be imported.

    Up to five megabytes may come along, as `text` or as `base64`; without either the answer says
    where to send the file. `mapping` reads this file only; without it, the source's own does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(pattern=NAME_PATTERN)
    name: str = Field(default="file", min_length=1, max_length=256)
    format: FileFormat = "auto"
    mapping: FieldMapping | None = None
    text: str | None = None
    base64: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.text is not None and self.base64 is not None:
            raise ValueError("text and base64 exclude each other")
        return self

    def content(self) -> bytes | None:
        """
        Give the bytes of the file if it came along.

        Raises:
            TooLarge: There are too many.
            Rejected: It is no base64.
        """
        field, found = ("text", None) if self.text is None else ("text", self.text.encode())
        if self.base64 is not None:
            field, found = "base64", _decoded(self.base64)
        if found is not None and len(found) > LARGEST_BYTES:
            raise TooLarge.field(field, f"is larger than {LARGEST_BYTES} bytes; leave it out")
        return found


def created(asked: Asked) -> Reply:
    """Import a file that comes along, or tell where to send it."""
    request = asked.body(ImportRequest)
    content = request.content()
    porch = _porch(asked)
    wanted = Wanted(request.source, request.name, request.format, request.mapping)
    file = announcing.announce(wanted, workspace=asked.workspace, hall=porch)
    shown = showing.show(file)
    if content is None:
        shown = shown.model_copy(update={"upload": announcing.upload(file, hall=porch)})
    else:
        asked.ports.intake.put(file.key, content)
    return Reply(shown, status=202, headers={"location": f"{_LIST}/{file.id}"})


def listed(asked: Asked) -> Reply:
    """List the imports of the workspace, newest first."""
    page = asked.ports.imports.page(asked.workspace, limit=asked.limit(), position=asked.position())
    return asked.page(page, _shown)


def got(asked: Asked) -> Reply:
    """Read an import: where it stands, and what became of its rows."""
    book = asked.ports.imports
    file = showing.find(asked.workspace, asked.path["import_id"], book=book)
    return Reply(showing.show(file, showing.first_faults(file, book=book)))


def _porch(asked: Asked) -> Porch:
    ports = asked.ports
    return Porch(ports.imports, ports.catalog, ports.intake, ports.clock, ports.random)


def _shown(found: Any) -> BaseModel:
    assert isinstance(found, ImportedFile)  # noqa: S101 - the book lists nothing else
    return showing.show(found)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Rejected.field("base64", "is not base64") from None


_LIST = "/v1/imports"
ROUTES = (
    Route("POST", _LIST, "imports.write", created,
          reads=ImportRequest, gives=ImportView, status=202, once=True),
    Route("GET", _LIST, "imports.read", listed, gives=ImportView, listing=True),
    Route("GET", f"{_LIST}/<import_id>", "imports.read", got, gives=ImportView),
)  # fmt: skip
