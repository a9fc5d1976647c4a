"""What a person chooses for themselves: a pause, how often, and whether their data are shared."""

from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from signet.domain.cap import Cap
from signet.domain.consent import Consent
from signet.domain.message import Rule
from signet.domain.policy import Policy

Frequency = Literal["any", "day", "week", "month"]
# What the preference centre offers; `any` is as often as we write.
FREQUENCIES: dict[Frequency, Cap | None] = {
    "any": None,
    "day": Cap(most=1, within=timedelta(days=1)),
    "week": Cap(most=1, within=timedelta(days=7)),
    "month": Cap(most=1, within=timedelta(days=30)),
}
# How long everything is paused by one word.
PAUSE = timedelta(days=30)
# The consent that an opt-out of selling and sharing withdraws, over whatever channel.
ANY_CHANNEL = "any"
SHARING = "sale_and_sharing"
GPC = "gpc"
_NEVER = datetime.min.replace(tzinfo=UTC)


class Settings(BaseModel):
    """
    A person's own settings for all marketing.

    `paused_until` is when a pause ends, `cap` the most that they want to get. `at` is when they
    said so, before all times where they never did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paused_until: datetime | None = None
    cap: Cap | None = None
    at: datetime = _NEVER

    def paused(self, at: datetime) -> bool:
        """Tell whether a pause stands at a moment."""
        return self.paused_until is not None and at < self.paused_until


UNSET = Settings()


class _Asked(Protocol):
    @property
    def topic(self) -> str | None: ...

    @property
    def at(self) -> datetime: ...


class _Words(Protocol):
    def consent(self, channel: str, topic: str) -> Consent | None: ...


def frequency(settings: Settings) -> Frequency | None:
    """Name the offered frequency that a person's cap is; None for a cap of another kind."""
    return next((name for name, cap in FREQUENCIES.items() if cap == settings.cap), None)


def strictest_settings(own: Settings, theirs: Settings, *, since: datetime) -> Settings:
    """
    Join the settings of two profiles that were found to be one person's.

    What was set since then holds for both, the last word first; of what was set before, the later
    end of a pause and the tighter cap.
    """
    both = (own, theirs)
    later = [one for one in both if one.at > since]
    if later:
        return max(later, key=lambda one: one.at)
    pauses = [one.paused_until for one in both if one.paused_until is not None]
    caps = [one.cap for one in both if one.cap is not None]
    return Settings(
        paused_until=max(pauses, default=None),
        cap=min(caps, key=_ease, default=None),
        at=max(one.at for one in both),
    )


def pause_rule(settings: Settings, asked: _Asked) -> Rule | None:
    """Ask whether the person paused all marketing; None where they never did."""
    if asked.topic is None or settings.paused_until is None:
        return None
    told = {"paused_until": settings.paused_until.isoformat()}
    if settings.paused(asked.at):
        return Rule(rule="pause", verdict="refuse", reason="paused_by_recipient", inputs=told)
    return Rule(rule="pause", verdict="pass", inputs=told)


def sharing_rule(policy: Policy | None, permission: _Words, asked: _Asked) -> Rule | None:
    """Ask about a topic that shares data whether the person opted out of it; None for others."""
    topics = policy.draft.topics if policy is not None else ()
    if not any(one.topic == asked.topic and one.shares_data for one in topics):
        return None
    word = permission.consent(ANY_CHANNEL, SHARING)
    if word is not None and word.status == "withdrawn":
        told = {"basis": word.basis, "at": word.at.isoformat()}
        return Rule(rule="sharing", verdict="refuse", reason="opted_out_of_sharing", inputs=told)
    return Rule(rule="sharing", verdict="pass")


def _ease(cap: Cap) -> tuple[float, int, timedelta]:
    """Order caps by how much they let through in the long run, then at once."""
    return cap.most / cap.within.total_seconds(), cap.most, -cap.within
