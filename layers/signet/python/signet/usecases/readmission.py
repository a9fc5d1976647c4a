"""Read what was quarantined once more, by the same rules as at the door where it came in."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from signet.domain import calls, cloudevent, pinpoint, values
from signet.domain import source as sources
from signet.domain.calls import Door
from signet.domain.events import Event, Properties
from signet.domain.provider_event import ProviderEvent
from signet.domain.quarantine import Quarantined, QuarantineDoor
from signet.domain.source import Arrival, Source
from signet.domain.work import HOME
from signet.errors import FieldError, Missing, Poison, Rejected
from signet.ports import Clock, Ledger, PermissionStore, Quarantine, Sealer
from signet.usecases.arrivals import (
    DEVICE_MARK,
    Hall,
    SourceFinder,
    bus_events,
    device_events,
)
from signet.usecases.ingest import work_of
from signet.usecases.redrive import QueueName, RawQueue
from signet.usecases.settle import found

LONGEST_EVENT_ID = 256


class ReportReader(Protocol):
    """Read what a provider reports about a message."""

    def __call__(self, detail: dict[str, Any]) -> ProviderEvent | None:
        """
        Read one report, or give None for a kind that is not known.

        Raises:
            Rejected: It names no message of ours.
            Poison: It has not the provider's shape.
        """


@dataclass(frozen=True, slots=True)
class Bench:
    """The ports that a replay needs; `queues` are named after their stages."""

    quarantine: Quarantine
    sources: SourceFinder
    ledger: Ledger
    queues: Mapping[str, RawQueue]
    reports: ReportReader
    permissions: PermissionStore
    sealer: Sealer
    clock: Clock


@dataclass(frozen=True, slots=True)
class Reading:
    """What a payload was read as: events for preprocess, or a body for the queue of a stage."""

    events: tuple[Event, ...] = ()
    body: str = ""
    queue: QueueName = "preprocess"
    refusing: tuple[Source, Properties] | None = None

    def named(self, ids: Sequence[str]) -> "Reading":
        """Give the events the ids that they had before, as far as they had any."""
        kept = [*ids[: len(self.events)], *(event.id for event in self.events[len(ids) :])]
        events = zip(self.events, kept, strict=True)
        named = tuple(event.model_copy(update={"id": name}) for event, name in events)
        return replace(self, events=named)

    def bodies(self) -> list[str]:
        """
        Write it as bodies for its queue.

        Raises:
            Rejected: An event is about nobody, or too large for a queue.
        """
        if not self.events:
            return [self.body]
        return [work.model_dump_json(ensure_ascii=True) for work in work_of(self.events)]


def read(item: Quarantined, payload: object, *, bench: Bench) -> Reading:
    """
    Read a payload as at the item's door, as of the moment when the item was received.

    So what is old by now is no older than it was then. An event keeps the id that the original
    had, whatever a correction says.

    Raises:
        Rejected: It still cannot be taken; names the field.
    """
    reading = _READERS[item.door](item, payload, bench)
    reading.bodies()
    return reading


def _calls(item: Quarantined, payload: object, _: Bench) -> Reading:
    door = Door(item.workspace, item.source, item.received_at, item.sent_at)
    if item.count == 1:
        return Reading((_call(payload, door, _original(item)),))
    if not isinstance(payload, list) or not payload:
        raise Rejected.field("body", "must be a list of calls")
    return Reading(tuple(_members(payload, door, _original(item))))


def _members(payload: Sequence[object], door: Door, originals: object) -> list[Event]:
    known = originals if isinstance(originals, list) and len(originals) == len(payload) else []
    events: list[Event] = []
    for place, call in enumerate(payload):
        try:
            events.append(_call(call, door, known[place] if known else None))
        except Rejected as error:
            raise _placed(error, place) from None
    return events


def _placed(error: Rejected, place: int) -> Rejected:
    fields = error.fields or (FieldError("body", error.message),)
    named = [FieldError(f"{place}.{fault.field}", fault.message) for fault in fields]
    return Rejected(f"{place}: {error.message}", named)


def _call(call: object, door: Door, original: object) -> Event:
    event = calls.read_call(call, door)
    known = calls.own_id(original)
    return event if known is None else event.model_copy(update={"id": known})


def _from_source(item: Quarantined, payload: object, bench: Bench) -> Reading:
    source = _registered(item, bench)
    values.check(payload, values.LENIENT if item.door == "bus" else values.STRICT)
    events = sources.events_at(source, payload, _came(item))
    if not events:
        raise Rejected.field("body", "holds nothing that the source's mapping does not skip")
    known = _own_id(source, item) if len(events) == 1 else None
    return Reading(tuple(events)).named([known] if known else [])


def _from_file(item: Quarantined, payload: object, bench: Bench) -> Reading:
    """Read a row as in its file; of an endpoint, its refusal is heard as well."""
    if not isinstance(payload, dict) or not pinpoint.is_header(list(payload)):
        return _from_source(item, payload, bench)
    values.check(payload, values.STRICT)
    original = _original(item)
    endpoint = pinpoint.corrected(payload, original if isinstance(original, dict) else {})
    found = _from_source(item, endpoint, bench)
    told = pinpoint.traits(endpoint)
    events = [
        event.model_copy(update={"traits": {**told, **event.traits}}) for event in found.events
    ]
    return Reading(tuple(events), refusing=(_registered(item, bench), endpoint))


def _came(item: Quarantined) -> Arrival:
    times: Literal["near", "past"] = "near" if item.door == "source" else "past"
    return Arrival(
        item.received_at, times, item.message_id, part=item.part, beside=dict(item.beside)
    )


def _registered(item: Quarantined, bench: Bench) -> Source:
    source = bench.sources.source(item.workspace, item.source.removeprefix("source:"))
    if source is None:
        raise Rejected.field("source", "is not registered any more")
    return source


def _own_id(source: Source, item: Quarantined) -> str | None:
    """Give the id that the original had by itself, if it is such that an event can have it."""
    original = _original(item)
    if values.first_flaw(original, values.STRICT) is not None:
        return None
    found = sources.own_id(source, original, _came(item))
    return found if found is None or len(found) <= LONGEST_EVENT_ID else None


def _cloud_event(item: Quarantined, payload: object, _: Bench) -> Reading:
    if not isinstance(payload, dict):
        raise Rejected.field("body", "must be a CloudEvent")
    values.check(payload, values.STRICT)
    cloudevent.demand_attributes(payload)
    attributes = {name: value for name, value in payload.items() if name != "data"}
    event = cloudevent.event_of(
        {**attributes, "time": calls.moment(payload.get("time"))},
        payload.get("data"),
        workspace=item.workspace,
        received_at=item.received_at,
    )
    return Reading((event,))


def _report(item: Quarantined, payload: object, bench: Bench) -> Reading:
    if not isinstance(payload, dict):
        raise Rejected.field("body", "must be an object")
    values.check(payload, values.LENIENT)
    event = _reported(payload, bench.reports)
    if event.workspace not in {item.workspace, _named(item)}:
        raise Rejected.field("mail.tags.signet_ws", "must be your own workspace")
    found(event, bench.ledger)
    return Reading(body=json.dumps({"detail": payload}), queue="report")


def _reported(payload: dict[str, Any], reports: ReportReader) -> ProviderEvent:
    try:
        event = reports(payload)
    except Poison as error:
        raise Rejected.field("body", str(error)) from None
    if event is None:
        raise Rejected.field("eventType", "is of no kind that is known")
    return event


def _named(item: Quarantined) -> str | None:
    """Give the workspace that the report named when it came, which nobody has chosen since."""
    try:
        return str(item.payload()["mail"]["tags"]["signet_ws"][0])  # type: ignore[index]
    except (LookupError, TypeError, Rejected):
        return None


def _arrival(item: Quarantined, payload: object, bench: Bench) -> Reading:
    """Read what came by the bus or from a device; it is the home workspace's, as it was then."""
    if item.workspace != HOME:
        raise Rejected.field("workspace", "has no bus")
    if item.part:
        return _from_source(item, payload, bench)
    if not isinstance(payload, dict):
        raise Rejected.field("body", "must be an object")
    hall = Hall(bench.sources, bench.quarantine, bench.clock)
    read_in = device_events if DEVICE_MARK in payload else bus_events
    events = read_in(payload, hall, received_at=item.received_at).whole()
    if not events:
        raise Rejected.field("body", "holds nothing that the source's mapping does not skip")
    return Reading(tuple(events))


def _mail(item: Quarantined, payload: object, _: Bench) -> Reading:
    """Let preprocess read a mail again: it is what lies in the bucket, not what somebody says."""
    if payload != _original(item):
        raise Rejected.field("correction", "is none of a mail, which can only be read again")
    return Reading(body=json.dumps(payload))


def _original(item: Quarantined) -> object:
    return None if item.truncated else item.payload()


_READERS: Mapping[QuarantineDoor, Callable[[Quarantined, object, Bench], Reading]] = {
    "call": _calls,
    "event": _cloud_event,
    "source": _from_source,
    "import": _from_file,
    "bus": _arrival,
    "mail": _mail,
    "provider_event": _report,
}


def find(workspace: str, item_id: str, *, quarantine: Quarantine) -> Quarantined:
    """
    Read an item.

    Raises:
        Missing: There is none of this id.
    """
    item = quarantine.get(workspace, item_id)
    if item is None:
        raise Missing("there is no such item in quarantine")
    return item
