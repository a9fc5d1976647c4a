"""Change events of Salesforce: one change of many records, told apart, and only what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signet.domain.events import Event, Properties
from signet.domain.source import Source, events_of
from signet.errors import Rejected

# An event relay names itself directly behind the first part, a flow of AppFlow one part later.
_PARTNER, _OF_SALESFORCE = "aws.partner/", "/salesforce.com/"
PEOPLE = ("Contact", "Lead")
MOST_RECORDS = 500
_CHANGES = ("CREATE", "UPDATE", "DELETE", "UNDELETE")
_HEADER = "ChangeEventHeader"
_OF_ADDRESS = (
    "Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode",
    "Latitude", "Longitude", "GeocodeAccuracy",
)  # fmt: skip
# The fields that are made of others, which change one by one.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "Name": ("Salutation", "FirstName", "MiddleName", "LastName", "Suffix"),
    "MailingAddress": _OF_ADDRESS,
    "Address": _OF_ADDRESS,
}
# Stands where a field was emptied, while the mapping is asked which trait that is.
_EMPTIED = "\x00emptied"


@dataclass(frozen=True)
class Change:
    """
    The change of one record, in the shape in which the bus had it.

    `told` holds the fields that have a value now, `emptied` those that have none any more.
    """

    told: Properties
    emptied: Properties


def is_partner(source: str) -> bool:
    """Tell whether an event of the bus is from Salesforce, by a relay or by a flow."""
    return source.startswith(_PARTNER) and _OF_SALESFORCE in source


def events(source: Source, body: Mapping[str, Any], *, received_at: datetime) -> list[Event]:
    """
    Read one change event, by the source's mapping, into an event for each record.

    Raises:
        Rejected: It is no change of a person, or tells that something changed but not what.
    """
    found: list[Event] = []
    for change in changes(body):
        for event in events_of(source, change.told, received_at=received_at, near=False):
            asked = source.mapping.told(change.emptied)
            gone: Properties = {n: None for n, value in asked.items() if value == _EMPTIED}
            found.append(event.model_copy(update={"traits": event.traits | gone}))
    return found


def changes(body: Mapping[str, Any]) -> list[Change]:
    """
    Take a change event apart.

    A relay fills the fields that did not change with nulls, which do not mean that they were
    emptied: so they are left out. Changes of one transaction carry one moment, and their numbers
    put them in order, a microsecond apart.

    Raises:
        Rejected: It is no change of a person, or tells that something changed but not what.
    """
    detail = body.get("detail")
    payload = detail.get("payload", detail) if isinstance(detail, dict) else None
    header = payload.get(_HEADER) if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(header, dict):
        raise Rejected.field("detail.payload.ChangeEventHeader", "must be there")
    if header.get("changeType") not in _CHANGES:
        raise Rejected.field(
            "ChangeEventHeader.changeType", "tells no change that can be applied; read the record"
        )
    if header.get("entityName") not in PEOPLE:
        raise Rejected.field("ChangeEventHeader.entityName", "must be one of " + ", ".join(PEOPLE))
    told, emptied = _fields(payload, header)
    moment = _moment(header)
    found = []
    for record in _records(header):
        own = {**header, "recordIds": [record], "commitTimestamp": moment}
        found.append(Change(_like(body, {_HEADER: own, **told}), _like(body, emptied)))
    return found


def _like(body: Mapping[str, Any], payload: Properties) -> Properties:
    """Give the body with another payload, in the relay's shape whichever it had."""
    about = {name: body[name] for name in ("id", "source", "time", "detail-type") if name in body}
    return {**about, "detail": {"payload": payload}}


def _moment(header: Mapping[str, Any]) -> float:
    at, number = header.get("commitTimestamp"), header.get("sequenceNumber")
    if isinstance(at, bool) or not isinstance(at, int) or at <= 0:
        raise Rejected.field("ChangeEventHeader.commitTimestamp", "must be milliseconds since 1970")
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise Rejected.field("ChangeEventHeader.sequenceNumber", "must be a number")
    return at + min(number, 999) / 1000


def _records(header: Mapping[str, Any]) -> list[str]:
    found = header.get("recordIds")
    records = found if isinstance(found, list) else []
    ids = list(dict.fromkeys(one for one in records if isinstance(one, str) and one.strip()))
    if not 0 < len(ids) <= MOST_RECORDS or len(records) > MOST_RECORDS:
        raise Rejected.field("ChangeEventHeader.recordIds", f"must hold 1 to {MOST_RECORDS} ids")
    if not all(one.isalnum() for one in ids):
        # A change of very many records is told of all that begin alike.
        raise Rejected.field("ChangeEventHeader.recordIds", "must name records one by one")
    return ids


def _fields(payload: Properties, header: Mapping[str, Any]) -> tuple[Properties, Properties]:
    """Give what has a value now, and what has none any more; a difference is neither."""
    differing = _named(header, "diffFields")
    changed = (_named(header, "changedFields") | _named(header, "nulledFields")) - differing
    whole = header["changeType"] in {"CREATE", "UNDELETE"}
    told: Properties = {}
    for top, part, value in _leaves(payload):
        names = {top, f"{top}.{part}"}
        if value is not None and (whole or names & changed) and not names & differing:
            _put(told, (top, part), value)
    emptied: Properties = {}
    if header["changeType"] == "UPDATE":
        for name in changed:
            for place in _gone(name, payload, nulled=_named(header, "nulledFields")):
                _put(emptied, place, _EMPTIED)
    return told, emptied


def _put(into: Properties, place: tuple[str, str], value: Any) -> None:  # noqa: ANN401 - theirs
    top, part = place
    if not part:
        into[top] = value
        return
    inner = into.setdefault(top, {})
    if isinstance(inner, dict):
        inner[part] = value


def _gone(name: str, payload: Properties, *, nulled: set[str]) -> Iterator[tuple[str, str]]:
    """
    Give the places that a changed field has left empty.

    A field that is not in the payload at all has a value that nobody told, unless it is said to
    be null.
    """
    top, _, part = name.partition(".")
    inside = payload.get(top)
    if top not in payload and name not in nulled:
        return
    if part:
        if not isinstance(inside, dict) or inside.get(part) is None:
            yield top, part
    elif top in _PARTS and isinstance(inside, dict):
        yield from ((top, one) for one, value in inside.items() if value is None)
    elif inside is None:
        yield from ((top, one) for one in _PARTS.get(top, ("",)))


def _named(header: Mapping[str, Any], name: str) -> set[str]:
    found = header.get(name)
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


def _leaves(payload: Properties) -> Iterator[tuple[str, str, Any]]:
    """Give each field; of a name or an address, each part."""
    for name, value in payload.items():
        if name == _HEADER:
            continue
        if name in _PARTS and isinstance(value, dict):
            yield from ((name, part, inner) for part, inner in value.items())
        else:
            yield name, "", value
