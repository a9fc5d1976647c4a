"""What tracking clients say (Segment and RudderStack shapes), read tolerantly into events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from signet.domain import address, events, values
from signet.domain.events import Event, Identifiers, Properties
from signet.domain.faults import faults
from signet.errors import Rejected, TooLarge
from signet.ids import derived

TYPES: dict[str, str] = {
    "identify": events.IDENTIFIED,
    "track": events.TRACKED,
    "page": events.PAGE_VIEWED,
    "screen": events.SCREEN_VIEWED,
    "group": events.GROUP_JOINED,
    "alias": events.ALIASED,
}
LONGEST_CALL_ID = 100
LONGEST_IDENTIFIER = 1024
FUTURE = timedelta(hours=24)
# Below this, a number is seconds since 1970, above it milliseconds: 1973 against the year 5138.
_MILLISECONDS_FROM = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Door:
    """Where calls came in: whose they are, by which key, and when."""

    workspace: str
    source: str
    received_at: datetime
    client_sent_at: object = None


@dataclass(frozen=True, slots=True)
class BadCall:
    """A call that could not be read: its place in the batch, the call itself, and why."""

    index: int
    call: object
    error: Rejected


def read_batch(
    body: object, door: Door, *, largest: int | None = None
) -> tuple[list[Event], list[BadCall]]:
    """
    Read every call of a batch; a bad one fails alone.

    Args:
        body: The batch, or the bare list of its calls.
        door: Where it came in.
        largest: The most bytes that an event may have as JSON.

    Raises:
        Rejected: There is no list of calls at all.
    """
    calls = body.get("batch") if isinstance(body, dict) else body
    if not isinstance(calls, list):
        raise Rejected.field("batch", "must be a list of calls")
    good: list[Event] = []
    bad: list[BadCall] = []
    for index, call in enumerate(calls):
        try:
            good.append(_fitting(read_call(call, door), largest))
        except Rejected as error:
            bad.append(BadCall(index, call, error))
    return good, bad


def read_call(call: object, door: Door, *, kind: str | None = None) -> Event:
    """
    Read one call.

    An id longer than 100 characters is replaced by its hash. A call without an id gets one from
    its content, so that a repeated batch is still seen as a repeat; two equal calls without ids
    are therefore one.

    Args:
        call: The message as the client wrote it.
        door: Where it came in.
        kind: The type of the call by its path; None where the message says it.

    Raises:
        Rejected: It is no call, is about nobody, or holds what cannot be kept.
    """
    if not isinstance(call, dict):
        raise Rejected("a call must be an object")
    values.check(call, values.LENIENT)
    kind = _kind(call, kind)
    occurred_at, claimed_at = times(call, door)
    try:
        return Event(
            workspace=door.workspace,
            id=_call_id(call),
            source=door.source,
            type=TYPES[kind],
            name=_name(call, kind),
            subject=_identifier(call.get("userId")),
            occurred_at=occurred_at,
            received_at=door.received_at,
            claimed_at=claimed_at,
            identifiers=_identifiers(call, kind),
            traits=_traits(call) if kind == "identify" else {},
            properties=_properties(call, kind),
            context={k: v for k, v in _object(call.get("context")).items() if k != "traits"},
        )
    except ValidationError as error:
        raise rejected(error) from None


def own_id(call: object) -> str | None:
    """Give the id that a call has by itself, as its event would have it; None where it has none."""
    given = call.get("messageId") if isinstance(call, dict) else None
    if _identifier(given, longest=None) is None or values.first_flaw(given, values.LENIENT):
        return None
    return _call_id({"messageId": given})


def rejected(error: ValidationError) -> Rejected:
    """Turn the first fault of a validation into an error that names the field."""
    fault = faults(error)[0]
    return Rejected.field(fault.field, fault.message)


def times(call: Mapping[str, Any], door: Door) -> tuple[datetime, datetime | None]:
    """
    Tell when a call happened and what the client's clock said.

    Where the client tells its time of sending, its clock's error is taken out. History may be
    as old as it likes; what lies more than 24 hours ahead happened when it was received.
    """
    claimed = moment(call.get("timestamp")) or moment(call.get("originalTimestamp"))
    if claimed is None:
        return door.received_at, None
    sent = moment(call.get("sentAt")) or moment(door.client_sent_at)
    try:
        occurred = claimed if sent is None else door.received_at - (sent - claimed)
    except OverflowError:
        return door.received_at, claimed
    return (door.received_at if occurred > door.received_at + FUTURE else occurred), claimed


def moment(value: object) -> datetime | None:
    """Read a time as clients write it: RFC 3339, a date, or a number since 1970; else None."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def content_id(content: object) -> str:
    """Derive an id from content, the same for every repeat of it."""
    return "c-" + derived(json.dumps(content, sort_keys=True))


