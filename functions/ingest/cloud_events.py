"""The HTTP binding of CloudEvents, by the library, behind our own strict reading."""

import base64
import json
from collections.abc import Callable
from typing import Any

from signet.domain.cloudevent import demand_attributes
from signet.errors import FieldError, Rejected
from signet.runtime import body
from signet.runtime.http import Call

MEDIA_TYPE = "application/cloudevents"
MOST_EVENTS = 100
TAKES = f"application/json, {MEDIA_TYPE}+json or {MEDIA_TYPE}-batch+json"
Found = tuple[dict[str, Any], object]


def read(call: Call) -> list[Found]:
    """
    Read the events of a call as pairs of attributes and data.

    Raises:
        Rejected: It is no CloudEvent; names what is missing.
    """
    content_type = call.headers.get("content-type", "").strip().lower()
    binary = any(name.startswith("ce-") for name in call.headers)
    if binary and not content_type.startswith(MEDIA_TYPE):
        return [_binary(call, content_type)]
    content = body.read_json(call.event, body.STRICT, takes=TAKES)
    if not isinstance(content, list):
        return [_structured(content)]
    if not 0 < len(content) <= MOST_EVENTS:
        raise Rejected.field("body", f"must hold 1 to {MOST_EVENTS} events")
    return [_structured(item, prefix=f"{n}.") for n, item in enumerate(content)]


def _binary(call: Call, content_type: str) -> Found:
    body.demand_utf8(call.event)
    carried = {k: v for k, v in call.headers.items() if k.startswith("ce-")}
    demand_attributes({name[3:]: value for name, value in carried.items()})
    data = body.raw(call.event, limit=body.STRICT.size)
    if data and _is_json(content_type):
        body.read_json(call.event, body.STRICT)
    # The library takes broken bytes for text; what is neither JSON nor text comes out as bytes.
    headers = {**carried, "content-type": content_type or "application/json"}

    def parse() -> Any:
        from cloudevents.core.bindings import http  # noqa: PLC0415 - 50 ms, seldom

        return http.from_binary_event(http.HTTPMessage(headers=headers, body=data))

    return _pair(parse, timed="ce-time" in carried)


def _structured(content: object, *, prefix: str = "") -> Found:
    if not isinstance(content, dict):
        raise Rejected.field(f"{prefix}body".rstrip("."), "must be a CloudEvent")
    demand_attributes(content, prefix=prefix)
    if not isinstance(content.get("time", ""), str):
        raise Rejected.field(f"{prefix}time", "must be a time in RFC 3339")
    _demand_bytes(content, prefix=prefix)
    raw = json.dumps(content).encode()

    def parse() -> Any:
        from cloudevents.core.bindings import http  # noqa: PLC0415 - 50 ms, seldom

        headers = {"content-type": f"{MEDIA_TYPE}+json"}
        return http.from_structured_event(http.HTTPMessage(headers=headers, body=raw))

    return _pair(parse, timed="time" in content, prefix=prefix)


def _demand_bytes(content: dict[str, Any], *, prefix: str) -> None:
    """Refuse what the library passes over: letters that are none of base64, data beside it."""
    if "data_base64" not in content:
        return
    field, text = f"{prefix}data_base64", content["data_base64"]
    if "data" in content:
        raise Rejected.field(field, "cannot stand beside data")
    try:
        base64.b64decode(text if isinstance(text, str) else "!", validate=True)
    except ValueError:
        raise Rejected.field(field, "must be base64") from None


def _pair(parse: Callable[[], Any], *, timed: bool, prefix: str = "") -> Found:
    from cloudevents.core.exceptions import CloudEventValidationError  # noqa: PLC0415 - seldom

    try:
        event = parse()
    except CloudEventValidationError as error:
        faults = [FieldError(prefix + str(name), "is not valid") for name in error.errors]
        names = ", ".join(fault.field for fault in faults)
        raise Rejected(f"not a CloudEvent: {names}", faults) from None
    except (ValueError, OverflowError, TypeError):
        raise Rejected.field(f"{prefix}time", "must be a time in RFC 3339") from None
    attributes = dict(event.get_attributes())
    if not timed:
        # The library writes the wall clock's time into an event without one.
        attributes.pop("time", None)
    return attributes, event.get_data()


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip()
    return not media or media.endswith(("/json", "+json"))
