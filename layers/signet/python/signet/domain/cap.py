"""Frequency caps: how many messages one person may get within a time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST = 100
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)


def written_duration(value: object) -> object:
    """Refuse a bare number: whoever writes one may mean days."""
    if isinstance(value, int | float) or (isinstance(value, str) and not value.startswith("P")):
        raise ValueError("must be an ISO 8601 duration, such as P7D or PT12H")
    return value


class Cap(BaseModel):
    """
    One cap of a campaign, over a sliding window.

    Args:
        most: Messages of the campaign to one person, 1 to 100.
        within: The window, an ISO 8601 duration of one minute to 31 days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(ge=1, le=MOST, strict=True)
    within: Annotated[timedelta, BeforeValidator(written_duration)] = Field(ge=SHORTEST, le=LONGEST)


def exceeded(caps: Iterable[Cap], uses: Iterable[datetime], now: datetime) -> Cap | None:
    """Find the first cap that one more message at this moment would exceed."""
    times = tuple(uses)
    for cap in caps:
        if sum(now - at < cap.within for at in times) >= cap.most:
            return cap
    return None


def told(cap: Cap) -> str:
    """Write a cap as a reason, such as `capped:1 within P1D`."""
    written = cap.model_dump(mode="json")
    return f"capped:{written['most']} within {written['within']}"
