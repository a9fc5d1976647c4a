"""What a source said that does not call us by HTTP, in our words before it is an event."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signet.domain import address, calls, values
from signet.domain.events import TRACKED, Event, Identifiers, Properties
from signet.domain.source import Source
from signet.errors import Rejected
from signet.ids import derived

FeedbackKind = Literal["call_note", "post", "reply"]
MAIL_RECEIVED = "signet.mail.received"
# What a queue may have kept back; a time outside of it is somebody's guess.
_KEPT = timedelta(days=14)
_LONGEST_ID = 200


class Feedback(BaseModel):
    """What a person told us, in their own words."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1)
    kind: FeedbackKind


class Heard(BaseModel):
    """
    One thing that a source told, read out of its own shape.

    `id` is the source's own, so that a repeat is seen as one; `at` is when it happened, None
    where the source does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    at: datetime | None = None
    event: str = Field(min_length=1, max_length=256)
    type: str = TRACKED
    identifiers: dict[str, str] = Field(default_factory=dict)
    traits: Properties = Field(default_factory=dict)
    properties: Properties = Field(default_factory=dict)
    feedback: Feedback | None = None


def event_of(heard: Heard, source: Source, *, received_at: datetime) -> Event:
    """
    Make the event of what was heard.

    History may be as old as it likes; what lies more than 24 hours ahead happened when it was
    received.

    Raises:
        Rejected: It is about nobody, or holds what cannot be kept; names the field.
    """
    identifiers = _identifiers(heard)
    values.check(heard.properties, values.LENIENT, name="properties")
    values.check(heard.traits, values.LENIENT, name="traits")
    at = heard.at or received_at
    context: Properties = {}
    if heard.feedback is not None:
        values.check(heard.feedback.text, values.LENIENT, name="feedback.text")
        context = {"feedback": heard.feedback.model_dump()}
    try:
        return Event(
            workspace=source.workspace,
            id=heard.id if len(heard.id) <= _LONGEST_ID else "h-" + derived(heard.id),
            source=f"source:{source.name}",
            type=heard.type,
            name=heard.event,
            occurred_at=received_at if at > received_at + calls.FUTURE else at,
            received_at=received_at,
            claimed_at=heard.at,
            identifiers=identifiers,
            traits=heard.traits,
            properties=heard.properties,
            context=context,
        )
    except ValidationError as error:
        raise calls.rejected(error) from None


def _identifiers(heard: Heard) -> Identifiers:
    found = {kind: value for kind, value in heard.identifiers.items() if value.strip()}
    if not found:
        raise Rejected.field("identifiers", "must name a person")
    for kind, value in found.items():
        values.check(value, values.LENIENT, name=kind)
        calls.demand_short(value, field=kind)
    if "email" in found:
        address.mailbox(found["email"])
    return Identifiers(**found)


def received(claimed: object, now: datetime) -> datetime:
    """
    Tell when something was received: as its envelope says, if a queue may have kept it so long.

    The same for every try, so that what is written down twice is written once.
    """
    moment = calls.moment(claimed)
    if moment is None or not now - _KEPT <= moment <= now + timedelta(minutes=15):
        return now
    return moment


def named(value: object) -> dict[str, Any]:
    """Give an object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """Give a text or a number as text without its margins; None for nothing and all else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None
