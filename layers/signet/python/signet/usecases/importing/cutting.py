"""Cut a file into parts of rows; the same file gives the same parts, however often it is cut."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from signet.domain.importing import ImportedFile, Part, PartRow, chained, part_key, seed
from signet.domain.source import Source
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
    knife = _Knife(file, file.source, bench.objects)
    try:
        return _cut(work, knife, bench, left=left)
    except Rejected as error:
        bench.book.refuse(file, error.message)
    except Missing:
        bench.book.refuse(file, "file: was removed or replaced while it was read")
    return 0


def _cut(work: CutFile, knife: "_Knife", bench: Bench, *, left: Left) -> int:
    shape = knife.look()
    at = work if work.start else _beginning(work, shape)
    made = 0
    for part, onwards in knife.parts(at, shape):
        _keep(part, bench)
        made += 1
        if made == MOST_PARTS or left() < ENOUGH:
            bench.queue.send([onwards])
            return made
        at = onwards
    bench.book.cut(knife.file, at.part)
    return made


def _beginning(work: CutFile, shape: Shape) -> CutFile:
    identity = seed(pinpoint=shape.pinpoint, header=shape.header)
    changes = {"start": shape.start, "row": shape.row, "identity": identity}
    return work.model_copy(update=changes)


def _keep(part: Part, bench: Bench) -> None:
    body = gzip.compress(part.written(), compresslevel=1, mtime=0)
    bench.objects.put(part_key(part.workspace, part.import_id, part.number), body)
    work = ImportPart(workspace=part.workspace, import_id=part.import_id, part=part.number)
    bench.queue.send([work])


@dataclass(frozen=True)
class _Knife:
    """One file, with what it takes to cut it."""

    file: ImportedFile
    source: Source
    objects: ObjectStore

    def look(self) -> Shape:
        """Look what the file is."""
        return shape_of(self._stream(), self.file.format)

    def parts(self, at: CutFile, shape: Shape) -> Iterator[tuple[Part, CutFile]]:
        """Give each part with the work of going on behind it."""
        rows: list[PartRow] = []
        size, identity, last = 0, at.identity, None
        for record in self._records(at, shape):
            identity = chained(identity, json.dumps(record.content))
            rows.append(PartRow(record.number, identity, record.content, record.fault))
            size, last = size + record.size, record
            if len(rows) == PART_ROWS or size >= PART_CHARACTERS:
                part, at = self._part(rows, at, shape), _behind(record, at, identity)
                yield part, at
                rows, size = [], 0
        if last is not None and rows:
            yield self._part(rows, at, shape), _behind(last, at, identity)

    def _part(self, rows: list[PartRow], at: CutFile, shape: Shape) -> Part:
        return Part(
            workspace=self.file.workspace,
            import_id=self.file.id,
            number=at.part,
            source=self.source,
            own_mapping=self.file.own_mapping,
            pinpoint=shape.pinpoint,
            header=shape.header,
            received_at=self.file.created_at,
            rows=rows,
        )

    def _records(self, at: CutFile, shape: Shape) -> Iterator[Record]:
        if shape.packed:
            pieces = skipped(inflated(self._stream()), at.start)
        else:
            pieces = self._stream(at.start)
        lines = Lines(pieces, shape.encoding)
        if shape.dialect is None:
            return rows_of_lines(lines, start=at.start, number=at.row)
        return rows_of_cells(lines, shape.dialect, start=at.start, number=at.row)

    def _stream(self, start: int = 0) -> Iterator[bytes]:
        return self.objects.stream(self.file.key, start=start, tag=self.file.tag)


def _behind(record: Record, at: CutFile, identity: str) -> CutFile:
    changes = {
        "part": at.part + 1,
        "start": record.end,
        "row": record.number + 1,
        "identity": identity,
    }
    return at.model_copy(update=changes)
