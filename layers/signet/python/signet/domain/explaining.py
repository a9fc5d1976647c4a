"""Why a message went, waits or did not go, in plain English, made of its decision record."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signet.domain.message import RANK, Message, Rule, Status, Transition
from signet.domain.permission import refusal
from signet.domain.reasons import GATE, code_of

CHANNELS = {"email": "e-mail", "sms": "text message", "push": "push message", "post": "post"}
# Under which names a rule's inputs may hold the moment of what they tell.
_MOMENTS = ("withdrawn_at", "expired_at", "expires_at", "expires", "granted_at", "at", "since")
_GRANTED = "granted at "
FORGOTTEN = "No record is kept of the rules that were asked."
Phrase = Callable[["Told"], str]


class Told:
    """
    A refusal as phrases see it.

    Args:
        reason: The reason as it is written in the row.
        rule: The rule that refused, if the record has it.
        message: The message.
    """

    def __init__(self, reason: str, rule: Rule | None, message: Message) -> None:
        self.reason, self.rule, self.message = reason, rule, message
        self.inputs = rule.inputs if rule is not None else {}

    @property
    def detail(self) -> str:
        """What follows the reason's first word."""
        return self.reason.partition(":")[2].partition(";")[0].strip()

    @property
    def consent(self) -> str:
        """The consent that the message needs."""
        topic = self.inputs.get("topic") or self.message.topic or "this"
        return f"consent for {topic} by {CHANNELS.get(self.message.channel, self.message.channel)}"

    @property
    def on(self) -> str:
        """The day that the inputs tell, or nothing."""
        found = (moment_of(self.inputs[name]) for name in _MOMENTS if name in self.inputs)
        at = next((one for one in found if one is not None), None)
        return f" on {day(at)}" if at else ""

    @property
    def end(self) -> str:
        """The day on which a pause ends, or nothing."""
        at = moment_of(self.inputs.get("paused_until", ""))
        return f" until {day(at)}" if at else ""

    @property
    def reach(self) -> str:
        """How far a suppression reaches."""
        scope = self.inputs.get("scope", "")
        topic = self.inputs.get("topic") or self.message.topic or "this topic"
        return {
            "topic": f", for messages about {topic}",
            "channel": f", for everything by {CHANNELS.get(self.message.channel, 'this channel')}",
            "global": ", for every message to this person",
        }.get(scope, "")


PHRASES: dict[str, Phrase] = {
    "suppressed": lambda told: (
        f"the address is suppressed ({told.detail or 'by hand'}){told.reach}"
    ),
    "no_consent": lambda told: f"there is no {told.consent}",
    "consent_withdrawn": lambda told: f"the {told.consent} was withdrawn{told.on}",
    "consent_expired": lambda told: f"the {told.consent} expired{told.on}",
    "consent_pending": lambda told: f"the {told.consent} was asked for and is not confirmed yet",
    "no_basis": lambda told: f"nobody knows what the {told.consent} rests on",
    "basis_expired": lambda told: (
        f"the {told.consent} rests on {told.detail or 'a basis'}, which has lapsed{told.on}"
    ),
    "basis_not_permitted": lambda told: (
        f"the {told.consent} rests on {told.detail or 'a basis'}, which does not suffice here"
    ),
    "no_postal_address": lambda _: "the sender's postal address must be in it, and none is known",
    "opted_out_of_sharing": lambda _: "the person opted out of the sharing of their data",
    "paused_by_recipient": lambda told: f"the person asked for a pause{told.end}",
    "holdout": lambda _: "the person is in the holdout group, who get nothing, for comparison",
    "sunset": lambda _: "the person has not engaged with our messages for a long time",
    "quiet_hours": lambda _: "quiet hours",
    "outside_send_window": lambda _: "the hours in which such messages are sent",
    "ends_soon": lambda _: "what allowed it was about to end",
    "zone_unknown": lambda _: "the person's time zone is not known",
    "no_open_hour": lambda _: "there is no hour in which it may be sent",
    "no_window_before_not_after": lambda _: "no hour in which it may be sent is left",
    "capped": lambda told: f"the person got as many messages as the cap allows ({told.detail})",
    "campaign_draft": lambda _: "the campaign is a draft",
    "campaign_paused": lambda _: "the campaign is paused",
    "campaign_cancelled": lambda _: "the campaign was cancelled",
    "campaign_gone": lambda _: "the campaign is not there any more",
    "no_address": lambda _: "the person has no address for this channel",
    "not_after": lambda told: f"it was too late{_limit(told.message)}",
    "throttled": lambda _: "the provider takes no more at the moment",
    GATE: lambda told: f"sending is stopped ({told.reason})",
}
_WENT: dict[Status, str] = {
    "sent": "Sent",
    "delayed": "Sent, and its delivery is delayed",
    "delivered": "Sent and delivered",
    "bounced": "Sent, and it bounced",
    "complained": "Sent, and the person complained about it",
}
_UNKNOWN: dict[Status, str] = {
    "claimed": "It is being handed over at this moment.",
    "in_doubt": "It may have gone: the provider's answer was lost.",
    "unresolved": "It is not known whether it went: the provider's answer was lost for good.",
}


