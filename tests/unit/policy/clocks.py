"""Hours worked out minute by minute, from a table of the week, for comparing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from signet.domain.policy import WEEK, Hours
from signet.domain.zones import zone_named

MINUTE = timedelta(minutes=1)
DAY = 1440
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def changes(zone: str) -> list[datetime]:
    """Find every minute of the years 2024 to 2030 at which a zone's clock jumps."""
    clock = zone_named(zone)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    offsets = [day.astimezone(clock).utcoffset() for day in days]
    found = []
    for n, offset in enumerate(offsets[:-1]):
        if offset != offsets[n + 1]:
            moments = [days[n] + MINUTE * m for m in range(1, DAY + 1)]
            found.append(next(m for m in moments if m.astimezone(clock).utcoffset() != offset))
    return found


@dataclass(frozen=True)
class Minutes:
    """Some minutes on end, and what minute of the week each is on every zone's clock."""

    begin: datetime
    shown: Sequence[Sequence[int]]

    @classmethod
    def on(cls, zones: Sequence[str], begin: datetime, count: int) -> "Minutes":
        """Read the clocks at each of the minutes."""
        return cls(begin, [_shown(zone, begin, count) for zone in zones])

    def open(self, closed: Sequence[Hours], windows: Sequence[Hours]) -> list[bool]:
        """Say for each minute whether it is open on every clock."""
        shut, wide = _week(closed), _week(windows)
        if not windows:
            wide = bytearray([1]) * len(wide)
        each = [[not shut[m] and wide[m] == 1 for m in clock] for clock in self.shown]
        return each[0] if len(each) == 1 else [all(clock) for clock in zip(*each, strict=True)]

    def at(self, minute: int) -> datetime:
        """Give the instant of a minute."""
        return self.begin + MINUTE * minute


def drawn(random: Random) -> tuple[list[Hours], list[Hours]]:
    """Draw closed hours and windows, many of them about the hours of jumps."""
    closed = [_hours(random) for _ in range(random.randrange(3))]
    windows = [_hours(random) for _ in range(random.randrange(2 if closed else 3))]
    return closed, windows


def _hours(random: Random) -> Hours:
    start, end = (
        time(random.choice((0, 1, 2, 3, random.randrange(24))), random.choice((0, 0, 15, 30, 59)))
        for _ in range(2)
    )
    days = WEEK if random.random() < 0.5 else tuple(random.sample(WEEK, random.randrange(1, 7)))
    return Hours(start=start, end=end, days=days)


def _week(several: Sequence[Hours]) -> bytearray:
    """Mark the minutes of a week, from Monday's first, that lie inside one of several hours."""
    marked = bytearray(8 * DAY)
    for hours in several:
        start, end = (each.hour * 60 + each.minute for each in (hours.start, hours.end))
        length = (end - start) % DAY or DAY
        for day in hours.days:
            first = WEEK.index(day) * DAY + start
            marked[first : first + length] = b"\1" * length
    # Sunday's night goes on in the first hours of Monday.
    for minute, spilt in enumerate(marked[7 * DAY :].rstrip(b"\0")):
        marked[minute] |= spilt
    return marked[: 7 * DAY]


def _shown(zone: str, begin: datetime, count: int) -> list[int]:
    """Read a clock once an hour, and each minute of the hours in which it jumps."""
    first = begin.weekday() * DAY + begin.hour * 60 + begin.minute
    shown: list[int] = []
    for hour in range(0, count, 60):
        ahead = [_ahead(zone, begin + MINUTE * (hour + minute)) for minute in (0, 60)]
        if ahead[0] == ahead[1]:
            offsets = [ahead[0]] * 60
        else:
            offsets = [_ahead(zone, begin + MINUTE * (hour + minute)) for minute in range(60)]
        shown += [(first + hour + m + offset) % (7 * DAY) for m, offset in enumerate(offsets)]
    return shown[:count]


def _ahead(zone: str, moment: datetime) -> int:
    """Say by how many minutes a clock is ahead of UTC."""
    offset = moment.astimezone(zone_named(zone)).utcoffset()
    return (offset or timedelta()) // MINUTE
