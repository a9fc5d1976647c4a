"""Policy as data: what a workspace decides about when, how often and to whom it writes."""

from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from signet.domain.cap import SHORTEST, WRITTEN, Cap, Use
from signet.domain.suppression import SuppressionScope
from signet.domain.template import NAME_PATTERN
from signet.domain.zones import is_zone

CHANNEL_PATTERN = r"^(email|sms|voice|push|inbox|webhook|letter)$"
TOPIC_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
REFUSE = "refuse"
# No message waits for so long, and nobody asks why before they have had the chance to.
LEAST_KEPT = timedelta(days=30)
DAY = timedelta(days=1)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _wall_clock(value: object) -> object:
    """Refuse a bare number: whoever writes 8 means no eight seconds past midnight."""
    if not isinstance(value, str | time) or (isinstance(value, str) and ":" not in value):
        raise ValueError("must be a time of day, such as 21:00")
    return value


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("must be a time of the recipient's own clock, without an offset")
    return value


def _zone_or_refuse(value: str) -> str:
    if value != REFUSE and not is_zone(value):
        raise ValueError("must be a name of the time zone database, or refuse")
    return value


WallTime = Annotated[time, BeforeValidator(_wall_clock), AfterValidator(_without_offset)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone_or_refuse)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Occasion = Literal["bounce.permanent", "bounce.transient", "complaint"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(_Part):
    """
    Hours of the recipient's own clock on some days of the week, from `start` until `end`.

    An end that is not after the start is on the next day; the days are those of the start.
    Without a channel or a topic they hold for all of them.
    """

    start: WallTime
    end: WallTime
    days: tuple[Weekday, ...] = Field(default=WEEK, min_length=1, max_length=7)
    channel: str | None = Field(default=None, pattern=CHANNEL_PATTERN)
    topic: str | None = Field(default=None, pattern=TOPIC_PATTERN)

    def concerns(self, channel: str, topic: str | None) -> bool:
        """Tell whether they hold for messages of a channel and a topic."""
        return self.channel in {None, channel} and self.topic in {None, topic}

    @property
    def length(self) -> timedelta:
        """How long they are, by a clock that does not jump."""
        start, end = (timedelta(hours=t.hour, minutes=t.minute, seconds=t.second)
                      for t in (self.start, self.end))  # fmt: skip
        return (end - start) % timedelta(days=1) or timedelta(days=1)


class PolicyCap(Cap):
    """
    A frequency cap over all marketing to a person, or that of a channel or a topic.

    Service messages neither count nor are capped.
    """

    channel: str | None = Field(default=None, pattern=CHANNEL_PATTERN)
    topic: str | None = Field(default=None, pattern=TOPIC_PATTERN)

    def counts(self, use: Use, own: Use) -> bool:
        """Tell whether what a person got counts, whatever asks for a place now."""
        del own  # it is of the scope already, or it would not ask
        return (
            use.marketing
            and self.channel in {None, use.channel or self.channel}
            and self.topic in {None, use.topic}
        )

    def concerns(self, own: Use) -> bool:
        """Tell whether a message needs a place under it."""
        return self.counts(own, own)

    @property
    def scope(self) -> str:
        """Over which messages it counts, in words."""
        return " ".join(part for part in (self.channel, self.topic) if part) or "all"


class OwnCap(PolicyCap):
    """The most that a person wants to get of all marketing."""

    @property
    def scope(self) -> str:
        """Whose word it is."""
        return "own"


class Topic(_Part):
    """
    What a person may choose in the preference centre.

    `names` and `descriptions` are by language; `shares_data` tells that writing about it shares
    what is known of the person, which an opt-out of selling and sharing forbids.
    """

    topic: str = Field(pattern=TOPIC_PATTERN)
    names: dict[Language, Annotated[str, Field(min_length=1, max_length=128)]] = Field(
        default_factory=dict
    )
    descriptions: dict[Language, Annotated[str, Field(max_length=512)]] = Field(
        default_factory=dict
    )
    channels: tuple[Annotated[str, Field(pattern=CHANNEL_PATTERN)], ...] = Field(
        default=("email",), min_length=1, max_length=8
    )
    shares_data: bool = False


class Sunset(_Part):
    """Stop writing to who has not engaged with so many messages for so long."""

    messages: int = Field(ge=1, le=1000, strict=True)
    after: Annotated[timedelta, Field(ge=DAY, le=1830 * DAY), WRITTEN]


class Reaction(_Part):
    """
    What a bounce or a complaint does: from the `after`th within a time on, suppress how far.

    Without a scope it is only counted.
    """

    on: Occasion
    after: int = Field(default=1, ge=1, le=100, strict=True)
    within: Annotated[timedelta, Field(ge=SHORTEST, le=366 * DAY), WRITTEN] | None = None
    scope: SuppressionScope | None = "address"


class DoubleOptIn(_Part):
    """How a person confirms: the template of the mail that asks, and how long its link is good."""

    template: str = Field(pattern=NAME_PATTERN)
    valid_for: Annotated[timedelta, Field(ge=timedelta(minutes=5), le=31 * DAY), WRITTEN] = 7 * DAY


REACTIONS = (
    Reaction(on="bounce.permanent"),
    Reaction(on="bounce.transient", after=5, within=timedelta(days=30)),
    Reaction(on="complaint"),
)


class PolicyDraft(_Part):
    """
    What an operator writes.

    Args:
        controller: Who is responsible for the data, as receipts name them.
        postal_address: Where the sender can be written to; some laws want it in each mail.
        topics: What people may choose.
        caps: Frequency caps over all campaigns.
        quiet_hours: When nothing is sent but service messages.
        send_windows: The only hours in which a channel or topic is sent.
        unknown_zone: What counts where nobody knows the recipient's clock: the name of a time
            zone, or `refuse`.
        sunset: When people who never engage are left in peace.
        holdout: The percentage of people who get no marketing at all, for comparison.
        reactions: What bounces and complaints do.
        double_opt_in: How a pending consent is confirmed.
        jurisdictions: The version of the legal rules; None for the newest.
        keep_decisions: How long after its last move a message keeps the record of its decisions;
            None for as long as there is the message.
    """

    controller: str = Field(default="", max_length=256)
    postal_address: str = Field(default="", max_length=512)
    topics: tuple[Topic, ...] = Field(default=(), max_length=50)
    caps: tuple[PolicyCap, ...] = Field(default=(), max_length=8)
    quiet_hours: tuple[Hours, ...] = Field(default=(), max_length=8)
    send_windows: tuple[Hours, ...] = Field(default=(), max_length=8)
    unknown_zone: Zone = REFUSE
    sunset: Sunset | None = None
    holdout: float = Field(default=0, ge=0, le=50, strict=True)
    reactions: tuple[Reaction, ...] = Field(default=REACTIONS, max_length=12)
    double_opt_in: DoubleOptIn | None = None
    jurisdictions: str | None = Field(default=None, max_length=32)
    keep_decisions: Annotated[timedelta, Field(ge=LEAST_KEPT, le=3660 * DAY), WRITTEN] | None = None


class Policy(BaseModel):
    """A version of a workspace's policy; version 0 is what holds before anybody wrote one."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    version: int = 0
    draft: PolicyDraft = PolicyDraft()
    written_at: datetime | None = None
    written_by: str = ""
