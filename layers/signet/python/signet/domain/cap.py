"""Frequency caps: how many messages one person may get within a time."""

from collections.abc import Iterable
from dataclasses import dataclass
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


# Bounds stand before it: they are then told in words, and not as Python shows them.
WRITTEN = BeforeValidator(written_duration)


@dataclass(frozen=True, slots=True)
class Use:
    """
    What a message is, as caps count it.

    Args:
        campaign_id: What it belongs to; empty for a transactional message.
        channel: What it goes over; None where that is not known any more.
        topic: What it is about: empty for a service message, None where nobody knows any more.
    """

    campaign_id: str = ""
    channel: str | None = "email"
    topic: str | None = ""

    @property
    def marketing(self) -> bool:
        """Whether it needed a consent; what is not known counts as if it had."""
        return self.topic != ""


class Cap(BaseModel):
    """
    One cap of a campaign, over a sliding window.

    Args:
        most: Messages of the campaign to one person, 1 to 100.
        within: The window, an ISO 8601 duration of one minute to 31 days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(ge=1, le=MOST, strict=True)
    within: Annotated[timedelta, Field(ge=SHORTEST, le=LONGEST), WRITTEN]

    def counts(self, use: Use, own: Use) -> bool:
        """Tell whether what a person got counts when a message of ours asks for a place."""
        return use.campaign_id == own.campaign_id

    def concerns(self, own: Use) -> bool:
        """Tell whether a message needs a place under it."""
        return own.campaign_id != ""

    @property
    def scope(self) -> str:
        """Over which messages it counts, in words."""
        return "campaign"

    @property
    def short(self) -> str:
        """Write it as `2/P7D`."""
        written = Cap.model_dump(self, mode="json", include={"most", "within"})
        return f"{written['most']}/{written['within']}"


def exceeded(
    caps: Iterable[Cap], uses: Iterable[tuple[Use, datetime]], own: Use, *, now: datetime
) -> Cap | None:
    """Find the first cap that one more message at this moment would exceed."""
    known = tuple(uses)
    for cap in caps:
        if sum(cap.counts(use, own) and now - at < cap.within for use, at in known) >= cap.most:
            return cap
    return None


def told(cap: Cap) -> str:
    """Write a cap as a reason, such as `capped:1 within P1D`."""
    most, _, within = cap.short.partition("/")
    return f"capped:{most} within {within}"
