"""Calls, chats and tasks of Amazon Connect: its events, and its records of what is over."""

from typing import Any

from signet.domain import calls
from signet.domain.events import Properties
from signet.domain.heard import Feedback, Heard, named, text
from signet.errors import Rejected

EVENT = "Amazon Connect Contact Event"
RECORD = "Amazon Connect Contact Record"
_NAMES = {
    "INITIATED": "Call Started",
    "QUEUED": "Call Queued",
    "CONNECTED_TO_AGENT": "Call Answered",
    "DISCONNECTED": "Call Ended",
    "COMPLETED": "Call Completed",
    "CONTACT_DATA_UPDATED": "Call Updated",
}
# When each kind of event happened; the others tell no moment of their own.
_MOMENTS = {
    "INITIATED": ("initiationTimestamp",),
    "CONNECTED_TO_SYSTEM": ("connectedToSystemTimestamp",),
    "QUEUED": ("queueInfo", "enqueueTimestamp"),
    "CONNECTED_TO_AGENT": ("agentInfo", "connectedToAgentTimestamp"),
    "DISCONNECTED": ("disconnectTimestamp",),
}
# Attributes under which a flow or an agent's page leaves what was said.
_NOTES = ("call_notes", "notes", "note", "comment")
_EVENT_FACTS = ("channel", "initiationMethod", "disconnectReason", "initialContactId")
_RECORD_FACTS = (
    "Channel",
    "InitiationMethod",
    "DisconnectReason",
    "InitiationTimestamp",
    "DisconnectTimestamp",
    "InitialContactId",
)


def heard_event(detail: dict[str, Any], *, at: object = None) -> list[Heard]:
    """
    Read one event of a call under way.

    The event names a person only if the flow has set the customer's id, which then is a phone
    number in E.164, or our `external_id`.

    Args:
        detail: The event's detail.
        at: When the bus got it, for kinds that tell no moment of their own.

    Raises:
        Rejected: The call has no id, or names nobody.
    """
    kind = text(detail.get("eventType")) or ""
    call = _id(detail.get("contactId"), field="contactId")
    customer = text(detail.get("customerId"))
    if customer is None:
        raise Rejected.field("customerId", "must be set in the flow; without it nobody is named")
    moment = calls.moment(_within(_lowered(detail), _MOMENTS.get(kind, ()))) or calls.moment(at)
    facts: Properties = {n: detail[n] for n in _EVENT_FACTS if n in detail}
    told = moment.isoformat() if moment else ""
    return [
        Heard(
            id=f"{call}:{kind}:{told}",
            at=moment,
            event=_NAMES.get(kind, "Call Event"),
            identifiers=_customer(customer),
            properties={"call_id": call, "kind": kind, **facts},
        )
    ]


def heard_record(detail: dict[str, Any]) -> list[Heard]:
    """
    Read one record of a call that is over; each newer one of the same call is an event again.

    Of two records the one with the newer `LastUpdateTimestamp` stands in the traits. Fields that
    are not known are left alone: new ones come without notice.

    Raises:
        Rejected: It has no id or no time of its update, or names nobody.
    """
    call = _id(detail.get("ContactId"), field="ContactId")
    updated = calls.moment(detail.get("LastUpdateTimestamp"))
    if updated is None:
        raise Rejected.field("LastUpdateTimestamp", "must be a time")
    attributes: Properties = {
        name: value
        for name, value in named(detail.get("Attributes")).items()
        if isinstance(value, str | int | float) or value is None
    }
    endpoint = named(detail.get("CustomerEndpoint"))
    identifiers = _endpoint(endpoint)
    if (customer := text(detail.get("CustomerId"))) is not None:
        identifiers |= _customer(customer)
    note = next((t for n in _NOTES if (t := text(attributes.get(n)))), None)
    facts: Properties = {n: detail[n] for n in _RECORD_FACTS if detail.get(n) is not None}
    agent = text(named(detail.get("Agent")).get("Username"))
    queue = text(named(detail.get("Queue")).get("Name"))
    properties: Properties = {"call_id": call, **facts, "attributes": attributes}
    properties |= {n: v for n, v in (("agent", agent), ("queue", queue)) if v is not None}
    return [
        Heard(
            id=f"{call}:{updated.isoformat()}",
            at=updated,
            event="Call Recorded",
            identifiers=identifiers,
            traits={**identifiers_as_traits(identifiers), "last_call": call},
            properties=properties,
            feedback=Feedback(text=note, kind="call_note") if note else None,
        )
    ]


def identifiers_as_traits(identifiers: dict[str, str]) -> Properties:
    """Give the addresses among identifiers as the traits that they are."""
    return {kind: value for kind, value in identifiers.items() if kind in {"email", "phone"}}


def _endpoint(endpoint: dict[str, Any]) -> dict[str, str]:
    kinds = {"TELEPHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email"}
    kind, value = kinds.get(str(endpoint.get("Type"))), text(endpoint.get("Address"))
    return {kind: value} if kind and value else {}


def _customer(value: str) -> dict[str, str]:
    return {"phone" if value.startswith("+") else "external_id": value}


def _id(value: object, *, field: str) -> str:
    found = text(value)
    if found is None:
        raise Rejected.field(field, "must be there")
    return found


def _lowered(detail: dict[str, Any]) -> dict[str, Any]:
    """Let `AgentInfo` be `agentInfo`: Connect's own samples have both."""
    return {name[:1].lower() + name[1:]: value for name, value in detail.items()}


def _within(found: object, path: tuple[str, ...]) -> object:
    for step in path:
        found = named(found).get(step)
    return found if path else None
