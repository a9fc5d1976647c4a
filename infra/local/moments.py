"""Durations and times as callers of the local door write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_DURATION = re.compile(
    r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
LONGEST_DURATION = 40
LARGEST_PART = 100_000_000


def duration(text: Any) -> timedelta | None:
    """Read an ISO 8601 duration in weeks, days, hours, minutes and seconds."""
    found = (
        _DURATION.fullmatch(text)
        if isinstance(text, str) and len(text) < LONGEST_DURATION
        else None
    )
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    if max(weeks, days, hours, minutes, seconds) > LARGEST_PART:
        return None
    delta = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -delta if found[1] else delta


def instant(text: Any) -> datetime | None:
    """Read an RFC 3339 time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None
