"""Cut a file into parts of rows; the same file gives the same parts, however often it is cut."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from signet.domain.importing import (
    ImportedFile,
    Part,
    PartRow,
    chained,
    part_key,
    seed,
)
from signet.domain.work import CutFile, ImportPart
from signet.errors import Missing, Rejected
from signet.ports import ImportBook, ObjectStore, WorkQueue
from signet.usecases.importing.lines import Lines
from signet.usecases.importing.records import Record, rows_of_cells, rows_of_lines
from signet.usecases.importing.shape import Shape, shape_of
from signet.usecases.importing.unpacking import inflated, skipped

PART_ROWS = 1000
PART_CHARACTERS = 1_000_000
# What is left of a function's time when the rest of a file is left to the next work item.
ENOUGH = timedelta(seconds=20)
# A killed work item is repeated from its own beginning; that must not be the file's.
MOST_PARTS = 200
Left = Callable[[], timedelta]


@dataclass(frozen=True)
class Bench:
    """The ports that cutting needs; `queue` is the one that brings the work."""

    book: ImportBook
    objects: ObjectStore
    queue: WorkQueue


def cut(work: CutFile, bench: Bench, *, left: Left) -> int:
    """
    Cut parts off a file until its end, or until time is short; then a new work item goes on.

    A file that cannot be read, or not any further, is refused with the reason; the rows of the
    parts that were cut before stay.

    Args:
        work: Where to begin.
        bench: The ports.
        left: Tells how long the function may still run.

    Returns:
        How many parts were cut.

    Effects: objects, queue, imports.
    Idempotent: parts are cut at the same rows, and each is taken in once.
    """
    file = bench.book.get(work.workspace, work.import_id)
    if file is None or file.status != "reading" or file.source is None:
        return 0
    try:
        return _cut(work, file, bench, left)
    except Rejected as error:
        bench.book.refuse(file, error.message)
    except Missing:
        bench.book.refuse(file, "file: was removed or replaced while it was read")
    return 0


def _cut(work: CutFile, file: ImportedFile, bench: Bench, left: Left) -> int:
    shape = shape_of(bench.objects.stream(file.key, tag=file.tag), file.format)
    at = work if work.start else _beginning(work, shape)
    made = 0
    for part, onwards in _parts(at, file, shape, bench.objects):
        _keep(part, bench)
        made += 1
        if made == MOST_PARTS or left() < ENOUGH:
            bench.queue.send([onwards])
            return made
        at = onwards
    bench.book.cut(file, at.part)
    return made


def _beginning(work: CutFile, shape: Shape) -> CutFile:
    identity = seed(pinpoint=shape.pinpoint, header=shape.header)
    changes = {"start": shape.start, "row": shape.row, "identity": identity}
    return work.model_copy(update=changes)


def _keep(part: Part, bench: Bench) -> None:
    body = gzip.compress(part.written(), compresslevel=1, mtime=0)
    bench.objects.put(part_key(part.workspace, part.import_id, part.number), body)
    work = ImportPart(
        workspace=part.workspace, import_id=part.import_id, part=part.number
    )
    bench.queue.send([work])


def _parts(
    at: CutFile, file: ImportedFile, shape: Shape, objects: ObjectStore
) -> Iterator[tuple[Part, CutFile]]:
    """Give each part with the work of going on behind it."""
    rows: list[PartRow] = []
    size, identity, number, last = 0, at.identity, at.part, None
    for record in _records(at, file, shape, objects):
        identity = chained(identity, json.dumps(record.content))
        rows.append(_row(record, identity))
        size += record.size
        last = record
        if len(rows) == PART_ROWS or size >= PART_CHARACTERS:
            yield _part(rows, number, file, shape), _onwards(at, record, number, identity)
            rows, size, number = [], 0, number + 1
    if rows and last is not None:
        yield _part(rows, number, file, shape), _onwards(at, last, number, identity)


def _onwards(at: CutFile, record: Record, number: int, identity: str) -> CutFile:
    changes = {
        "part": number + 1,
        "start": record.end,
        "row": record.number + 1,
        "identity": identity,
    }
    return at.model_copy(update=changes)


def _row(record: Record, identity: str) -> PartRow:
    return PartRow(record.number, identity, record.content, record.fault)


def _part(rows: list[PartRow], number: int, file: ImportedFile, shape: Shape) -> Part:
    assert file.source is not None  # noqa: S101 - a file without a source is not cut
    return Part(
        workspace=file.workspace,
        import_id=file.id,
        number=number,
        source=file.source,
        own_mapping=file.own_mapping,
        pinpoint=shape.pinpoint,
        header=shape.header,
        received_at=file.created_at,
        rows=rows,
    )


def _records(
    at: CutFile, file: ImportedFile, shape: Shape, objects: ObjectStore
) -> Iterator[Record]:
    if shape.packed:
        pieces = skipped(inflated(objects.stream(file.key, tag=file.tag)), at.start)
    else:
        pieces = objects.stream(file.key, start=at.start, tag=file.tag)
    lines = Lines(pieces, shape.encoding)
    if shape.dialect is None:
        return rows_of_lines(lines, start=at.start, number=at.row)
    return rows_of_cells(lines, shape.dialect, start=at.start, number=at.row)
