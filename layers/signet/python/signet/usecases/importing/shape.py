"""What a file is, by its first bytes: packing, encoding, format, dialect and header."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from signet.domain import pinpoint, values
from signet.domain.address import is_mailbox
from signet.domain.importing import FileFormat
from signet.usecases.importing.lines import LONGEST_LINE, encoding_of, errors_of
from signet.usecases.importing.unpacking import Unreadable, demand_text, inflated, is_gzip

HEAD_BYTES = 1 << 16
MOST_COLUMNS = 1000
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50
_SEPARATOR = re.compile(r"sep=(?P<delimiter>[,;|\t])(\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells stand beside each other in a line."""

    delimiter: str = ","
    skips_space: bool = False

    def reader(self, lines: Iterable[str], *, strict: bool = True) -> Iterator[list[str]]:
        """Read lines into rows; a strict reader refuses what it would have to guess."""
        # The limit is the process's own, and far below a cell that somebody may send.
        csv.field_size_limit(LONGEST_LINE)
        return csv.reader(
            lines, delimiter=self.delimiter, skipinitialspace=self.skips_space, strict=strict
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """
    What a file is; without a dialect it is JSON lines.

    `start` is where its first row begins in the unpacked bytes, `row` that row's number as a
    spreadsheet counts: a header is row 1.
    """

    packed: bool
    encoding: str
    start: int
    row: int
    pinpoint: bool
    dialect: Dialect | None = None
    header: tuple[str, ...] = ()


def shape_of(pieces: Iterable[bytes], declared: FileFormat) -> Shape:
    """
    Look at the beginning of a file.

    Raises:
        Unreadable: It is empty, is no text, or its first row cannot name the columns.
    """
    packed, head, whole = _head(iter(pieces))
    demand_text(head)
    encoding, mark = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)(errors_of(encoding)).decode(head[mark:])
    if not text.strip():
        raise Unreadable.field("file", "is empty")
    if "\x00" in text.lstrip().splitlines()[0]:
        raise Unreadable.field("file", "is no UTF-8 text, nor UTF-16 with its mark")
    said = _SEPARATOR.match(text) if declared in ("auto", "csv") else None
    if said is not None:
        # Excel writes the delimiter before the header, and hides the line from its users.
        text = text[said.end() :]
        mark += len(said.group().encode(encoding, errors_of(encoding)))
    if _is_json(text, declared):
        return Shape(packed, encoding, mark, 1, _is_endpoints(text, declared))
    if not whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    dialect = _dialect(text) if said is None else Dialect(said["delimiter"])
    cells, before, blank = _first_row(text, dialect)
    start = mark + len(before.encode(encoding, errors_of(encoding)))
    header = _header(cells)
    endpoints = declared == "pinpoint" or pinpoint.is_header(header)
    first = blank + 2 + (said is not None)
    return Shape(packed, encoding, start, first, endpoints, dialect, header)


def _head(pieces: Iterator[bytes]) -> tuple[bool, bytes, bool]:
    """Give whether a file is packed, its first bytes unpacked, and whether they are all."""
    first = next(pieces, b"")
    packed = is_gzip(first)
    unpacked: Iterator[bytes] = chain([first], pieces)
    if packed:
        unpacked = inflated(unpacked)
    head = b""
    for piece in unpacked:
        head += piece
        if len(head) > HEAD_BYTES:
            return packed, head[:HEAD_BYTES], False
    return packed, head, True


def _is_json(text: str, declared: FileFormat) -> bool:
    first = text.lstrip()[0]
    if first == "[" and declared != "csv":
        raise Unreadable.field("file", "is one JSON list; write each object on a line of its own")
    return declared == "json_lines" or (declared != "csv" and first == "{")


def _is_endpoints(text: str, declared: FileFormat) -> bool:
    if declared != "auto":
        return declared == "pinpoint"
    first = text.lstrip().splitlines()[0]
    try:
        return pinpoint.is_endpoint(json.loads(first))
    except (ValueError, RecursionError):
        return False


def _dialect(text: str) -> Dialect:
    """Choose the delimiter that cuts the first rows most evenly, and into the most cells."""
    scored = [(_evenness(_rows(text, Dialect(mark))), mark) for mark in _DELIMITERS]
    (share, width), delimiter = max(scored, key=lambda found: found[0])
    if not share or width == 1:
        return Dialect()
    cells = next(_rows(text, Dialect(delimiter)))
    return Dialect(delimiter, skips_space=all(cell.startswith(" ") for cell in cells[1:]))


def _evenness(rows: Iterator[list[str]]) -> tuple[float, int]:
    widths = [len(cells) for cells in islice(rows, _LOOKED_AT)]
    if not widths or widths[0] == 1:
        return 0.0, 1
    return widths.count(widths[0]) / len(widths), widths[0]


def _rows(text: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        for cells in dialect.reader(io.StringIO(text, newline=""), strict=False):
            if cells:
                yield cells
    except csv.Error:
        return


def _first_row(text: str, dialect: Dialect) -> tuple[list[str], str, int]:
    """Give the first row that is not blank, the text up to its end, and how many were blank."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    try:
        for blank, cells in enumerate(dialect.reader(lines())):
            if cells:
                return cells, "".join(taken), blank
    except csv.Error as error:
        raise Unreadable.field("header", f"is badly quoted: {error}") from error
    raise Unreadable.field("header", f"must end within {HEAD_BYTES} bytes")


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        raise Unreadable.field("header", f"has more than {MOST_COLUMNS} columns")
    names = tuple(cell.strip() or f"column_{number}" for number, cell in enumerate(cells, start=1))
    flaw = values.first_flaw(list(names), values.STRICT, name="header")
    if flaw is not None:
        raise Unreadable.field(flaw.field, flaw.message)
    if any(is_mailbox(name) for name in names):
        raise Unreadable.field("header", "holds an e-mail address; the first row names the columns")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable.field("header", f"names {twice[0][:64]!r} more than once")
    return names
