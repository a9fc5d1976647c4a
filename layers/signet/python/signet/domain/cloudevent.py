"""What other systems say in CloudEvents, read strictly into events."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from signet.domain import address
from signet.domain.calls import demand_short, rejected
from signet.domain.events import Event, Identifiers, Properties
from signet.errors import FieldError, Rejected

REQUIRED = ("id", "source", "type", "specversion")
SKEW = timedelta(hours=24)
# Doors of ours write these; a write key may not.
OUR_SOURCES = ("signet:", "signet/", "source:", "segment:")
OUR_TYPES = "signet."
_OUR_SHAPE = frozenset({"identifiers", "traits", "properties", "context", "name"})
_LOOSE: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "userId", "user_id"),
    "anonymous_id": ("anonymous_id", "anonymousId"),
    "email": ("email",),
    "phone": ("phone",),
}


def demand_attributes(attributes: Mapping[str, Any], *, prefix: str = "") -> None:
    """
    Refuse an envelope without the attributes that make its identity.

    The library would invent a random id for an event without one, and every repeat of that
    event would count again.

    Raises:
        Rejected: Names every attribute that is missing or empty.
    """
    missing = [
        FieldError(prefix + name, "is required and must be a text")
        for name in REQUIRED
        if not isinstance(attributes.get(name), str) or not attributes[name].strip()
    ]
    if missing:
        names = ", ".join(fault.field for fault in missing)
        raise Rejected(f"not a CloudEvent: {names} must be there", missing)
    if attributes["specversion"] != "1.0":
        raise Rejected.field(prefix + "specversion", "must be 1.0")


def event_of(
    attributes: Mapping[str, Any], data: object, *, workspace: str, received_at: datetime
) -> Event:
    """
    Read one CloudEvent.

    The subject is the client's id of the person, unless the data names somebody. Data may be
    in our own shape: `identifiers`, `traits`, `properties`.

    Raises:
        Rejected: Names the attribute at fault, or says that nobody is named.
    """
    subject = attributes.get("subject")
    demand_short(subject if isinstance(subject, str) else None, field="subject")
    content: Properties = data if isinstance(data, dict) else {"data": _plain(data)}
    ours = bool(content) and _is_ours(content)
    _demand_foreign(attributes)
    try:
        identifiers = _identifiers(content, subject, ours=ours)
        return Event(
            workspace=workspace,
            id=attributes["id"],
            source=attributes["source"],
            type=attributes["type"],
            name=attributes["type"],
            subject=subject,
            occurred_at=(when := near(attributes.get("time"), received_at)) or received_at,
            received_at=received_at,
            claimed_at=when,
            identifiers=identifiers,
            **(_parts(content) if ours else {"properties": content}),
        )
    except ValidationError as error:
        raise rejected(error) from None


def _demand_foreign(attributes: Mapping[str, Any]) -> None:
    """
    Refuse what only we may say: an event in our name would pass for our own.

    Raises:
        Rejected: The source or the type is one of ours.
    """
    if str(attributes["source"]).strip().lower().startswith(OUR_SOURCES):
        raise Rejected.field("source", "must not begin with " + ", ".join(OUR_SOURCES))
    if str(attributes["type"]).strip().lower().startswith(OUR_TYPES):
        raise Rejected.field("type", f"must not begin with {OUR_TYPES}")


def near(
    claimed: datetime | None, received_at: datetime, *, past: timedelta | None = SKEW
) -> datetime | None:
    """
    Let a claimed time pass if it is near enough to now: 24 hours, or as long ago as may be.

    Args:
        claimed: The time, if one was told.
        received_at: When it was told.
        past: How long ago it may be; None for history of any age.

    Raises:
        Rejected: It is farther away.
    """
    if claimed is None:
        return None
    aware = claimed.replace(tzinfo=UTC) if claimed.tzinfo is None else claimed.astimezone(UTC)
    if aware - received_at > SKEW:
        raise Rejected.field("time", "must be within 24 hours of now")
    if past is not None and received_at - aware > past:
        hours = past // timedelta(hours=1)
        raise Rejected.field("time", f"must be within {hours} hours of now")
    return aware


def _is_ours(content: Properties) -> bool:
    parts = ("identifiers", "traits", "properties")
    return set(content) <= _OUR_SHAPE and any(isinstance(content.get(p), dict) for p in parts)


def _parts(content: Properties) -> dict[str, Any]:
    return {part: content.get(part) or {} for part in ("traits", "properties", "context")}


def _identifiers(content: Properties, subject: object, *, ours: bool) -> Identifiers:
    if ours and content.get("identifiers"):
        found = Identifiers.model_validate(content["identifiers"])
        if found.profile_id is not None:
            raise Rejected.field("data.identifiers.profile_id", "is given by us, not by a caller")
        _demand_mailbox(found.email, field="data.identifiers.email")
        for kind in _LOOSE:
            demand_short(getattr(found, kind), field=f"data.identifiers.{kind}")
    else:
        traits = content.get("traits") if ours else None
        found = loose(traits if isinstance(traits, dict) else content)
    if not found.any() and isinstance(subject, str) and subject:
        return Identifiers(external_id=subject)
    if not found.any():
        raise Rejected.field("subject", "must name the person, or the data must")
    return found


def loose(content: Properties) -> Identifiers:
    """
    Find the person in data of any shape, by the usual names of identifiers.

    Raises:
        Rejected: There is an e-mail address that is not one mailbox.
    """
    found: dict[str, str] = {}
    for kind, names in _LOOSE.items():
        values = (content.get(name) for name in names)
        value = next((v for v in values if isinstance(v, str | int) and v != ""), None)
        if value is not None and not isinstance(value, bool):
            found[kind] = str(value)
            demand_short(found[kind], field=f"data.{kind}")
    _demand_mailbox(found.get("email"), field="data.email")
    return Identifiers(**found)


def _demand_mailbox(value: str | None, *, field: str) -> None:
    if value is not None:
        address.mailbox(value, field=field)


def _plain(data: Any) -> Any:  # noqa: ANN401 - a client's own data, checked by the model
    if isinstance(data, bytes):
        return base64.b64encode(data).decode("ascii")
    return data
