"""A registered source: a system that speaks its own language, and how we read it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signet.domain import address, calls, cloudevent
from signet.domain.events import TRACKED, Event, Identifiers, Properties
from signet.domain.template import NAME_PATTERN
from signet.errors import Rejected
from signet.ids import derived

SourceKind = Literal["crm", "web_form", "social", "call_center", "iot", "app"]
MOST_EVENTS = 100
_PATH = r"^[^\x00-\x1f]{1,256}$"

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


class FieldMapping(BaseModel):
    """Where each thing stands in a payload: dotted paths; what is not named goes by habit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: str | None = Field(default=None, pattern=_PATH)
    anonymous_id: str | None = Field(default=None, pattern=_PATH)
    email: str | None = Field(default=None, pattern=_PATH)
    phone: str | None = Field(default=None, pattern=_PATH)
    event: str | None = Field(default=None, pattern=_PATH)
    id: str | None = Field(default=None, pattern=_PATH)
    time: str | None = Field(default=None, pattern=_PATH)
    traits: dict[str, str] = Field(default_factory=dict, max_length=100)


class SourceDraft(BaseModel):
    """What an editor writes about a source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SourceKind
    mapping: FieldMapping = FieldMapping()
    thank_you_url: str | None = Field(
        default=None, max_length=2048, pattern=r"^https?://[\x21-\x5b\x5d-\x7e]+$"
    )


class Source(SourceDraft):
    """A source as the catalog keeps it."""

    workspace: str
    name: str = Field(pattern=NAME_PATTERN)
    revision: int = Field(default=1, ge=1)


def events_of(
    source: Source,
    payload: object,
    *,
    received_at: datetime,
    near: bool = True,
    message_id: str | None = None,
) -> list[Event]:
    """
    Read what a source sent: one object, or a list of up to 100.

    Args:
        source: Whose mapping to read by.
        payload: The body, as JSON or from a form.
        received_at: When it came.
        near: Whether a time has to be recent; False for files.
        message_id: The id of the delivery, for an event without one of its own.

    Raises:
        Rejected: Names the part that cannot be read.
    """
    items = payload if isinstance(payload, list) else [payload]
    if not 0 < len(items) <= MOST_EVENTS:
        raise Rejected.field("body", f"must hold 1 to {MOST_EVENTS} events")
    return [
        event_of(source, item, received_at=received_at, near=near, message_id=message_id)
        for item in items
    ]


def event_of(
    source: Source,
    payload: object,
    *,
    received_at: datetime,
    near: bool = True,
    message_id: str | None = None,
) -> Event:
    """
    Read one payload by the source's mapping.

    Without an id of its own the payload gets one from its content; a form's also from the
    minute, because a person may well send the same form again another day.

    Raises:
        Rejected: It is no object, is about nobody, or names a time beyond 24 hours.
    """
    if not isinstance(payload, dict):
        raise Rejected.field("body", "must be an object, or a list of objects")
    time = calls.moment(_find(source, payload, "time"))
    claimed = cloudevent.near(time, received_at) if near else _past(time, received_at)
    own = message_id if source.mapping.id is None else None
    try:
        return Event(
            workspace=source.workspace,
            id=own or _text(source, payload, "id") or message_id
            or _content_id(source, payload, received_at),
            source=f"source:{source.name}",
            type=TRACKED,
            name=_text(source, payload, "event") or source.kind,
            occurred_at=claimed or received_at,
            received_at=received_at,
            claimed_at=claimed,
            mapping_version=source.revision,
            identifiers=_identifiers(source, payload),
            traits=dict(_traits(source, payload)),
            properties=payload,
        )
    except ValidationError as error:
        raise calls.rejected(error) from None


def _past(claimed: datetime | None, received_at: datetime) -> datetime | None:
    if claimed is not None and claimed - received_at > cloudevent.SKEW:
        raise Rejected.field("time", "must be within 24 hours of now")
    return claimed


def _identifiers(source: Source, payload: Properties) -> Identifiers:
    kinds = ("external_id", "anonymous_id", "email", "phone")
    named = {kind: _text(source, payload, kind) for kind in kinds}
    found = {kind: value for kind, value in named.items() if value is not None}
    if not found:
        raise Rejected.field("email", "must be there, or another identifier")
    for kind, value in found.items():
        calls.demand_short(value, field=kind)
    if "email" in found:
        address.mailbox(found["email"])
    return Identifiers(**found)


def _traits(source: Source, payload: Properties) -> Iterator[tuple[str, Any]]:
    for kind in ("email", "phone"):
        if (text := _text(source, payload, kind)) is not None:
            yield kind, text
    named = source.mapping.traits or {name: name for name in WELL_KNOWN_TRAITS}
    for trait, path in named.items():
        if (value := _walk(payload, path)) is not None:
            yield trait, value


def _content_id(source: Source, payload: Properties, received_at: datetime) -> str:
    content = calls.content_id(payload)
    if source.kind != "web_form":
        return content
    return "f-" + derived(content, received_at.strftime("%Y-%m-%dT%H:%M"))


def _text(source: Source, payload: Properties, part: str) -> str | None:
    value = _find(source, payload, part)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def _find(source: Source, payload: Properties, part: str) -> object:
    path = getattr(source.mapping, part)
    if path is not None:
        return _walk(payload, path)
    found = (payload.get(name) for name in WELL_KNOWN[part])
    return next((value for value in found if value not in (None, "")), None)


def _walk(payload: Mapping[str, Any], path: str) -> object:
    value: object = payload
    for step in path.split("."):
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value
