"""What arrives by the bus and from devices, read into events; what cannot be, in quarantine."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signet.domain import call_center, device, heard, mention, salesforce
from signet.domain.events import Event
from signet.domain.heard import Heard, named, text
from signet.domain.quarantine import QuarantineDoor, quarantined
from signet.domain.source import Source
from signet.domain.work import HOME
from signet.errors import Rejected
from signet.ids import derived
from signet.ports import Clock, Quarantine, SourceRegistry

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Hall:
    """The ports that arrivals need."""

    registry: SourceRegistry
    quarantine: Quarantine
    clock: Clock


@dataclass(frozen=True)
class Reader:
    """One kind of event on the bus: how it is known, whose it is, and how it is read."""

    source: str
    fits: Callable[[Body], bool]
    read: Callable[[Body], list[Heard]]


def _detail(body: Body) -> dict[str, Any]:
    found = body.get("detail")
    if not isinstance(found, dict):
        raise Rejected.field("detail", "must be an object")
    return found


def _is_change(body: Body) -> bool:
    return str(body.get("source", "")).startswith(salesforce.PARTNER)


def _is_mention(body: Body) -> bool:
    return named(body.get("detail")).get("type") == mention.TYPE


# The names under which the ready-made sources of the bus are registered, in the home workspace.
READERS: tuple[Reader, ...] = (
    Reader("salesforce", _is_change, lambda body: salesforce.heard(_detail(body))),
    Reader(
        "amazon-connect",
        lambda body: body.get("detail-type") == call_center.EVENT,
        lambda body: call_center.heard_event(_detail(body), at=body.get("time")),
    ),
    Reader(
        "amazon-connect",
        lambda body: body.get("detail-type") == call_center.RECORD,
        lambda body: call_center.heard_record(_detail(body)),
    ),
    Reader("social-mentions", _is_mention, lambda body: mention.heard(_detail(body))),
)


def from_bus(body: Body, hall: Hall) -> list[Event]:
    """
    Read one event of the bus.

    Returns:
        Its events; none where it lies in quarantine now.

    Effects: quarantine.
    Idempotent: the id of a quarantined body is derived from it and its time.
    """
    reader = next((one for one in READERS if one.fits(body)), None)
    arrived_at = heard.received(body.get("time"), hall.clock.now())
    origin = f"source:{reader.source}" if reader else f"bus:{text(body.get('source')) or '-'}"
    try:
        if reader is None:
            raise Rejected.field("detail-type", "is none that we read")
        source = registered(HOME, reader.source, hall)
        return _events(reader.read(body), source, arrived_at)
    except Rejected as error:
        lay_aside(error, body, hall=hall, origin=origin, received_at=arrived_at)
        return []


def from_device(body: Body, hall: Hall) -> list[Event]:
    """
    Read one payload of a device, which names its source itself.

    Returns:
        Its events; none where it lies in quarantine now.

    Effects: quarantine.
    Idempotent: the id of a quarantined body is derived from it and its time.
    """
    name = text(body.get(device.MARK)) or "-"
    arrived_at = heard.received(body.get("signet_time"), hall.clock.now())
    try:
        source = registered(HOME, name, hall)
        return _events(device.heard(dict(body)), source, arrived_at)
    except Rejected as error:
        origin = f"source:{name}"[:512]
        lay_aside(error, body, hall=hall, origin=origin, received_at=arrived_at)
        return []


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


_LONGEST_NAME = 64


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
    Idempotent: by the body and the time of its receipt.
    """
    place = derived(json.dumps(body, sort_keys=True, default=str))
    item = quarantined(
        error,
        workspace=workspace,
        door=door,
        source=origin,
        sample=dict(body),
        received_at=received_at,
        place=place,
    )
    hall.quarantine.add([item])


def _events(found: Sequence[Heard], source: Source, received_at: datetime) -> list[Event]:
    return [heard.event_of(one, source, received_at=received_at) for one in found]
