"""What may lie on the preprocess queue besides our own work, and who reads it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signet.domain.events import Event
from signet.domain.work import ApplyEvents
from signet.usecases.arrivals import DEVICE_MARK, from_bus, from_device
from signet.usecases.inbound import MailRoom, from_mailbox, is_mail
from signet.usecases.ingest import packs

Given = Mapping[str, Any]
_BUS_MARK = "detail-type"


@dataclass(frozen=True)
class Door:
    """One kind of body from outside: how it is known, and what reads it into events."""

    fits: Callable[[Given], bool]
    read: Callable[[Given], Sequence[Event]]


def doors(room: MailRoom) -> tuple[Door, ...]:
    """Give the doors in the order in which they are asked; the bus takes whatever is left of it."""
    return (
        Door(lambda body: DEVICE_MARK in body, lambda body: from_device(body, room.hall)),
        Door(is_mail, lambda body: from_mailbox(body, room)),
        Door(lambda body: _BUS_MARK in body, lambda body: from_bus(body, room.hall)),
    )


def read_in(body: str, among: Sequence[Door]) -> list[ApplyEvents] | None:
    """
    Read a body from outside into packs of events.

    Returns:
        None for a body that is not from outside, which has to be work of our own.
    """
    # Packs of our own are large and many: they are not read twice.
    given = _object(body) if _BUS_MARK in body or DEVICE_MARK in body else None
    door = next((one for one in among if given is not None and one.fits(given)), None)
    if given is None or door is None:
        return None
    return [ApplyEvents(events=pack) for pack in packs(door.read(given))]


def _object(body: str) -> Given | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
