"""SES events as EventBridge carries them, read into our words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from signet.domain.provider_event import ProviderEvent
from signet.errors import Poison, Rejected

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
_RECENT = timedelta(days=1)


def parse(detail: dict[str, Any]) -> ProviderEvent | None:
    """
    Read the detail of one SES event.

    Returns:
        None for an event of a kind that we do not know.

    Raises:
        Rejected: It says of no message of ours what became of it: our tags are not there.
        Poison: The event has not the shape that SES documents.
    """
    try:
        return _parse(detail)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # A missing name is one that we asked for; other errors may quote what is personal.
        named = f" {error}" if isinstance(error, KeyError) else ""
        raise Poison(f"not an SES event: {type(error).__name__}{named}") from error


def told_at(envelope: dict[str, Any], *, now: datetime) -> datetime:
    """
    Give when an event was put on the bus, which is the same for every try and every copy of it.

    What says nothing of the last day that can be read is taken as told now.
    """
    try:
        said = datetime.fromisoformat(str(envelope.get("time"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return now
    return said if now - _RECENT < said <= now + _RECENT else now


def _parse(detail: dict[str, Any]) -> ProviderEvent | None:
    kind, mail = detail["eventType"], detail["mail"]
    tags = mail.get("tags", {})
    if kind not in {**_STATUS, **_ENGAGEMENT}:
        return None
    if "signet_msg" not in tags:
        raise Rejected.field("mail.tags.signet_msg", "must be there")
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
