"""A registered source: a system that speaks its own language, and how we read it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from signet.domain import address, calls, cloudevent, mapping, values
from signet.domain.events import ORDINARY_TRUST, TRACKED, Event, Identifiers, Properties
from signet.domain.mapping import FieldMapping
from signet.domain.request import Purpose
from signet.domain.signature import NoSignature, Signature
from signet.domain.signing.call import Origin
from signet.domain.template import NAME_PATTERN
from signet.errors import FieldError, Rejected
from signet.ids import derived

SourceKind = Literal["crm", "web_form", "social", "call_center", "iot", "app"]
MOST_EVENTS = 1000
MOST_FIELDS = 200
MOST_ORIGINS = 20
# Paths of ours that a source of this name would stand behind.
RESERVED_NAMES = frozenset({"dry-run"})
_IDENTIFIERS = ("external_id", "anonymous_id", "email", "phone")
FieldName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,256}$")]


class SourceTerms(BaseModel):
    """
    What is written and shown about a source, but for its signature.

    `ready_made` names the ready-made source that it was made from.
    `trust` ranks what it says about people against other sources; `region` is the country that
    phone numbers without a prefix are from; `late_hours` is how old an event may be when it
    arrives over HTTP. `answers` is what its sender wants to hear. A `strict` source refuses
    top-level fields that are not among `fields`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SourceKind
    ready_made: str | None = Field(default=None, pattern=NAME_PATTERN)
    mapping: FieldMapping = FieldMapping()
    purpose: Purpose | None = None
    trust: int = Field(default=ORDINARY_TRUST, ge=0, le=100)
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    late_hours: int = Field(default=24, ge=1, le=720)
    allowed_origins: tuple[Origin, ...] = Field(default=(), max_length=MOST_ORIGINS)
    honeypot: FieldName | None = None
    answers: Literal["json", "twiml"] = "json"
    thank_you_url: str | None = Field(
        default=None, max_length=2048, pattern=r"^https?://[\x21-\x5b\x5d-\x7e]+$"
    )
    fields: tuple[FieldName, ...] = Field(default=(), max_length=MOST_FIELDS)
    strict: bool = False

    @field_validator("strict")
    @classmethod
    def _knows_its_fields(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a field
        if value and not info.data.get("fields"):
            raise ValueError("needs the list of fields")
        return value


class SourceDraft(SourceTerms):
    """What an editor writes about a source."""

    signature: Signature = NoSignature()


class Source(SourceDraft):
    """
    A source as the catalog keeps it; its revision is the version of its mapping.

    The secrets of its signature are in `sealed`, and nowhere else.
    """

    workspace: str
    name: str = Field(pattern=NAME_PATTERN)
    revision: int = Field(default=1, ge=1)
    sealed: tuple[str, ...] = Field(default=(), repr=False)

    def past(self) -> "Source":
        """Give what is kept of this revision when there are newer ones: all but secrets."""
        return self.model_copy(update={"sealed": ()})


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    How a payload came: when, which times its door lets in, and under which id.

    Only HTTP doors demand that a time is `near`; files and buses bring whatever is `past`, and a
    sample may be of `any` time. `message_id` is the id of the delivery where the sender gives one.
    A payload that is `part` is one item of a body, taken out of it before. `beside` is what its
    sender said beside it, such as a signal of their browser, for the context of its events.
    """

    at: datetime
    times: Literal["near", "past", "any"] = "near"
    message_id: str | None = None
    part: bool = False
    beside: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentItem:
    """One item of a body, and how it came; `place` is None where it is alone."""

    content: object
    arrival: Arrival
    place: int | None = None


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
        near: Whether a time has to be recent; False for files and buses.
        message_id: The id of the delivery, for an event without one of its own.

    Raises:
        Rejected: Names the part that cannot be read.
    """
    arrival = Arrival(received_at, "near" if near else "past", message_id)
    return events_at(source, payload, arrival)


def events_at(source: Source, payload: object, arrival: Arrival) -> list[Event]:
    """
    Read what a source sent, all of it or nothing.

    Raises:
        Rejected: Names the part that cannot be read.
    """
    found: list[Event] = []
    for outcome in outcomes_of(source, payload, arrival):
        if isinstance(outcome, Rejected):
            raise outcome
        if outcome is not None:
            found.append(outcome)
    return found


def outcomes_of(
    source: Source, payload: object, arrival: Arrival
) -> Iterator[Event | Rejected | None]:
    """
    Tell for each item of a body: its event, why it is none, or None where it is to be skipped.

    Raises:
        Rejected: There is no list of items at all, or it has too many.
    """
    for item in items_of(source, payload, arrival):
        outcome = outcome_of(source, item)
        yield placed(outcome, item) if isinstance(outcome, Rejected) else outcome


def items_of(source: Source, payload: object, arrival: Arrival) -> list[SentItem]:
    """
    Take a body apart; of a delivery with an id, each of several items has one of its own.

    Raises:
        Rejected: There is no list of items at all, or it has too many.
    """
    items = [payload] if arrival.part else _items(source, payload)
    if len(items) == 1:
        return [SentItem(items[0], arrival)]
    given = arrival.message_id
    return [
        SentItem(one, replace(arrival, message_id=given and f"{given}:{place}"), place)
        for place, one in enumerate(items)
    ]


def outcome_of(source: Source, item: SentItem) -> Event | Rejected | None:
    """Tell what an item is: an event, why it is none, or None where it is to be skipped."""
    try:
        return _event_of(source, item.content, item.arrival)
    except Rejected as error:
        return error


def placed(error: Rejected, item: SentItem) -> Rejected:
    """Name the fields at fault as they stand in the body: below the place of their item."""
    if item.place is None:
        return error
    faults = [FieldError(f"{item.place}.{fault.field}", fault.message) for fault in error.fields]
    return Rejected("; ".join(f"{fault.field}: {fault.message}" for fault in faults), faults)


def id_of(source: Source, item: SentItem) -> str | None:
    """Give the id that an event of an item would have; None where it cannot be told."""
    if not isinstance(item.content, dict) or values.first_flaw(item.content, values.LENIENT):
        return None
    try:
        return _id(source, item.content, item.arrival)
    except Rejected:
        return None


def _items(source: Source, payload: object) -> list[object]:
    written = source.mapping.items
    found = payload if written is None else mapping.demanded("items", written, payload)
    items = found if isinstance(found, list) else [found]
    if written is not None and found is None:
        raise Rejected.field("items", "must lead to a list of events")
    if len(items) > MOST_EVENTS or (written is None and not items):
        raise Rejected.field("body", f"must hold 1 to {MOST_EVENTS} events")
    return items


def _event_of(source: Source, payload: object, arrival: Arrival) -> Event | None:
    """Read one payload by the source's mapping."""
    if not isinstance(payload, dict):
        raise Rejected.field("body", "must be an object, or a list of objects")
    if source.honeypot is not None and payload.get(source.honeypot) not in (None, ""):
        return None
    if source.mapping.value("skip", payload) not in (None, False, "", [], {}):
        return None
    _demand_known(source, payload)
    claimed = _time(source, payload, arrival)
    try:
        return Event(
            workspace=source.workspace,
            id=_id(source, payload, arrival),
            source=f"source:{source.name}",
            type=TRACKED,
            name=source.mapping.text("event", payload) or source.kind,
            occurred_at=claimed or arrival.at,
            received_at=arrival.at,
            claimed_at=claimed,
            trust=source.trust,
            mapping_version=source.revision,
            identifiers=_identifiers(source, payload),
            traits=_traits(source, payload),
            properties=payload,
            context=_context(source, payload) | arrival.beside,
        )
    except ValidationError as error:
        raise calls.rejected(error) from None


def _demand_known(source: Source, payload: Properties) -> None:
    unknown = sorted(set(payload) - {*source.fields, source.honeypot}) if source.strict else []
    if unknown:
        shown = [values.shown(name) for name in unknown]
        faults = [FieldError(name, "is not a field of this source") for name in shown]
        raise Rejected(f"not fields of this source: {', '.join(shown)}", faults)


def _time(source: Source, payload: Properties, arrival: Arrival) -> datetime | None:
    value = source.mapping.value("time", payload)
    claimed = calls.moment(value)
    is_meant = source.mapping.time is not None or arrival.times == "past"
    if claimed is None and is_meant and value not in (None, ""):
        raise Rejected.field("time", "must be a time")
    if arrival.times == "any":
        return claimed
    past = timedelta(hours=source.late_hours) if arrival.times == "near" else None
    return cloudevent.near(claimed, arrival.at, past=past)


def own_id(source: Source, payload: object, arrival: Arrival) -> str | None:
    """
    Give the id that the one event of a payload has by itself, or by its delivery.

    None where there are several, or where an event gets its id from its content.
    """
    try:
        items = items_of(source, payload, arrival)
        alone = items[0].content if len(items) == 1 else None
        return _given_id(source, alone, arrival.message_id) if isinstance(alone, dict) else None
    except Rejected:
        return None


def _identifiers(source: Source, payload: Properties) -> Identifiers:
    named = {kind: source.mapping.text(kind, payload) for kind in _IDENTIFIERS}
    found = {kind: value for kind, value in named.items() if value is not None}
    if not found:
        raise Rejected.field("email", "must be there, or another identifier")
    for kind, value in found.items():
        calls.demand_short(value, field=kind)
    if "email" in found:
        address.mailbox(found["email"])
    if set(found) == {"phone"} and address.names_nobody(found["phone"]):
        raise Rejected.field("phone", "must be a number, for there is no other identifier")
    return Identifiers(**found)


def _traits(source: Source, payload: Properties) -> Properties:
    named = {kind: source.mapping.text(kind, payload) for kind in ("email", "phone")}
    found: Properties = {kind: text for kind, text in named.items() if text is not None}
    return found | source.mapping.told(payload)


def _context(source: Source, payload: Properties) -> Properties:
    parts: Properties = {
        "region": source.region,
        "feedback": source.mapping.said(payload) or None,
    }
    return {name: value for name, value in parts.items() if value is not None}


def _id(source: Source, payload: Properties, arrival: Arrival) -> str:
    """
    Give the event's id: its own, the delivery's, or one from its content.

    A form's is also from the minute, because a person may well send the same form again
    another day.
    """
    found = _given_id(source, payload, arrival.message_id)
    if found is not None:
        return found
    content = calls.content_id(payload)
    if source.kind != "web_form":
        return content
    return "f-" + derived(content, arrival.at.strftime("%Y-%m-%dT%H:%M"))


def _given_id(source: Source, payload: Properties, message_id: str | None) -> str | None:
    own = source.mapping.text("id", payload) if source.mapping.id else message_id
    return own or source.mapping.text("id", payload)
