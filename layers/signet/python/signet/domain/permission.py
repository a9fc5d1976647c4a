"""Decide whether we may write to a person, on a channel, about a topic."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from signet.domain.choices import UNSET, Settings, pause_rule
from signet.domain.consent import Consent
from signet.domain.message import Rule
from signet.domain.place import NOWHERE, Place
from signet.domain.suppression import Suppression

# The most characters of a basis and of a wording's version in a decision.
_TOLD = 32


class Permission(BaseModel):
    """
    What the look before a send needs: a person's consents, their addresses' suppressions.

    `settings` are what the person chose for all marketing; `everyone` are the profiles that are
    this person by now, with the one that the others were merged into first.
    """

    model_config = ConfigDict(frozen=True)

    everyone: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    settings: Settings = UNSET

    def consent(self, channel: str, topic: str) -> Consent | None:
        """Find the person's word on one channel and topic."""
        for consent in self.consents:
            if consent.channel == channel and consent.topic == topic:
                return consent
        return None


@dataclass(frozen=True, slots=True)
class Question:
    """
    A message that is considered, as the rules see it.

    Args:
        channel: What it goes over.
        topic: What it is about; None for a service message.
        at: The moment for which is asked.
        own: The handles under which its own address may be suppressed.
        profile_id: Whom it is for; empty where nobody is known.
        campaign_id: What it belongs to; empty for a transactional message.
        place: Where the person may be.
        not_after: When it is too late.
    """

    channel: str
    topic: str | None
    at: datetime
    own: frozenset[str] = frozenset()
    profile_id: str = ""
    campaign_id: str = ""
    place: Place = NOWHERE
    not_after: datetime | None = None


def judge(permission: Permission, asked: Question) -> tuple[Rule, ...]:
    """
    Ask what the recipient said: suppressions, then consent, then a pause, if they made one.

    A message without a topic is a service message: it needs no consent, only no suppression.
    With a topic it is marketing: it needs a granted consent for that channel and topic.

    Returns:
        Every rule asked, in order, with its verdict.
    """
    paused = pause_rule(permission.settings, asked)
    rules = (_suppression_rule(permission, asked), _consent_rule(permission, asked))
    return rules if paused is None else (*rules, paused)


def refusal(rules: tuple[Rule, ...]) -> Rule | None:
    """Find the first rule that refused, if any did."""
    return next((rule for rule in rules if rule.verdict == "refuse"), None)


def _suppression_rule(permission: Permission, asked: Question) -> Rule:
    for found in permission.suppressions:
        if found.concerns(asked.own, channel=asked.channel, topic=asked.topic):
            said = {"scope": found.scope, "channel": found.channel, "since": found.at.isoformat()}
            reason = f"suppressed:{found.reason}"
            return Rule(rule="suppression", verdict="refuse", reason=reason, inputs=said)
    return Rule(rule="suppression", verdict="pass")


def _consent_rule(permission: Permission, asked: Question) -> Rule:
    if asked.topic is None:
        return Rule(rule="consent", verdict="pass", reason="service message")
    consent = permission.consent(asked.channel, asked.topic)
    if consent is None:
        return Rule(rule="consent", verdict="refuse", reason="no_consent")
    inputs = _told(consent)
    if consent.status == "withdrawn":
        inputs = _on(inputs, consent.at)
        return Rule(rule="consent", verdict="refuse", reason="consent_withdrawn", inputs=inputs)
    if consent.expired(asked.at):
        inputs = _on(inputs, consent.expires_at or consent.at)
        return Rule(rule="consent", verdict="refuse", reason="consent_expired", inputs=inputs)
    reason = f"granted at {consent.at.isoformat()}"
    until = consent.expires_at
    return Rule(rule="consent", verdict="pass", reason=reason, inputs=inputs, until=until)


def _on(inputs: dict[str, str], moment: datetime) -> dict[str, str]:
    return {"at": moment.date().isoformat(), **inputs}


def _told(consent: Consent) -> dict[str, str]:
    """Say on which word a verdict rests; a message's row is short, so long names are cut."""
    told = {
        "receipt": consent.receipt,
        "basis": consent.basis[:_TOLD],
        "wording": consent.wording_version[:_TOLD],
    }
    return {name: value for name, value in told.items() if value}
