"""Dates as people write them: read where there is one reading, refused with a reason otherwise."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

Order = Literal["day_first", "month_first"]
LONGEST = 64
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_CLOCK = re.compile(
    r"(?P<day>.*?)(?:(?:,|\s|t)\s*|\s+at\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>am|pm)?\s*(?P<zone>z|utc|[+\-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{1,2})([./\-])(\d{1,2})\2(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}([./\-])\d{1,2}\1\d{2}")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-]?(\d{2})[./\-]?(\d{2})")
_DAY_NAMED = re.compile(
    r"(\d{1,2})(?:[snrt][tdh])?\.? (?:of )?([a-z]+)\.?,? (\d{4})", re.IGNORECASE
)
_MONTH_NAMED = re.compile(r"([a-z]+)\.? (\d{1,2})(?:[snrt][tdh])?,? (\d{4})", re.IGNORECASE)


class Dated(BaseModel):
    """
    What a written date says: a day, and where it names a time of day, the moment in UTC.

    `reason` says why it says nothing, or no moment.
    """

    model_config = ConfigDict(frozen=True)

    written: str
    day: date | None = None
    at: datetime | None = None
    reason: str = ""


class Unclear(ValueError):
    """A date has no reading, or more than one."""


def read(written: str, *, zone: str | None = None, order: Order | None = None) -> Dated:
    """
    Read a date: ISO 8601 and the usual written forms, months by number or English name.

    Args:
        written: The date, perhaps with a time of day and an offset.
        zone: The time zone of a time of day that names no offset.
        order: Which of two small numbers is the day; where both could be, a date is refused
            without it.
    """
    text = " ".join(written.split())
    if len(text) > LONGEST:
        return Dated(written=written, reason="is too long for a date")
    found: date | None = None
    try:
        clock = _CLOCK.fullmatch(text)
        found = _day(clock["day"] if clock else text, order)
        at = None if clock is None else _moment(found, clock, zone)
    except Unclear as unclear:
        return Dated(written=written, day=found, reason=str(unclear))
    return Dated(written=written, day=found, at=at)


def _day(text: str, order: Order | None) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        return _made(*map(int, found.groups()))
    if found := _NUMBERS.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day, month = _ordered(first, second, order)
        return _made(year, month, day)
    if found := _DAY_NAMED.fullmatch(text):
        return _made(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_NAMED.fullmatch(text):
        return _made(int(found[3]), _month(found[1]), int(found[2]))
    if _SHORT_YEAR.fullmatch(text):
        raise Unclear("has a year of two digits")
    raise Unclear("is no date that we can read")


def _ordered(first: int, second: int, order: Order | None) -> tuple[int, int]:
    """Tell day and month apart: by the setting, or where only one of them can be a month."""
    if order is not None:
        return (first, second) if order == "day_first" else (second, first)
    if first == second or second > len(_MONTHS) >= first:
        return second, first
    if first > len(_MONTHS):
        return first, second
    raise Unclear("may have the day or the month first")


def _made(*year_month_day: int) -> date:
    try:
        return date(*year_month_day)
    except ValueError:
        raise Unclear("is no day of the calendar") from None


def _month(name: str) -> int:
    small = name.lower()
    if small in _FULL:
        return _FULL.index(small) + 1
    if small == "sept":
        return 9
    if small in _MONTHS:
        return _MONTHS.index(small) + 1
    raise Unclear("names no month that we know")


def _moment(day: date, clock: "re.Match[str]", zone: str | None) -> datetime:
    local = datetime.combine(day, _time(clock))
    if written := clock["zone"]:
        return _in_utc(local, _offset(written))
    if zone is None:
        raise Unclear("names a time of day without a time zone")
    try:
        there = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Unclear("has a time zone that is not known") from None
    before, after = local.replace(tzinfo=there), local.replace(tzinfo=there, fold=1)
    if before.utcoffset() != after.utcoffset():
        raise Unclear("names an hour that the change of clocks leaves out or repeats")
    return _in_utc(local, there)


def _time(clock: "re.Match[str]") -> time:
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of half a day
        raise Unclear("has an hour that no clock shows")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        raise Unclear("has an hour that no clock shows") from None


def _offset(written: str) -> tzinfo:
    if written.lower() in {"z", "utc"}:
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return _fixed(-minutes if written[0] == "-" else minutes)


def _fixed(minutes: int) -> tzinfo:
    try:
        return timezone(timedelta(minutes=minutes))
    except ValueError:
        raise Unclear("has an offset that no clock has") from None


def _in_utc(local: datetime, there: tzinfo) -> datetime:
    try:
        return local.replace(tzinfo=there).astimezone(UTC)
    except OverflowError:
        raise Unclear("is no day of the calendar") from None
