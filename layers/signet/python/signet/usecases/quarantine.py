"""Keep what could not be taken, whole, in few rows, before the caller is answered."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from signet.domain.calls import BadCall, Door
from signet.domain.quarantine import (
    LARGEST_SAMPLE_BYTES,
    MOST_FAULTS,
    Quarantined,
    QuarantineDoor,
    quarantined,
    size_of,
    written,
)
from signet.domain.sorting import Sorted, UnreadItem
from signet.domain.source import Arrival, Source
from signet.errors import FieldError, Rejected
from signet.ids import derived
from signet.ports import Quarantine

# So many bad calls of one request are items of their own; the others travel in packs, so that a
# flood of bad calls costs few writes and the good ones beside them are answered in time.
APART = 20
PACK_BYTES = 200_000
LONGEST_SENT_AT = 64


def bad_calls(bad: Sequence[BadCall], door: Door) -> list[Quarantined]:
    """Write down the bad calls of one request: the first ones each by itself, the rest in packs."""
    packs = [[one] for one in bad[:APART]]
    packs += _packs(bad[APART:])
    return [_item(pack, door) for pack in packs]


def keep_from_source(
    error: Rejected, source: Source, *, sample: object, arrival: Arrival, quarantine: Quarantine
) -> None:
    """
    Keep a whole body that a registered source sent and nobody could read.

    Args:
        error: What is wrong with it.
        source: Who sent it, and may never send it again.
        sample: The payload, or the body as text where it is none.
        arrival: How it came.
        quarantine: Where it is kept.

    Effects: quarantine.
    Idempotent: by origin, and by the delivery's id or the content.
    """
    known_as = _known_as(sample, arrival)
    item = quarantined(
        error,
        workspace=source.workspace,
        door="source",
        source=f"source:{source.name}",
        sample=sample,
        received_at=arrival.at,
        place=known_as,
    )
    told = {
        "message_id": arrival.message_id,
        "beside": arrival.beside,
        "known_as": known_as,
    }
    quarantine.add([item.model_copy(update=told)])


def unread_items(
    body: object, found: Sorted, *, door: QuarantineDoor = "source", timed: bool = False
) -> list[Quarantined]:
    """
    Write down what could not be read of a body, each item by itself; equal ones are one.

    An item that is the only one of its body is kept as the whole of it.

    Args:
        body: The whole of it.
        found: What was found in it.
        door: Where it came in.
        timed: The body tells its own time, which is the same for every try.
    """
    items: dict[str, Quarantined] = {}
    contents: dict[str, str | None] = {}
    for one in found.unread:
        arrival, place = one.item.arrival, one.item.place
        known_as, content = _named(one, found.source), written(one.item.content)
        if contents.setdefault(known_as, content) != content:
            known_as = f"{known_as}#{place}"
        item = quarantined(
            one.error,
            workspace=found.source.workspace,
            door=door,
            source=f"source:{found.source.name}",
            sample=body if place is None else one.item.content,
            received_at=arrival.at,
            place=known_as or str(place),
        )
        told = {
            "message_id": arrival.message_id,
            "beside": arrival.beside,
            "known_as": "" if timed else known_as,
            "part": place is not None,
        }
        items.setdefault(item.id, item.model_copy(update=told))
    return list(items.values())


def keep_report(
    error: Rejected, detail: object, *, workspace: str, at: datetime, quarantine: Quarantine
) -> Quarantined:
    """
    Keep what a provider reported about no message of ours.

    Effects: quarantine.
    Idempotent: by moment and content, so `at` has to be the same for every try.
    """
    item = quarantined(
        error,
        workspace=workspace,
        door="provider_event",
        source="provider:ses",
        sample=detail,
        received_at=at,
        place=_digest(detail),
    )
    quarantine.add([item])
    return item


def _item(pack: Sequence[BadCall], door: Door) -> Quarantined:
    first, alone = pack[0], len(pack) == 1
    sample = first.call if alone else [one.call for one in pack]
    item = quarantined(
        first.error if alone else _joint(pack),
        workspace=door.workspace,
        door="call",
        source=door.source,
        sample=sample,
        received_at=door.received_at,
        place=f"{first.index}:{_digest(sample)}",
    )
    return item.model_copy(update={"count": len(pack), "sent_at": _sent_at(door)})


def _joint(pack: Sequence[BadCall]) -> Rejected:
    """Join the errors of a pack; each field is named by the place of its call in the sample."""
    fields = [
        FieldError(f"{place}.{fault.field}", fault.message)
        for place, one in enumerate(pack[:MOST_FAULTS])
        for fault in one.error.fields or (FieldError("body", one.error.message),)
    ]
    return Rejected(f"{len(pack)} calls; the first: {pack[0].error.message}", fields)


def _packs(bad: Sequence[BadCall]) -> Iterator[list[BadCall]]:
    """Cut calls into packs that fit a row; what is too large for one stands alone."""
    pack: list[BadCall] = []
    weight = 0
    for one in bad:
        text = written(one.call)
        size = LARGEST_SAMPLE_BYTES if text is None else size_of(text)
        if pack and weight + size > PACK_BYTES:
            yield pack
            pack, weight = [], 0
        pack.append(one)
        weight += size
    if pack:
        yield pack


def _known_as(sample: object, arrival: Arrival) -> str:
    """Name what came by its delivery or its content; empty where that cannot be written."""
    text = written(sample)
    return arrival.message_id or (derived(text) if text is not None else "")


def _named(one: UnreadItem, source: Source) -> str:
    """
    Name an item by the id that its sender gives it on purpose, else by its content.

    A field that is called `id` may be that of a record, of which other things are told later.
    """
    meant = source.mapping.id or one.item.arrival.message_id or source.kind == "web_form"
    return (one.id if meant else None) or _known_as(one.item.content, one.item.arrival)


def _digest(sample: object) -> str:
    return derived(written(sample) or "", length=16)


def _sent_at(door: Door) -> str | int | float | None:
    said = door.client_sent_at
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    short = not isinstance(said, str) or (len(said) <= LONGEST_SENT_AT and said.isascii())
    return said if short else None
