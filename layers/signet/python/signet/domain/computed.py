"""Computed traits: what a person's events add up to, the same for every order of them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.events import Event

# Where a purchase names its worth, in the order in which we look; Segment's events have these.
WORTH = ("revenue", "total", "value", "amount")
PURCHASES = frozenset({"ordercompleted", "orderplaced", "purchase", "purchased", "checkout"})
MOST_PROPERTIES = 20
_DAY = timedelta(days=1)


class Figures(BaseModel):
    """What the events of one name add up to; `sums` is by property, of plain numbers only."""

    model_config = ConfigDict(frozen=True)

    count: int
    first_at: datetime
    last_at: datetime
    sums: dict[str, float] = Field(default_factory=dict)


class Rfm(BaseModel):
    """
    Recency, frequency and worth of a person's purchases.

    `recency_days` is the time since the last one; `monetary` is by currency, as the events name
    it, with an empty name where they name none.
    """

    model_config = ConfigDict(frozen=True)

    recency_days: float
    frequency: int
    monetary: dict[str, float]


class Computed(BaseModel):
    """
    What a person's events add up to.

    `complete` is False where only the newest events were looked at; `rfm` is None for somebody
    who bought nothing.
    """

    model_config = ConfigDict(frozen=True)

    events_read: int
    complete: bool
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    events: dict[str, Figures] = Field(default_factory=dict)
    rfm: Rfm | None = None


def computed(events: Iterable[Event], *, complete: bool, now: datetime) -> Computed:
    """Add up events, each given once, in any order."""
    found = list(events)
    by_name: dict[str, list[Event]] = defaultdict(list)
    for event in found:
        by_name[event.name or event.type].append(event)
    return Computed(
        events_read=len(found),
        complete=complete,
        first_seen=min((event.occurred_at for event in found), default=None),
        last_seen=max((event.occurred_at for event in found), default=None),
        events={name: _figures(by_name[name]) for name in sorted(by_name)},
        rfm=_rfm([event for event in found if _is_purchase(event)], now=now),
    )


def _figures(events: list[Event]) -> Figures:
    numbers: dict[str, list[float]] = defaultdict(list)
    for event in events:
        for name, number in _numbers(event.properties).items():
            numbers[name].append(number)
    wanted = sorted(numbers)[:MOST_PROPERTIES]
    return Figures(
        count=len(events),
        first_at=min(event.occurred_at for event in events),
        last_at=max(event.occurred_at for event in events),
        # An exact sum does not depend on the order of its parts, a running one does.
        sums={name: math.fsum(numbers[name]) for name in wanted},
    )


def _rfm(purchases: list[Event], *, now: datetime) -> Rfm | None:
    if not purchases:
        return None
    worth: dict[str, list[float]] = defaultdict(list)
    for event in purchases:
        currency = event.properties.get("currency")
        name = currency.upper() if isinstance(currency, str) else ""
        worth[name].append(_worth(event) or 0.0)
    last = max(event.occurred_at for event in purchases)
    return Rfm(
        recency_days=round(max(now - last, timedelta(0)) / _DAY, 3),
        frequency=len(purchases),
        monetary={name: math.fsum(worth[name]) for name in sorted(worth)},
    )


def _is_purchase(event: Event) -> bool:
    plain = "".join(letter for letter in event.name.lower() if letter.isalpha())
    return plain in PURCHASES or "revenue" in _numbers(event.properties)


def _worth(event: Event) -> float | None:
    numbers = _numbers(event.properties)
    return next((numbers[name] for name in WORTH if name in numbers), None)


def _numbers(properties: Mapping[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in properties.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE
    }


# Beyond this a sum of a lifetime's events could leave what a float can hold.
_HUGE = 1e300
