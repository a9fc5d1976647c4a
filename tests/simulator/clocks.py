"""
Hours on the clocks of people, reckoned apart from the code that is judged.

Seconds of a day on a wall, and nothing else: no edges, no jumps, no search for the next opening.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulator.loop import START

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400
# Where a policy says nothing else, nobody whose clock is not known is written to.
REFUSE = "refuse"
# Between two looks at a span; what is closed or open for less than this is not drawn.
STEP = 20.0
MOST_STEPS = 64
Draft = Mapping[str, Any]


def moment(at: float) -> datetime:
    """Give a moment of a story."""
    return START + timedelta(seconds=at)


def wall(zone: str, at: float) -> str:
    """Tell what a clock on a wall shows at a moment of a story."""
    return moment(at).astimezone(_zone(zone)).time().isoformat()


def closed(draft: Draft, zones: Sequence[str], at: datetime) -> bool:
    """
    Tell whether marketing by mail about the news must not leave at a moment.

    Args:
        draft: The policy, as an operator wrote it.
        zones: Where the recipient may be; none where nobody knows.
        at: The moment.
    """
    quiet = [hours for hours in draft.get("quiet_hours", ()) if _is_meant(hours)]
    windows = [hours for hours in draft.get("send_windows", ()) if _is_meant(hours)]
    if not quiet and not windows:
        return False
    counted = zones or (draft.get("unknown_zone", REFUSE),)
    if REFUSE in counted:
        return True
    walls = [at.astimezone(_zone(name)) for name in counted]
    outside = windows and not all(_within(windows, local) for local in walls)
    return bool(outside) or any(_within(quiet, local) for local in walls)


def closed_throughout(draft: Draft, zones: Sequence[str], span: tuple[float, float]) -> bool:
    """Tell whether it is closed all the time, looked at now and then."""
    return all(closed(draft, zones, moment(at)) for at in _looks(*span))


def _looks(begin: float, end: float) -> Iterable[float]:
    if end < begin:
        return ()
    steps = min(MOST_STEPS, 1 + int((end - begin) / STEP))
    return [begin + (end - begin) * number / steps for number in range(steps + 1)]


def _is_meant(hours: Draft) -> bool:
    return hours.get("channel", "email") == "email" and hours.get("topic", "news") == "news"


def _within(some: Sequence[Draft], local: datetime) -> bool:
    return any(_holds(hours, local) for hours in some)


def _holds(hours: Draft, local: datetime) -> bool:
    """Tell whether hours hold that began on this day or on the one before."""
    begin, end = _seconds(hours["start"]), _seconds(hours["end"])
    length = (end - begin) % DAY or DAY
    shown = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    return any(
        DAYS[(local.weekday() - back) % 7] in hours.get("days", DAYS)
        and 0 <= shown + back * DAY - begin < length
        for back in (0, 1)
    )


@cache
def _seconds(told: str) -> float:
    hours, minutes, *rest = told.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + (float(rest[0]) if rest else 0.0)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
