"""Change events of Salesforce, as its relay and AppFlow put them on a partner's bus."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from signet.domain import calls
from signet.domain.address import is_mailbox
from signet.domain.events import Properties
from signet.domain.heard import Heard, named, text
from signet.errors import Rejected

PARTNER = "aws.partner/salesforce.com/"
PEOPLE = ("Contact", "Lead")
MOST_RECORDS = 500
_DONE = {"CREATE": "Created", "UPDATE": "Updated", "DELETE": "Deleted", "UNDELETE": "Restored"}
# Names that we have for the same thing; other fields keep the names they have there.
_OURS = {
    "Email": "email",
    "Phone": "phone",
    "MobilePhone": "mobile",
    "Name": "name",
    "FirstName": "first_name",
    "LastName": "last_name",
    "Salutation": "salutation",
    "Title": "title",
    "Company": "company",
    "City": "city",
    "Country": "country",
    "PostalCode": "postal_code",
    "State": "state",
    "Street": "street",
}
_PARTS = ("Name", "MailingAddress", "Address")
_BOOKKEEPING = frozenset(
    {"LastModifiedDate", "LastModifiedById", "CreatedDate", "CreatedById", "OwnerId"}
)


def heard(detail: dict[str, Any]) -> list[Heard]:
    """
    Read one change event, which may tell the same change of many records.

    Only fields that changed become traits: a relay fills the others with nulls, which do not
    mean that they were emptied. Changes of one transaction carry one moment; their numbers put
    them in order.

    Raises:
        Rejected: It is no change of a person, or tells that something changed but not what.
    """
    payload = named(detail.get("payload")) or detail
    header = named(payload.get("ChangeEventHeader"))
    done = _DONE.get(str(header.get("changeType")))
    if done is None:
        raise Rejected.field(
            "ChangeEventHeader.changeType", "tells no change that can be applied; read the record"
        )
    entity = text(header.get("entityName"))
    if entity not in PEOPLE:
        raise Rejected.field("ChangeEventHeader.entityName", "must be one of " + ", ".join(PEOPLE))
    key, number = _key(header)
    traits = _traits(payload, header) if done != "Deleted" else {}
    about = {k: v for k, v in (("email", traits.get("email")), ("phone", traits.get("phone")))
             if isinstance(v, str) and v and (k != "email" or is_mailbox(v))}  # fmt: skip
    return [
        Heard(
            id=f"{key}:{number}:{record}",
            at=_moment(header, number),
            event=f"Salesforce {entity} {done}",
            identifiers={"external_id": f"salesforce:{record}", **about},
            traits=traits,
            properties={"record_id": record, "change": {**header, "recordIds": [record]}},
        )
        for record in _records(header)
    ]


def _key(header: dict[str, Any]) -> tuple[str, int]:
    key, number = text(header.get("transactionKey")), header.get("sequenceNumber")
    if key is None or isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise Rejected.field(
            "ChangeEventHeader.transactionKey", "must be there, and sequenceNumber a number"
        )
    return key, number


def _moment(header: dict[str, Any], number: int) -> datetime:
    at = header.get("commitTimestamp")
    moment = calls.moment(at) if isinstance(at, int) and at > 0 else None
    if moment is None:
        raise Rejected.field("ChangeEventHeader.commitTimestamp", "must be milliseconds since 1970")
    return moment + timedelta(microseconds=min(number, 999))


def _records(header: dict[str, Any]) -> list[str]:
    found = header.get("recordIds")
    records = [text(one) for one in found] if isinstance(found, list) else []
    ids = [one for one in dict.fromkeys(records) if one is not None]
    if not 0 < len(ids) <= MOST_RECORDS or len(ids) != len(set(records)):
        raise Rejected.field("ChangeEventHeader.recordIds", f"must hold 1 to {MOST_RECORDS} ids")
    return ids


def _traits(payload: dict[str, Any], header: dict[str, Any]) -> Properties:
    changed = _named_fields(header, "changedFields") | _named_fields(header, "nulledFields")
    whole = header.get("changeType") in {"CREATE", "UNDELETE"}
    found: Properties = {}
    for path, value in _fields(payload):
        top, _, part = path.partition(".")
        named_so = not changed.isdisjoint({path, top, part})
        if named_so or (whole and value is not None):
            found[_OURS.get(part or top, part or top)] = value
    return found


def _named_fields(header: dict[str, Any], name: str) -> set[str]:
    found = header.get(name)
    return {str(one) for one in found} if isinstance(found, list) else set()


def _fields(payload: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give each field; of a name or an address, each part."""
    for name, value in payload.items():
        if name == "ChangeEventHeader" or name in _BOOKKEEPING:
            continue
        if name in _PARTS and isinstance(value, dict):
            yield from ((f"{name}.{part}", inner) for part, inner in value.items())
        else:
            yield name, value
