"""
Say when hours are open on the clocks of a person, in every time zone they may be in.

The local wall clock decides. Where it jumps, an hour that is left out closes and opens nothing, and
an hour that comes twice is closed twice.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from signet.domain.policy import WEEK, Hours
from signet.domain.zones import zone_named

# A week has every weekday's hours, and one more day has those that a jump of the clock left out.
HORIZON = timedelta(days=8)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def open_at(
    closed: Sequence[Hours], windows: Sequence[Hours], *, zones: Sequence[str], at: datetime
) -> bool:
    """
    Tell whether an instant is, in every zone, inside no closed hours and inside a window.

    Args:
        closed: Hours in which it is closed.
        windows: The only hours in which it is open; none where all are.
        zones: Names of the time zone database, at least one.
        at: The instant.
    """
    return all(_is_open(closed, windows, wall=at.astimezone(zone_named(zone))) for zone in zones)


def next_opening(
    closed: Sequence[Hours],
    windows: Sequence[Hours],
    *,
    zones: Sequence[str],
    at: datetime,
    horizon: timedelta = HORIZON,
) -> datetime | None:
    """
    Find the first instant, not before `at`, that is open in every zone.

    Returns:
        The instant; None where there is none until the horizon has passed: the zones together leave
        no hour.
    """
    # In UTC, since an hour that comes twice is equal to nothing on another clock.
    found = at.astimezone(UTC)
    last, settled = found + horizon, 0
    # An instant that is closed in one zone is none for all of them, so each zone may move it on.
    while settled < len(zones):
        for zone in zones:
            opening = _first(closed, windows, zone=zone, at=found, last=last, wanted=True)
            if opening is None:
                return None
            settled = settled + 1 if opening == found else 1
            found = opening
    return found


def closing(
    closed: Sequence[Hours],
    windows: Sequence[Hours],
    *,
    zones: Sequence[str],
    at: datetime,
    horizon: timedelta = HORIZON,
) -> datetime | None:
    """
    Find the first instant, from `at` on, that is closed in one of the zones.

    Returns:
        The instant, `at` itself where that is closed already; None where nothing closes until the
        horizon has passed.
    """
    at = at.astimezone(UTC)
    last = at + horizon
    found = (_first(closed, windows, zone=zone, at=at, last=last, wanted=False) for zone in zones)
    return min((moment for moment in found if moment is not None), default=None)


def _first(
    closed: Sequence[Hours],
    windows: Sequence[Hours],
    *,
    zone: str,
    at: datetime,
    last: datetime,
    wanted: bool,
) -> datetime | None:
    """Find the first instant of a span at which a zone is open, or is closed."""
    clock = zone_named(zone)
    if _is_open(closed, windows, wall=at.astimezone(clock)) is wanted:
        return at
    edges = frozenset(edge for hours in (*closed, *windows) for edge in (hours.start, hours.end))
    for moment in _edges(zone, edges, at=at, last=last):
        if _is_open(closed, windows, wall=moment.astimezone(clock)) is wanted:
            return moment
    return None


def _edges(
    zone: str, edges: frozenset[time], *, at: datetime, last: datetime
) -> Iterator[datetime]:
    """Go through all instants after `at` at which something may open or close, in order."""
    day = at.date()
    while day <= last.date():
        for moment in _edges_of_day(zone, day, edges):
            if at < moment <= last:
                yield moment
        day += _DAY


@lru_cache(maxsize=4096)
def _edges_of_day(zone: str, day: date, edges: frozenset[time]) -> tuple[datetime, ...]:
    """Give the instants of a day in UTC at which a zone's clock shows an edge, or jumps."""
    clock = zone_named(zone)
    begin = datetime.combine(day, time(), UTC)
    jump = _jump(clock, begin)
    found = {jump} if jump else set[datetime]()
    for local_day in (day - _DAY, day, day + _DAY):
        for edge in edges:
            wall = datetime.combine(local_day, edge, clock)
            found.add(wall.astimezone(UTC))
            if wall.replace(fold=1).utcoffset() != wall.utcoffset():
                found.add(wall.replace(fold=1).astimezone(UTC))
    return tuple(sorted(moment for moment in found if begin <= moment < begin + _DAY))


def _jump(clock: ZoneInfo, begin: datetime) -> datetime | None:
    """Find the instant of a day, after its first, at which a clock jumps."""
    # The first instant of a day belongs to the day: what changes then is seen from just before.
    early, late = begin - _SECOND, begin + _DAY - _SECOND
    before = early.astimezone(clock).utcoffset()
    if before == late.astimezone(clock).utcoffset():
        return None
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(clock).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _is_open(closed: Sequence[Hours], windows: Sequence[Hours], *, wall: datetime) -> bool:
    if any(_is_inside(hours, wall) for hours in closed):
        return False
    return not windows or any(_is_inside(hours, wall) for hours in windows)


def _is_inside(hours: Hours, wall: datetime) -> bool:
    clock, day = wall.time(), wall.weekday()
    if hours.start < hours.end:
        return hours.start <= clock < hours.end and WEEK[day] in hours.days
    if clock >= hours.start:
        return WEEK[day] in hours.days
    return clock < hours.end and WEEK[day - 1] in hours.days
