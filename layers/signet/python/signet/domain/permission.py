"""Decide whether we may write to a person, on a channel, about a topic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.message import Rule

ConsentStatus = Literal["granted", "withdrawn"]


class Consent(BaseModel):
    """The latest word of a person on one channel and topic, with its evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str = Field(min_length=1, max_length=32)
    topic: str = Field(min_length=1, max_length=64)
    status: ConsentStatus
    basis: str = Field(default="consent", max_length=64)
    wording_version: str = Field(default="", max_length=128)
    source: str = Field(default="", max_length=256)
    evidence: str = Field(default="", max_length=1024)
    at: datetime


class Suppression(BaseModel):
    """An address that must not be used, and why; it outlives the person's profile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handle: str
    channel: str = "email"
    reason: str = Field(default="manual", max_length=64)
    scope: Literal["address", "topic"] = "address"
    topic: str | None = None
    at: datetime


class Permission(BaseModel):
    """Everything the look before a send needs: a person's consents, an address's suppression."""

    model_config = ConfigDict(frozen=True)

    consents: tuple[Consent, ...] = ()
    suppressions: tuple[Suppression, ...] = ()

    def consent(self, channel: str, topic: str) -> Consent | None:
        """Find the person's word on one channel and topic."""
        for consent in self.consents:
            if consent.channel == channel and consent.topic == topic:
                return consent
        return None


def strictest(
    own: tuple[Consent, ...], theirs: tuple[Consent, ...], *, since: datetime
) -> tuple[Consent, ...]:
    """
    Join the words of two profiles that were found to be one person's.

    What the person said since then holds for both, the last word first. Of what was said before,
    a withdrawal outweighs a grant, whichever was later: the grant may have been another's.
    Silence outweighs nothing.

    Args:
        own: The words of the one.
        theirs: The words of the other.
        since: When the two became one.
    """
    known = {(word.channel, word.topic): word for word in own}
    for word in theirs:
        place = (word.channel, word.topic)
        both = (known.get(place, word), word)
        later = [one for one in both if one.at > since]
        known[place] = _last(later) if later else _firm(both)
    return tuple(known[place] for place in sorted(known))


def _last(words: Sequence[Consent]) -> Consent:
    return max(words, key=lambda word: (word.at, word.status == "withdrawn"))


def _firm(words: Sequence[Consent]) -> Consent:
    return max(words, key=lambda word: (word.status == "withdrawn", word.at))


def judge(permission: Permission, *, channel: str, topic: str | None) -> tuple[Rule, ...]:
    """
    Ask every rule that stands between a message and its recipient.

    A message without a topic is a service message: it needs no consent, only no suppression.
    With a topic it is marketing: it needs a granted consent for that channel and topic.

    Returns:
        Every rule asked, in order, with its verdict.
    """
    return (
        _suppression_rule(permission, channel=channel, topic=topic),
        _consent_rule(permission, channel=channel, topic=topic),
    )


def refusal(rules: tuple[Rule, ...]) -> Rule | None:
    """Find the first rule that refused, if any did."""
    return next((rule for rule in rules if rule.verdict == "refuse"), None)


def _suppression_rule(permission: Permission, *, channel: str, topic: str | None) -> Rule:
    for found in permission.suppressions:
        if found.channel == channel and (found.scope == "address" or found.topic == topic):
            return Rule(rule="suppression", verdict="refuse", reason=f"suppressed:{found.reason}")
    return Rule(rule="suppression", verdict="pass")


def _consent_rule(permission: Permission, *, channel: str, topic: str | None) -> Rule:
    if topic is None:
        return Rule(rule="consent", verdict="pass", reason="service message")
    consent = permission.consent(channel, topic)
    if consent is None:
        return Rule(rule="consent", verdict="refuse", reason="no_consent")
    if consent.status == "withdrawn":
        return Rule(rule="consent", verdict="refuse", reason="consent_withdrawn")
    return Rule(rule="consent", verdict="pass", reason=f"granted at {consent.at.isoformat()}")
