"""What arrives without a caller who waits: when it came, and how its body is looked into."""

from datetime import datetime, timedelta
from typing import Any

from signet.domain import calls

# What a queue may have kept back; a time outside of it is somebody's guess.
_KEPT = timedelta(days=14)
_AHEAD = timedelta(minutes=15)


def received(claimed: object, now: datetime) -> datetime:
    """
    Tell when something was received: as its envelope says, if a queue may have kept it so long.

    The same for every try, so that what is written down twice is written once.
    """
    moment = calls.moment(claimed)
    if moment is None or not now - _KEPT <= moment <= now + _AHEAD:
        return now
    return moment


def inner(value: object, *path: str) -> Any:  # noqa: ANN401 - a sender's own value
    """Give what stands at a path of names; None where there is nothing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
