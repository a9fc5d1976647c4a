"""What an event tells the template of the message it caused."""

from typing import Any

from signet.domain.events import MESSAGE_REQUESTED, Event


def told(event: Event) -> dict[str, Any]:
    """
    Give the data that a message takes from its event: `data`, `event`, and `to`.

    `to` is the address that a caller named for a transactional message; a tracked event names
    nobody but the person it is about.
    """
    if event.type == MESSAGE_REQUESTED:
        data = event.properties.get("data", {})
        return {"data": data, "event": {}, "to": event.identifiers.email}
    shown = {
        "name": event.name,
        "occurred_at": event.occurred_at.isoformat(),
        "properties": event.properties,
    }
    return {"data": {}, "event": shown, "to": None}
