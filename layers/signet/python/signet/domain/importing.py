"""Files that are imported: what is known of one, of its parts, and of each of its rows."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from signet.domain.source import Source
from signet.domain.work import HOME
from signet.ids import derived

FileFormat = Literal["auto", "csv", "json_lines", "pinpoint"]
# Where a file stands: it has not come yet, is being cut, is cut, or cannot be read on.
FileStatus = Literal["waiting", "reading", "cut", "refused"]
ARRIVING = "imports/"
MOST_FAULTS = 5
LONGEST_NAME = 128
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_IDENTITY = re.compile(r"i[0-9]{14}-[a-z2-7]{16}")


class RowFault(BaseModel):
    """Why one row was laid aside: its number as a spreadsheet counts, the field, the reason."""

    model_config = ConfigDict(frozen=True)

    row: int
    field: str
    message: str


class Rows(BaseModel):
    """What became of rows: those read are the accepted, the duplicate and the quarantined."""

    model_config = ConfigDict(frozen=True)

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0


class Verdict(BaseModel):
    """What became of the rows of one part, with the first faults in it."""

    model_config = ConfigDict(frozen=True)

    part: int
    rows: Rows
    faults: tuple[RowFault, ...] = ()


class ImportedFile(BaseModel):
    """
    One file that is to be imported.

    `source` is the source as it stood when the import was made, so that one mapping reads the
    whole file; it is None where there is none of that name. With `own_mapping` its mapping is the
    import's, and no version of the source's. `key` is the object's, `tag` its entity tag once it
    came. `parts` is how many it was cut into, None until it is known;
    `counted` is how many of them have their verdict.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    source_name: str
    source: Source | None
    name: str
    key: str
    format: FileFormat = "auto"
    own_mapping: bool = False
    status: FileStatus = "waiting"
    reason: str = ""
    tag: str = ""
    parts: int | None = None
    counted: int = 0
    rows: Rows = Rows()
    created_at: datetime

    @property
    def done(self) -> bool:
        """Tell whether every row has its verdict."""
        return self.status == "cut" and self.counted == self.parts


class PartRow(NamedTuple):
    """
    One row of a part: its number, its identity, its cells or its line, and what is wrong already.

    The identity is derived from the row and all that stand before it in its file.
    """

    number: int
    identity: str
    content: list[str] | str
    fault: str


@dataclass(frozen=True, slots=True)
class Part:
    """
    Some rows of a file, with all that is needed to read them.

    It is no model: its rows are as they came, and may hold what no model would take.
    """

    workspace: str
    import_id: str
    number: int
    source: Source
    own_mapping: bool
    pinpoint: bool
    header: tuple[str, ...]
    received_at: datetime
    rows: Sequence[PartRow]

    @property
    def reading(self) -> str:
        """What tells the mapping that reads the rows from others."""
        return self.source.mapping.model_dump_json(exclude_defaults=True)

    def written(self) -> bytes:
        """Write it as JSON in ASCII."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["source"] = self.source.model_dump(mode="json")
        found["received_at"] = self.received_at.isoformat()
        return json.dumps(found, separators=(",", ":")).encode()

    @classmethod
    def read(cls, body: bytes) -> "Part":
        """Read back what `written` gave."""
        found = json.loads(body)
        found["source"] = Source.model_validate(found["source"])
        found["received_at"] = datetime.fromisoformat(found["received_at"])
        found["header"] = tuple(found["header"])
        found["rows"] = [PartRow(*row) for row in found["rows"]]
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One object that arrived: its key, its tag, and what tells this arrival from others."""

    key: str
    tag: str
    sequencer: str
    at: datetime

    @property
    def parts(self) -> list[str]:
        """The parts of the key behind the prefix."""
        return self.key.removeprefix(ARRIVING).split("/")

    @property
    def import_id(self) -> str | None:
        """The import that the object was announced for, if it was."""
        parts = self.parts
        announced = len(parts) == _ANNOUNCED and _IDENTITY.fullmatch(parts[2])
        return parts[2] if announced else None

    def places(self) -> list[tuple[str, str]]:
        """Give workspace and source as the key may mean them, the likelier first."""
        parts = self.parts
        named = [(parts[0], parts[1])] if len(parts) > len(("workspace", "source")) else []
        return [*named, (HOME, parts[0])]


_ANNOUNCED = 4


def identity_of(moment: datetime, *parts: str) -> str:
    """Derive the id of an import; ids sort by time."""
    return f"i{moment.astimezone(UTC):%Y%m%d%H%M%S}-{derived(*parts, length=16)}"


def announced_key(workspace: str, source: str, *, import_id: str, name: str) -> str:
    """Give the key under which an announced file is expected."""
    return f"{ARRIVING}{workspace}/{source}/{import_id}/{safe_name(name)}"


def part_key(workspace: str, import_id: str, number: int) -> str:
    """Give the key of one part."""
    return f"chunks/{workspace}/{import_id}/{number:08d}.json.gz"


def safe_name(name: str) -> str:
    """Give a file's name without its folders and without what may mean something in a path."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE.sub("_", last).strip(".")[:LONGEST_NAME] or "file"


def row_origin(import_id: str, number: int) -> str:
    """Name the row of a file that brought an event."""
    return f"{import_id}/{number}"


def row_id(row: PartRow, reading: str) -> str:
    """
    Give the id of a row's event where the mapping finds none.

    The same row of the same file is the same event however often and under whatever name it
    comes; read by another mapping it says something else, and is another one.
    """
    return "r-" + derived(row.identity, reading)


def chained(before: str, content: str) -> str:
    """Give the identity of a row from that of the row before it and from its content."""
    return derived(before, content)


def seed(*, pinpoint: bool, header: Sequence[str]) -> str:
    """Give the identity from which the first row's is derived."""
    return derived("pinpoint" if pinpoint else "rows", *header)