def _fitting(event: Event, largest: int | None) -> Event:
    if largest is not None and len(event.model_dump_json()) > largest:
        raise TooLarge.field("body", f"the call is larger than {largest} bytes")
    return event


def _kind(call: Mapping[str, Any], kind: str | None) -> str:
    kind = kind or call.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Rejected.field("type", "must be one of " + ", ".join(TYPES))
    return kind


def _call_id(call: Mapping[str, Any]) -> str:
    given = _identifier(call.get("messageId"), longest=None)
    if given is None:
        return content_id({k: v for k, v in call.items() if k not in {"sentAt", "writeKey"}})
    return given if len(given) <= LONGEST_CALL_ID else "h-" + derived(given)


def _name(call: Mapping[str, Any], kind: str) -> str:
    if kind == "track":
        return _event_name(call)
    if kind in {"page", "screen"}:
        named = call.get("name") or _object(call.get("properties")).get("name")
        return named if isinstance(named, str) else kind
    return kind


def _event_name(call: Mapping[str, Any]) -> str:
    event = call.get("event")
    if isinstance(event, str) and event.strip():
        return event
    raise Rejected.field("event", "must be the name of what happened")


def _identifiers(call: Mapping[str, Any], kind: str) -> Identifiers:
    traits = _traits(call) if kind != "group" else _context_traits(call)
    email, phone = traits.get("email"), traits.get("phone")
    found = Identifiers(
        external_id=_identifier(call.get("userId"), field="userId"),
        anonymous_id=_identifier(call.get("anonymousId"), field="anonymousId"),
        previous_id=_identifier(call.get("previousId"), field="previousId"),
        email=email if isinstance(email, str) and address.is_mailbox(email) else None,
        phone=_identifier(phone) if isinstance(phone, str) else None,
    )
    if not found.any():
        raise Rejected.field("userId", "must be there, or anonymousId")
    return found


def _identifier(
    value: object, *, longest: int | None = LONGEST_IDENTIFIER, field: str = "userId"
) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if longest is not None:
        demand_short(text, field=field, longest=longest)
    return text if text.strip() else None


def demand_short(text: str | None, *, field: str, longest: int = LONGEST_IDENTIFIER) -> None:
    """
    Let an identifier pass that is short enough to be one.

    Raises:
        Rejected: It is longer.
    """
    if text is not None and len(text) > longest:
        raise Rejected.field(field, f"must not be longer than {longest} characters")


def _traits(call: Mapping[str, Any]) -> Properties:
    return {**_context_traits(call), **_object(call.get("traits"))}


def _context_traits(call: Mapping[str, Any]) -> Properties:
    return _object(_object(call.get("context")).get("traits"))


def _properties(call: Mapping[str, Any], kind: str) -> Properties:
    properties = _object(call.get("properties"))
    if kind == "group":
        traits = _object(call.get("traits"))
        return {**properties, "group_id": call.get("groupId"), "traits": traits}
    category = call.get("category")
    if kind in {"page", "screen"} and isinstance(category, str):
        return {"category": category, **properties}
    return properties


def _object(value: object) -> Properties:
    return value if isinstance(value, dict) else {}
