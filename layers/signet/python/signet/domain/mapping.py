"""Where each thing stands in what a source sends: an expression for every part of an event."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from signet.domain import expression
from signet.domain.events import Properties
from signet.errors import Rejected

Expression = Annotated[str, StringConstraints(min_length=1), AfterValidator(expression.checked)]
TraitName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,256}$")]
MOST_TRAITS = 100

# What a part that has no expression is called by habit.
WELL_KNOWN: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "user_id", "userId", "customer_id", "customerId"),
    "anonymous_id": ("anonymous_id", "anonymousId"),
    "email": ("email", "Email", "e-mail", "mail", "email_address"),
    "phone": ("phone", "Phone", "tel", "mobile", "phone_number"),
    "event": ("event", "event_name", "eventName"),
    "id": ("event_id", "eventId", "id", "message_id", "messageId"),
    "time": ("time", "timestamp", "occurred_at", "occurredAt", "created_at"),
}
WELL_KNOWN_TRAITS = ("first_name", "last_name", "name", "company", "city", "country", "locale")


class FeedbackMapping(BaseModel):
    """What somebody said: their words, how many points they gave, what it is, in which language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Expression | None = None
    rating: Expression | None = None
    kind: Expression | None = None
    language: Expression | None = None


class FieldMapping(BaseModel):
    """
    Where each thing stands in a payload; what is not named goes by habit.

    Every value is a JMESPath expression; a constant is a raw string, such as `'Form sent'`.
    `items` finds the list of events in one body, and the others are run on each of them; an item
    for which `skip` is true is no event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Expression | None = None
    skip: Expression | None = None
    external_id: Expression | None = None
    anonymous_id: Expression | None = None
    email: Expression | None = None
    phone: Expression | None = None
    event: Expression | None = None
    id: Expression | None = None
    time: Expression | None = None
    traits: dict[TraitName, Expression] = Field(default_factory=dict, max_length=MOST_TRAITS)
    feedback: FeedbackMapping | None = None

    def value(self, part: str, payload: Mapping[str, Any]) -> object:
        """
        Find a part of an event in a payload, by its expression or by habit.

        Raises:
            Rejected: The payload does not fit the expression; names the part.
        """
        written: str | None = getattr(self, part)
        if written is not None:
            return demanded(part, written, payload)
        found = (payload.get(name) for name in WELL_KNOWN.get(part, ()))
        return next((value for value in found if value not in (None, "")), None)

    def text(self, part: str, payload: Mapping[str, Any]) -> str | None:
        """
        Find a part that is a text; a whole number is one, too.

        Raises:
            Rejected: The payload does not fit the expression; names the part.
        """
        value = self.value(part, payload)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        return str(value).strip() or None

    def told(self, payload: Mapping[str, Any]) -> Properties:
        """Find the traits that a payload tells; one that does not fit its expression is none."""
        found = {name: _offered(written, payload) for name, written in self.traits.items()}
        if not self.traits:
            found = {name: payload.get(name) for name in WELL_KNOWN_TRAITS}
        return {name: value for name, value in found.items() if value is not None}

    def said(self, payload: Mapping[str, Any]) -> Properties:
        """Find what somebody said; nothing where neither words nor points are there."""
        if self.feedback is None:
            return {}
        named = self.feedback.model_dump(exclude_none=True)
        found = {name: _offered(written, payload) for name, written in named.items()}
        told = {name: value for name, value in found.items() if value not in (None, "")}
        return told if {"text", "rating"} & set(told) else {}


def demanded(part: str, written: str, payload: object) -> object:
    """
    Find what an expression names.

    Raises:
        Rejected: The payload does not fit the expression; names the part.
    """
    try:
        return expression.search(written, payload)
    except expression.Unfit as error:
        raise Rejected.field(part, str(error)) from None


def _offered(written: str, payload: object) -> Any:  # noqa: ANN401 - a sender's own value
    try:
        return expression.search(written, payload)
    except expression.Unfit:
        return None
