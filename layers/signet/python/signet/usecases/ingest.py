"""Accept what happened: durable on the queue before the caller hears a yes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signet.domain import calls, values
from signet.domain.calls import Door
from signet.domain.events import Event
from signet.domain.quarantine import Quarantined
from signet.domain.sorting import sort_out
from signet.domain.source import Arrival, Source
from signet.domain.work import ApplyEvents
from signet.errors import Rejected, TooLarge
from signet.ports import Quarantine, WorkQueue
from signet.usecases.quarantine import bad_calls, keep_from_source, unread_items

PACK_EVENTS = 100
PACK_BYTES = 200_000
# One event must fit one queue message of a mebibyte, with room for its envelope.
LARGEST_EVENT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a body: ids of the accepted events, and what waits for a correction."""

    ids: tuple[str, ...]
    quarantined: tuple[Quarantined, ...] = ()


def accept_batch(body: object, door: Door, *, queue: WorkQueue, quarantine: Quarantine) -> Accepted:
    """
    Accept every good call of a batch, and keep the bad ones for a correction.

    The good ones go first: whatever becomes of the bad ones, they are taken.

    Effects: queue, quarantine.
    Idempotent: by each event's source and id, in preprocess; a repeated batch is a second item in
        quarantine, whose replay is the same event.

    Raises:
        Rejected: The body holds no list of calls.
        Transient: Not everything was taken or kept; the whole batch may be repeated.
    """
    good, bad = calls.read_batch(body, door, largest=LARGEST_EVENT_BYTES)
    ids = accept(good, queue=queue)
    kept = bad_calls(bad, door)
    quarantine.add(kept)
    return Accepted(ids, tuple(kept))


def accept_sent(
    source: Source,
    payload: object,
    arrival: Arrival,
    *,
    queue: WorkQueue,
    quarantine: Quarantine,
) -> Accepted:
    """
    Accept every good item of what a source sent, and keep the bad ones, each by itself.

    The good ones go first: whatever becomes of the bad ones, they are taken.

    Args:
        source: Who sent it.
        payload: The body, of any shape.
        arrival: How it came, and what its sender said beside it.
        queue: Where events go.
        quarantine: Where the rest goes.

    Effects: queue, quarantine.
    Idempotent: by each item's id, in preprocess and in quarantine; an item without one is known
        by its content.

    Raises:
        Rejected: Nothing of it can be taken; it is kept all the same.
        Transient: Not everything was taken or kept; the whole body may be repeated.
    """
    try:
        found = sort_out(source, payload, arrival, limits=values.STRICT)
        ids = accept(found.events, queue=queue)
    except Rejected as error:
        keep_from_source(error, source, sample=payload, arrival=arrival, quarantine=quarantine)
        raise
    kept = unread_items(payload, found)
    quarantine.add(kept)
    found.demand_some()
    return Accepted(ids, tuple(kept))


def accept_call(body: object, door: Door, *, kind: str, queue: WorkQueue) -> Accepted:
    """
    Accept one call.

    Effects: queue.
    Idempotent: by the event's source and id, in preprocess.

    Raises:
        Rejected: The call is bad.
        Transient: The queue did not take it.
    """
    return Accepted(accept([calls.read_call(body, door, kind=kind)], queue=queue))


def accept(events: Sequence[Event], *, queue: WorkQueue) -> tuple[str, ...]:
    """
    Queue events in few packs and give their ids.

    Effects: queue.
    Idempotent: by each event's source and id, in preprocess.

    Raises:
        Rejected: An event is about nobody.
        TooLarge: An event does not fit a queue message.
        Transient: The queue did not take everything.
    """
    work = work_of(events)
    if work:
        queue.send(work)
    return tuple(event.id for event in events)


def work_of(events: Sequence[Event]) -> list[ApplyEvents]:
    """
    Write events as work for preprocess, in few packs.

    Raises:
        Rejected: An event is about nobody.
        TooLarge: An event does not fit a queue message.
    """
    for event in events:
        if not event.identifiers.any():
            raise Rejected.field("identifiers", "at least one must be there")
    return [ApplyEvents(events=pack) for pack in packs(events)]


def packs(events: Sequence[Event]) -> Iterator[tuple[Event, ...]]:
    """
    Cut events into packs of at most 100 and about 200 KB.

    Raises:
        TooLarge: One event alone is larger than a queue message may be.
    """
    pack: list[Event] = []
    weight = 0
    for event in events:
        size = _size(event)
        if size > LARGEST_EVENT_BYTES:
            raise TooLarge(f"an event is larger than {LARGEST_EVENT_BYTES} bytes")
        if pack and (len(pack) == PACK_EVENTS or weight + size > PACK_BYTES):
            yield tuple(pack)
            pack, weight = [], 0
        pack.append(event)
        weight += size
    if pack:
        yield tuple(pack)


def _size(event: Event) -> int:
    return len(event.model_dump_json())
