"""What is wanted: the imperative items that ride the queues, each done by exactly one stage."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from signet.domain.events import Event
from signet.errors import Poison


class Work(BaseModel):
    """The base of every work item: strict about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApplyEvents(Work):
    """Apply a pack of events to their profiles (preprocess)."""

    kind: Literal["apply_events"] = "apply_events"
    events: tuple[Event, ...] = Field(min_length=1, max_length=500)


class RenderMessage(Work):
    """Fill a message's template with live data (render)."""

    kind: Literal["render_message"] = "render_message"
    workspace: str
    message_id: str
    sealed_data: str = ""


class RenderMessages(Work):
    """A pack of messages to render."""

    kind: Literal["render_messages"] = "render_messages"
    messages: tuple[RenderMessage, ...] = Field(min_length=1, max_length=500)


class DeliverMessage(Work):
    """
    Hand one rendered message to its provider (deliver).

    `body` is the sealed and compressed mail as base64, or empty where `body_ref` names the object
    that holds it. `body_hash` is the SHA-256 of the mail's bytes, in hex. `recipient` is the keyed
    hash of the address that the mail was written to, which may have changed since it was planned.
    """

    kind: Literal["deliver_message"] = "deliver_message"
    workspace: str
    message_id: str
    template_version: int
    recipient: str
    rendered_at: datetime
    body_hash: str
    body: str = ""
    body_ref: str = ""


class DeliverMessages(Work):
    """A pack of messages to deliver."""

    kind: Literal["deliver_messages"] = "deliver_messages"
    messages: tuple[DeliverMessage, ...] = Field(min_length=1, max_length=500)


class NoteEngagement(Work):
    """Note that a person opened or clicked (report)."""

    kind: Literal["note_engagement"] = "note_engagement"
    workspace: str
    message_id: str
    engagement: Literal["opened", "clicked"]
    at: datetime
    url: str = ""
    user_agent: str = ""


AnyWork = Annotated[
    ApplyEvents | RenderMessages | DeliverMessages | NoteEngagement,
    Field(discriminator="kind"),
]
_ANY: TypeAdapter[AnyWork] = TypeAdapter(AnyWork)


def read(body: str) -> AnyWork:
    """
    Read a work item from a queue body.

    Raises:
        Poison: The body is not one of ours; the message names the field at fault.
    """
    try:
        return _ANY.validate_json(body)
    except ValidationError as error:
        raise Poison(_first_fault(error.errors())) from error


def _first_fault(faults: list[Any]) -> str:
    fault = faults[0]
    place = ".".join(str(part) for part in fault["loc"]) or "body"
    return f"{place}: {fault['msg']}"
