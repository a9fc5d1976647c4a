"""Addresses that must not be used, and what bounces and complaints do to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SuppressionScope = Literal["address", "topic", "channel", "global"]
# What each occasion is called as a reason.
REASONS = {
    "bounce.permanent": "bounce",
    "bounce.transient": "transient_bounce",
    "complaint": "complaint",
}
# The reason of those who unsubscribed themselves, and may change their mind themselves.
UNSUBSCRIBED = "unsubscribed"


class Suppression(BaseModel):
    """
    An address that must not be used, and why; it outlives the person's profile.

    Its scope is how far it reaches: messages to the address, or of one topic to it; everything
    that goes over the address's channel to whoever owns it; or everything to them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    handle: str
    channel: str = "email"
    reason: str = Field(default="manual", max_length=64)
    scope: SuppressionScope = "address"
    topic: str | None = None
    at: datetime

    def concerns(self, own: frozenset[str], *, channel: str, topic: str | None) -> bool:
        """
        Tell whether it stands against a message.

        Args:
            own: The handles under which the message's own address may be suppressed; any other
                is of another address of the same person.
            channel: The channel of the message.
            topic: Its topic; None for a service message.
        """
        if self.scope == "global":
            return True
        if self.channel != channel:
            return False
        return self.scope == "channel" or (
            self.handle in own and (self.scope == "address" or self.topic == topic)
        )


class Which(BaseModel):
    """Which suppressions of an address are meant; what is not said leaves all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str | None = None
    reason: str | None = None
    scope: SuppressionScope | None = None
    topic: str | None = None
    before: datetime | None = None

    def takes(self, found: Suppression) -> bool:
        """Tell whether a suppression is meant; of a moment, those from before it are."""
        said = self.model_dump(exclude={"before"}, exclude_none=True)
        if any(getattr(found, name) != value for name, value in said.items()):
            return False
        return self.before is None or found.at < self.before


class Strike(BaseModel):
    """One bounce or complaint that counts against an address, by its message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: str
    at: datetime


def reached(strikes: Sequence[Strike], *, after: int, within: timedelta | None) -> bool:
    """
    Tell whether so many strikes came so near to each other, in whichever order they were told.

    Args:
        strikes: All that are known, of one occasion.
        after: How many, at least one.
        within: From the first to the last of them; None for any time.
    """
    times = sorted(strike.at for strike in strikes)
    spans = zip(times, times[after - 1 :], strict=False)
    return any(within is None or last - first <= within for first, last in spans)
