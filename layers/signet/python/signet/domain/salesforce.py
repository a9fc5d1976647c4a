"""Change events of Salesforce: one change of many records, told apart, and only what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signet.domain.events import Event, Properties
from signet.domain.source import Source, events_of
from signet.errors import Rejected

PARTNER = "aws.partner/salesforce.com/"
PEOPLE = ("Contact", "Lead")
MOST_RECORDS = 500
_CHANGES = ("CREATE", "UPDATE", "DELETE", "UNDELETE")
_HEADER = "ChangeEventHeader"
_PARTS = ("Name", "MailingAddress", "Address")
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
    return ids


def _fields(payload: Properties, header: Mapping[str, Any]) -> tuple[Properties, Properties]:
    changed = _named(header, "changedFields") | _named(header, "nulledFields")
    whole = header["changeType"] in {"CREATE", "UNDELETE"}
    told: Properties = {}
    emptied: Properties = {}
    for top, part, value in _leaves(payload):
        if whole and value is None:
            continue
        if not whole and changed.isdisjoint({top, f"{top}.{part}"}):
            continue
        into, kept = (emptied, _EMPTIED) if value is None else (told, value)
        if part:
            inner = into.setdefault(top, {})
            if isinstance(inner, dict):
                inner[part] = kept
        else:
            into[top] = kept
    return told, emptied


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
