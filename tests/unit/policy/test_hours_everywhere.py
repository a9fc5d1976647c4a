"""Hours in every zone of the world, compared with a scan minute by minute."""

import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.domain.hours import closing, next_opening, open_at
from signet.domain.policy import Hours
from signet.domain.zones import zone_names
from tests.unit.policy.clocks import DAY, FIRST, LAST, MINUTE, Minutes, changes, drawn

# What a machine calls its own setting, and what stands for none, are no zones.
NO_ZONES = {"localtime", "Factory", "posixrules"}
SPAN = 2 * DAY


@dataclass
class Count:
    """How much was compared."""

    jumps: int = 0
    scans: int = 0
    instants: int = 0


def _differences(
    minutes: Minutes,
    zones: Sequence[str],
    hours: tuple[list[Hours], list[Hours]],
    *,
    asked: list[int],
) -> list[tuple[object, ...]]:
    """Ask about some of the minutes, and name each answer that the scan does not give."""
    flags = minutes.open(*hours)
    found = []
    for minute in asked:
        at, end = minutes.at(minute), minutes.at(len(flags))
        opens = flags.index(True, minute) if True in flags[minute:] else None
        closes = flags.index(False, minute) if False in flags[minute:] else None
        opening = next_opening(*hours, zones=zones, at=at)
        shutting = closing(*hours, zones=zones, at=at)
        answers = {
            "open": open_at(*hours, zones=zones, at=at) is flags[minute],
            "opening": _is(opening, opens, minutes=minutes, end=end),
            "closing": _is(shutting, closes, minutes=minutes, end=end),
            "opening is open": opening is None or open_at(*hours, zones=zones, at=opening),
        }
        wrong = [name for name, right in answers.items() if not right]
        if wrong:
            found.append((wrong, zones, hours, at.isoformat(), opening, shutting))
    return found


def _is(answer: datetime | None, minute: int | None, *, minutes: Minutes, end: datetime) -> bool:
    """Compare an answer with a minute of the scan; beyond its end anything may be."""
    if minute is None:
        return answer is None or answer >= end
    return answer == minutes.at(minute)


def _edges(flags: list[bool]) -> list[int]:
    return [n for n in range(1, len(flags)) if flags[n] != flags[n - 1]]


def _compared(
    zone: str, moment: datetime, *, random: Random, count: Count
) -> list[tuple[object, ...]]:
    """Compare about a moment, with a drawn policy, at the edges and the moment itself."""
    minutes = Minutes.on([zone], moment - MINUTE * DAY, SPAN)
    hours = drawn(random)
    edges = _edges(minutes.open(*hours))
    near = random.sample(edges, min(3, len(edges)))
    asked = {0, DAY - 1, DAY, random.randrange(SPAN), *near, *(edge - 1 for edge in near)}
    count.scans += 1
    count.instants += len(asked)
    return _differences(minutes, [zone], hours, asked=sorted(asked))


@pytest.mark.slow
def test_no_zone_of_the_world_opens_inside_quiet_hours_or_stays_shut_too_long(
    show: Callable[[str], None],
) -> None:
    """At every jump of seven years the first open minute is found, and no closed one is open."""
    random = Random("hours")  # noqa: S311 - a failure has to come again
    count, found = Count(), list[tuple[object, ...]]()
    for zone in sorted(zone_names()):
        jumps = changes(zone)
        count.jumps += len(jumps)
        other = [FIRST + MINUTE * random.randrange((LAST - FIRST) // MINUTE) for _ in range(3)]
        for moment in (*jumps, *other):
            found += _compared(zone, moment, random=random, count=count)
    show(
        f"hours: {len(zone_names())} zones, {count.jumps} jumps of clocks from 2024 to 2030, "
        f"{count.scans} scans of two days by the minute, {count.instants} instants compared, "
        f"{len(found)} differences"
    )

    assert set() == zoneinfo.available_timezones() - zone_names() - NO_ZONES
    assert count.jumps > 2500
    assert [] == found[:3]


@pytest.mark.parametrize(
    ("zone", "jump"),
    [
        ("Pacific/Apia", "2011-12-30T10:00Z"),  # a Friday that never was
        ("Pacific/Kiritimati", "1995-01-01T10:00Z"),  # likewise a Sunday
        ("Pacific/Kwajalein", "1969-09-30T13:00Z"),  # a day that came twice
        ("Australia/Lord_Howe", "2026-04-04T15:00Z"),  # half an hour
        ("Antarctica/Troll", "2026-03-29T01:00Z"),  # two hours
        ("Asia/Kathmandu", "1985-12-31T18:30Z"),  # a quarter of an hour
        ("America/Caracas", "2016-05-01T07:00Z"),  # half an hour, for good
        ("America/Sao_Paulo", "2018-11-04T03:00Z"),  # midnight left out
        ("America/Havana", "2026-11-01T05:00Z"),  # midnight comes twice
        ("Africa/Casablanca", "2026-02-15T02:00Z"),  # back for Ramadan
        ("Asia/Pyongyang", "2018-05-04T15:00Z"),
    ],
)
def test_the_oddest_jumps_of_clocks_open_and_close_nothing_wrongly(zone: str, jump: str) -> None:
    """The date line, jumps of a quarter of an hour to a day, and midnights that are not there."""
    random = Random(zone)  # noqa: S311 - a failure has to come again
    count = Count()
    found = [
        one
        for _ in range(30)
        for one in _compared(zone, datetime.fromisoformat(jump), random=random, count=count)
    ]

    assert [] == found[:3]


@settings(max_examples=60)
@given(
    zones=st.lists(st.sampled_from(sorted(zone_names())), min_size=2, max_size=4, unique=True),
    seed=st.integers(0, 2**32),
    days=st.integers(0, 2500),
)
def test_several_zones_open_only_together(zones: list[str], seed: int, days: int) -> None:
    """Whoever may be in one of several zones is left in peace by the hours of each."""
    random = Random(seed)  # noqa: S311 - hypothesis draws the seed
    begin = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=days)
    minutes = Minutes.on(zones, begin, 4 * DAY)
    hours = drawn(random)
    edges = _edges(minutes.open(*hours))
    asked = {0, *random.sample(edges, min(4, len(edges))), random.randrange(2 * DAY)}

    assert [] == _differences(minutes, zones, hours, asked=sorted(asked))
