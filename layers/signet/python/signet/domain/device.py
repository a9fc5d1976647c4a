"""Payloads of devices, as a rule of AWS IoT puts them on our queue."""

from typing import Any

from signet.domain import calls
from signet.domain.events import Properties
from signet.domain.heard import Heard, named, text

# What the rule's SQL adds: which source it is, the topic, the moment, and an id.
MARK = "signet_source"
_ADDED = (MARK, "signet_topic", "signet_time", "signet_id")
_KINDS = {
    "external_id": ("external_id", "customer_id", "user_id"),
    "anonymous_id": ("device_id", "client_id", "serial", "anonymous_id"),
    "email": ("email",),
    "phone": ("phone",),
}


def heard(payload: dict[str, Any]) -> list[Heard]:
    """
    Read one payload.

    A device that says whose it is is that person's; one that does not is somebody known by the
    device alone. An id in the payload itself is better than the rule's, which is another for
    each delivery of the same publication.
    """
    own: Properties = {name: value for name, value in payload.items() if name not in _ADDED}
    identifiers = {kind: value for kind, names in _KINDS.items() if (value := _first(own, names))}
    identity = _first(own, ("event_id", "message_id", "id")) or text(payload.get("signet_id"))
    topic = text(payload.get("signet_topic"))
    return [
        Heard(
            id=identity or calls.content_id(payload),
            at=calls.moment(own.get("time", own.get("timestamp")))
            or calls.moment(payload.get("signet_time")),
            event=_first(own, ("event", "event_name")) or "Device Reported",
            identifiers=identifiers,
            traits=named(own.get("traits")),
            properties={**own, **({"topic": topic} if topic else {})},
        )
    ]


def _first(payload: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := text(payload.get(name)))), None)
