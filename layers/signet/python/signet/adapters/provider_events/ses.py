"""SES events as EventBridge carries them, read into our words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signet.domain.provider_event import ProviderEvent
from signet.errors import Poison

_STATUS = {
    "Send": "sent",
    "DeliveryDelay": "delayed",
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Reject": "rejected",
    "Rendering Failure": "failed",
}
_ENGAGEMENT = {"Open": "opened", "Click": "clicked"}
_PERMANENT = "Permanent"


def parse(detail: dict[str, Any]) -> ProviderEvent | None:
    """
    Read the detail of one SES event.

    Returns:
        None for an event that is not about a message of ours: no tags, or a kind we do not know.

    Raises:
        Poison: The event has not the shape that SES documents.
    """
    try:
        return _parse(detail)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # A missing name is one that we asked for; other errors may quote what is personal.
        named = f" {error}" if isinstance(error, KeyError) else ""
        raise Poison(f"not an SES event: {type(error).__name__}{named}") from error


def _parse(detail: dict[str, Any]) -> ProviderEvent | None:
    kind, mail = detail["eventType"], detail["mail"]
    tags = mail.get("tags", {})
    if "signet_msg" not in tags or kind not in {**_STATUS, **_ENGAGEMENT}:
        return None
    return ProviderEvent(
        workspace=tags["signet_ws"][0],
        message_id=tags["signet_msg"][0],
        epoch=int(tags["signet_ep"][0]),
        status=_STATUS.get(kind),  # type: ignore[arg-type]
        engagement=_ENGAGEMENT.get(kind),  # type: ignore[arg-type]
        at=_moment(detail, kind),
        provider_id=mail["messageId"],
        **_EXTRA.get(kind, _nothing)(detail),
    )


def _moment(detail: dict[str, Any], kind: str) -> datetime:
    part = detail.get(kind[0].lower() + kind[1:]) or {}
    return datetime.fromisoformat(part.get("timestamp") or detail["mail"]["timestamp"])


def _nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {}


def _bounce(detail: dict[str, Any]) -> dict[str, Any]:
    permanent = detail["bounce"]["bounceType"] == _PERMANENT
    return {
        "failure": "permanent" if permanent else "transient",
        "suppress": "bounce" if permanent else "",
        "detail": f"{detail['bounce']['bounceType']}/{detail['bounce'].get('bounceSubType', '')}",
    }


def _complaint(_: dict[str, Any]) -> dict[str, Any]:
    return {"suppress": "complaint"}


_EXTRA: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "Bounce": _bounce,
    "Complaint": _complaint,
}