def explained(message: Message) -> tuple[str, ...]:
    """Say in a sentence or more what became of a message, and why."""
    if message.status in _WENT:
        return (_went(message), *_allowed(message), *_forgotten(message))
    if message.status in _UNKNOWN:
        return (_UNKNOWN[message.status], *_allowed(message))
    refused = refusal(message.decisions)
    if message.status == "held":
        return (_waits(message, refused),)
    if message.status in {"planned", "rendered"}:
        return ("It is on its way and has not been handed over yet.", *_allowed(message))
    said = phrase(message, refused)
    by = {"rejected": "Refused by the provider", "failed": "It failed and was not sent"}
    return (f"{by.get(message.status, 'Not sent')}: {said}.", *_forgotten(message))


def phrase(message: Message, refused: Rule | None) -> str:
    """Give the phrase for a message's reason; a reason that nobody knows stands for itself."""
    told = Told(message.reason, refused, message)
    if refused is not None and refused.rule == GATE and message.reason.startswith(refused.reason):
        return PHRASES[GATE](told)
    known = PHRASES.get(code_of(message.reason))
    said = known(told) if known else message.reason.rstrip(".") or "no reason was written down"
    earlier = "; an earlier attempt is unknown"
    return said + earlier if known and message.reason.endswith(earlier) else said


def day(moment: datetime) -> str:
    """Write a day, such as 3 May 2026."""
    return f"{moment.day} {moment:%B %Y}"


def moment_of(text: str) -> datetime | None:
    """Read a moment that an input tells, if it is one."""
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    return None


def _went(message: Message) -> str:
    at = next((step.at for step in message.transitions if step.status == "sent"), None)
    at = at or _first_of(message.transitions)
    when = f" on {day(at)} at {at:%H:%M} UTC" if at else ""
    why = f" ({message.reason})" if message.status == "bounced" and message.reason else ""
    return f"{_WENT[message.status]}{when}{why}."


def _first_of(steps: tuple[Transition, ...]) -> datetime | None:
    went = [step.at for step in steps if RANK["sent"] <= RANK[step.status]]
    return min(went, default=None)


def _forgotten(message: Message) -> tuple[str, ...]:
    """Say so where nobody keeps any more what was certainly asked."""
    asked = message.status == "skipped" or any(s.status == "claimed" for s in message.transitions)
    return (FORGOTTEN,) if asked and not message.decisions else ()


def _allowed(message: Message) -> tuple[str, ...]:
    """Say what a message about a topic rests on."""
    for rule in message.decisions:
        if rule.rule != "consent" or rule.verdict != "pass":
            continue
        if message.topic is None:
            return ("It is a service message, which needs no consent.",)
        at = moment_of(rule.reason.removeprefix(_GRANTED)) if _GRANTED in rule.reason else None
        told = Told(rule.reason, rule, message)
        when = f" on {day(at)}" if at else told.on
        return (f"The {told.consent} was granted{when}.",)
    return ()


def _waits(message: Message, refused: Rule | None) -> str:
    why = phrase(message, refused)
    until = refused.until if refused is not None else None
    if until is None:
        return f"Waits: {why}."
    return f"Waits until {_hour(until, refused)}, because of {why}."


def _hour(moment: datetime, rule: Rule | None) -> str:
    named = rule.inputs.get("zone", "") if rule is not None else ""
    zone: tzinfo = UTC
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(named) if named else UTC
    there = moment.astimezone(zone)
    place = f"in {named}" if zone is not UTC else "UTC"
    return f"{there:%H:%M} {place} on {day(there)}"


def _limit(message: Message) -> str:
    if message.not_after is None:
        return ""
    limit = message.not_after.astimezone(UTC)
    return f", the limit was {day(limit)} at {limit:%H:%M} UTC"
