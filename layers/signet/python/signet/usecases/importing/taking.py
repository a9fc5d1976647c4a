"""Take in the rows of one part, and give each its verdict exactly once."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from signet.domain import pinpoint
from signet.domain.events import Event, Properties
from signet.domain.importing import (
    MOST_FAULTS,
    Part,
    PartRow,
    RowFault,
    Rows,
    Verdict,
    part_key,
    row_origin,
)
from signet.domain.quarantine import Quarantined, quarantined
from signet.domain.work import ImportPart
from signet.errors import FieldError, Missing, Poison, Rejected
from signet.ports import ImportBook, ObjectStore, Quarantine, WorkQueue
from signet.usecases.importing.cutting import ENOUGH, Left
from signet.usecases.importing.refusing import refuse
from signet.usecases.importing.rows import content_of, events_of, is_endpoint, sample_of
from signet.usecases.preprocess import Stores, apply_history

PACK_ROWS = 100
_GZIP = 31


@dataclass(frozen=True)
class Desk:
    """The ports that taking rows in needs; `queue` is the one that brings the work."""

    book: ImportBook
    objects: ObjectStore
    quarantine: Quarantine
    stores: Stores
    queue: WorkQueue


@dataclass
class _Tally:
    """What is known so far of the rows of a part."""

    rows: Rows = field(default_factory=Rows)
    faults: list[RowFault] = field(default_factory=list)

    def add(self, **counts: int) -> None:
        changes = {name: getattr(self.rows, name) + n for name, n in counts.items()}
        self.rows = self.rows.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One row as it was read: its content, and its events or why there are none."""

    row: PartRow
    origin: str
    content: Properties
    events: Sequence[Event] = ()
    error: Rejected | None = None

    def is_known(self, origins: Mapping[str, str]) -> bool:
        return any(event.key in origins for event in self.events)

    def is_ours(self, origins: Mapping[str, str]) -> bool:
        return any(origins.get(event.key) == self.origin for event in self.events)


def take(work: ImportPart, desk: Desk, *, left: Left) -> Rows | None:
    """
    Take in one part: good rows join people and timelines, bad ones are laid aside one by one.

    A row is accepted if its event names this very row as what brought it, in whatever try; it is
    a duplicate if the event names another one. So the verdict is the same after any number of
    kills and repeats. Where time is short the part goes back to the queue, as new work.

    Returns:
        The verdict; None where it is left to the next work item.

    Effects: profiles, events, suppressions, quarantine, imports.
    Idempotent: by the events' ids and the part's number.

    Raises:
        Poison: The part is gone.
    """
    part = _read(work, desk.objects)
    tally = _Tally()
    for pack in _packs(part.rows):
        if left() < ENOUGH:
            desk.queue.send([work])
            return None
        _take_pack(pack, part, tally=tally, desk=desk)
    verdict = Verdict(part=part.number, rows=tally.rows, faults=tuple(tally.faults[:MOST_FAULTS]))
    desk.book.count(part.workspace, part.import_id, verdict)
    return tally.rows


def _read(work: ImportPart, objects: ObjectStore) -> Part:
    try:
        body = objects.get(part_key(work.workspace, work.import_id, work.part))
    except Missing as error:
        raise Poison("the part of the file is gone") from error
    return Part.read(zlib.decompress(body, wbits=_GZIP))


def _packs(rows: Sequence[PartRow]) -> Iterator[list[PartRow]]:
    waiting = iter(rows)
    while pack := list(islice(waiting, PACK_ROWS)):
        yield pack


def _take_pack(pack: Sequence[PartRow], part: Part, *, tally: _Tally, desk: Desk) -> None:
    readings = [_reading(row, part) for row in pack]
    bad = [one for one in readings if one.error is not None]
    if bad:
        desk.quarantine.add([_laid_aside(one, part) for one in bad])
        tally.faults += [_fault(one) for one in bad]
    _refuse(readings, part, desk.stores)
    found = [event for one in readings for event in one.events]
    origins = apply_history(found, desk.stores) if found else {}
    good = [one for one in readings if one.error is None]
    accepted = sum(one.is_ours(origins) for one in good)
    tally.add(
        read=len(pack),
        accepted=accepted,
        duplicate=len(good) - accepted,
        quarantined=len(bad),
    )


def _reading(row: PartRow, part: Part) -> _Reading:
    origin = row_origin(part.import_id, row.number)
    content: Properties = {}
    try:
        content = content_of(row, part)
        return _Reading(row, origin, content, events_of(row, content, part))
    except Rejected as error:
        return _Reading(row, origin, content, error=error)


def _refuse(readings: Sequence[_Reading], part: Part, stores: Stores) -> None:
    """
    Suppress the addresses of endpoints that must not be written to.

    Of a row that cannot be taken for another reason, too; of one that had been taken before it
    is done already, and may have been lifted since.
    """
    asked = [
        one
        for one in readings
        if is_endpoint(one.content, part) and any(pinpoint.refusals(one.content, part.received_at))
    ]
    events = [event for one in asked for event in one.events]
    origins = stores.events.origins(events) if events else {}
    for one in asked:
        if one.is_known(origins) and not one.is_ours(origins):
            continue
        refuse(
            one.content,
            part.source,
            received_at=part.received_at,
            sealer=stores.sealer,
            permissions=stores.planner.permissions,
        )


def _laid_aside(one: _Reading, part: Part) -> Quarantined:
    assert one.error is not None  # noqa: S101 - only such are laid aside
    return quarantined(
        one.error,
        workspace=part.workspace,
        door="import",
        source=f"source:{part.source.name}",
        sample=sample_of(one.row, part),
        received_at=part.received_at,
        place=f"{part.import_id} row {one.row.number}",
    )


def _fault(one: _Reading) -> RowFault:
    assert one.error is not None  # noqa: S101 - only such have a fault
    named = one.error.fields[0] if one.error.fields else FieldError("row", one.error.message)
    return RowFault(row=one.row.number, field=named.field, message=named.message)
