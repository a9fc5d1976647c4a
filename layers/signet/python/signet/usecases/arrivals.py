"""What arrives by the bus and from devices, read into events; what cannot be, in quarantine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from signet.domain import salesforce, values
from signet.domain.arrival import inner, received
from signet.domain.events import Event
from signet.domain.quarantine import QuarantineDoor, quarantined, written
from signet.domain.sorting import Sorted, sort_out
from signet.domain.source import Arrival, Source
from signet.domain.work import HOME
from signet.errors import Rejected
from signet.ids import derived
from signet.ports import Clock, Quarantine
from signet.usecases.quarantine import unread_items

Body = Mapping[str, Any]
# What the SQL of a rule of AWS IoT adds, so that a payload says whose it is.
DEVICE_MARK = "signet_source"
MENTION = "social.mention.created"
_LONGEST_NAME = 64
_LONGEST_ORIGIN = 200
# So often the same body may be brought in again, and fail again, within its ninety days.
_MOST_REPLAYS = 100


class SourceFinder(Protocol):
    """Find a registered source."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""


@dataclass(frozen=True)
class Hall:
    """The ports that arrivals need."""

    registry: SourceFinder
    quarantine: Quarantine
    clock: Clock


def _by_mapping(source: Source, body: Body, *, received_at: datetime) -> Sorted:
    return sort_out(source, dict(body), Arrival(received_at, "past"))


def _by_change(source: Source, body: Body, *, received_at: datetime) -> Sorted:
    """Read a change, which is one and is read whole, however many records it names."""
    return Sorted(source, tuple(salesforce.events(source, body, received_at=received_at)))


@dataclass(frozen=True)
class Reader:
    """One kind of event on the bus: the source it belongs to, how it is known, what reads it."""

    source: str
    fits: Callable[[Body], bool]
    read: Callable[..., Sorted] = _by_mapping


def _is_change(body: Body) -> bool:
    return salesforce.is_partner(str(body.get("source", "")))


def _is_of_call(body: Body) -> bool:
    kinds = {"Amazon Connect Contact Event", "Amazon Connect Contact Record"}
    return body.get("detail-type") in kinds


def _is_mention(body: Body) -> bool:
    return bool(inner(body, "detail", "type") == MENTION)


# The names under which the ready-made sources of the bus are registered, in the home workspace.
READERS: tuple[Reader, ...] = (
    Reader("salesforce", _is_change, _by_change),
    Reader("amazon_connect", _is_of_call),
    Reader("social_mentions", _is_mention),
)


def from_bus(body: Body, hall: Hall) -> list[Event]:
    """
    Read one event of the bus.

    Returns:
        Its events; what of it cannot be read lies in quarantine now.

    Effects: quarantine.
    Idempotent: the id of what is quarantined is derived from it and its time.
    """
    arrived_at = received(body.get("time"), hall.clock.now())
    try:
        return _taken(bus_events(body, hall, received_at=arrived_at), body, hall)
    except Rejected as error:
        reader = _reader(body)
        origin = f"source:{reader.source}" if reader else f"bus:{body.get('source')}"
        lay_aside(error, body, hall=hall, origin=origin, received_at=arrived_at)
        return []


def bus_events(body: Body, hall: Hall, *, received_at: datetime) -> Sorted:
    """
    Read one event of the bus by the source that it belongs to.

    Raises:
        Rejected: It belongs to none that is registered, or cannot be read.
    """
    reader = _reader(body)
    if reader is None:
        raise Rejected.field("detail-type", "is none that we read")
    values.check(body, values.LENIENT)
    source = registered(HOME, reader.source, hall)
    return reader.read(source, body, received_at=received_at)


def _reader(body: Body) -> Reader | None:
    return next((one for one in READERS if one.fits(body)), None)


def from_device(body: Body, hall: Hall) -> list[Event]:
    """
    Read one payload of a device, which names its source itself.

    Returns:
        Its events; what of it cannot be read lies in quarantine now.

    Effects: quarantine.
    Idempotent: the id of what is quarantined is derived from it and its time.
    """
    arrived_at = received(body.get("signet_time"), hall.clock.now())
    try:
        return _taken(device_events(body, hall, received_at=arrived_at), body, hall)
    except Rejected as error:
        origin = f"source:{body.get(DEVICE_MARK)}"
        lay_aside(error, body, hall=hall, origin=origin, received_at=arrived_at)
        return []


def device_events(body: Body, hall: Hall, *, received_at: datetime) -> Sorted:
    """
    Read one payload of a device by the source that it names.

    Raises:
        Rejected: It names none that is registered, or cannot be read.
    """
    values.check(body, values.LENIENT)
    name = body.get(DEVICE_MARK)
    if not isinstance(name, str):
        raise Rejected.field(DEVICE_MARK, "must be the name of a source")
    return _by_mapping(registered(HOME, name, hall), body, received_at=received_at)


def _taken(found: Sorted, body: Body, hall: Hall) -> list[Event]:
    """Give the events of a body; of several items the bad ones wait, each by itself."""
    if any(one.item.place is None for one in found.unread):
        return found.whole()
    timed = "time" in body or "signet_time" in body
    hall.quarantine.add(unread_items(dict(body), found, door="bus", timed=timed))
    return list(found.events)


def registered(workspace: str, name: str, hall: Hall) -> Source:
    """
    Find the source that something is from.

    Raises:
        Rejected: Nobody has registered it.
    """
    found = hall.registry.source(workspace, name) if len(name) <= _LONGEST_NAME else None
    if found is None:
        raise Rejected.field("source", f"{name[:_LONGEST_NAME]} is not registered in {workspace}")
    return found


def lay_aside(
    error: Rejected,
    body: Body,
    *,
    hall: Hall,
    origin: str,
    received_at: datetime,
    door: QuarantineDoor = "bus",
    workspace: str = HOME,
) -> None:
    """
    Quarantine a whole body with its reason.

    Effects: quarantine.
    Idempotent: by the body and the time of its receipt; what was brought in again and could not
        be taken again waits again.
    """
    place = derived(written(body) or "")
    for number in range(_MOST_REPLAYS):
        item = quarantined(
            error,
            workspace=workspace,
            door=door,
            source=origin[:_LONGEST_ORIGIN].encode("utf-8", "replace").decode(),
            sample=dict(body),
            received_at=received_at,
            place=f"{place}:{number}",
        )
        known = hall.quarantine.get(workspace, item.id)
        if known is None:
            hall.quarantine.add([item])
        # Whoever touched it has brought it in again, and this is what became of that.
        if known is None or len(known.history) == 1:
            return
