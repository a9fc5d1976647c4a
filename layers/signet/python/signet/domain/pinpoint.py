"""
Endpoints as Amazon Pinpoint exported them, read as they are.

Segments and endpoints came as JSON lines or as tables whose columns are dotted paths:
https://docs.aws.amazon.com/pinpoint/latest/developerguide/segments-importing.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from signet.domain import calls
from signet.domain.events import Properties
from signet.errors import Rejected

EVENT = "Pinpoint endpoint imported"
OPTED_OUT, INACTIVE = "pinpoint opt-out", "pinpoint inactive"
# Which of our channels and identifiers an endpoint's address belongs to; others are devices.
_CHANNELS: dict[str, tuple[str, str]] = {
    "EMAIL": ("email", "email"),
    "SMS": ("sms", "phone"),
    "VOICE": ("voice", "phone"),
}
_WELL_KNOWN: dict[tuple[str, str], str] = {
    ("Demographic", "Locale"): "locale",
    ("Demographic", "Timezone"): "timezone",
    ("Location", "City"): "city",
    ("Location", "Country"): "country",
    ("Location", "PostalCode"): "postal_code",
    ("Location", "Region"): "region",
}
_NAMES = frozenset({"first_name", "last_name", "name", "company", "city", "country", "locale"})
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_endpoint(row: object) -> bool:
    """Tell whether an object is an endpoint by its parts."""
    if not isinstance(row, dict):
        return False
    return "ChannelType" in row and bool({"Address", "User", "EndpointStatus", "OptOut"} & set(row))


def is_header(names: Sequence[str]) -> bool:
    """Tell whether the columns of a table are those of endpoints."""
    firsts = {name.partition(".")[0] for name in names}
    return is_endpoint(dict.fromkeys(firsts))


def nested(row: Mapping[str, Any]) -> Properties:
    """
    Read dotted columns as the object they stand for.

    Raises:
        Rejected: A column is a value and has parts as well.
    """
    found: dict[str, Any] = {}
    for name, value in row.items():
        place, *steps = found, *name.split(".")
        for step in steps[:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise Rejected.field(name, "has parts, and is a value as well")
        place[steps[-1]] = value
    return found


def plain(row: Properties) -> Properties:
    """
    Read an endpoint as a row of our own: who it is, how to reach them, when it was so.

    The endpoint itself is kept beside that. An endpoint without a user and without an address
    of a kind that we write to is known by its own id.
    """
    user = _part(row, "User")
    channel = str(row.get("ChannelType") or "").upper()
    found: Properties = {
        **row,
        "external_id": user.get("UserId"),
        "event": EVENT,
        "time": row.get("EffectiveDate") or row.get("CreationDate"),
    }
    if channel in _CHANNELS:
        found[_CHANNELS[channel][1]] = row.get("Address")
    elif not user.get("UserId"):
        found["anonymous_id"] = row.get("Id") or row.get("Address")
    return {name: value for name, value in found.items() if value not in (None, "")}


def traits(row: Properties) -> Properties:
    """
    Give what an endpoint tells about its person.

    What is said of the user stands over what is said of the endpoint. Every attribute is a list
    in Pinpoint; a list of one is its one value here, longer ones stay lists.
    """
    known = [((outer, inner), _part(row, outer).get(inner)) for outer, inner in _WELL_KNOWN]
    told: Properties = {_WELL_KNOWN[place]: value for place, value in known}
    for attributes in (_part(row, "Attributes"), _part(_part(row, "User"), "UserAttributes")):
        told |= {_name(name): _single(value) for name, value in attributes.items()}
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def corrected(row: Properties, before: Properties) -> Properties:
    """
    Read an endpoint once more after a correction of its own names, or of those that we gave it.

    What the correction says in our names stands, and is then the endpoint's address as well.
    """
    ours = {name: value for name, value in row.items() if before.get(name) != value}
    found: Properties = {**plain(nested(row)), **ours}
    channel = str(found.get("ChannelType") or "").upper()
    reached = found.get(_CHANNELS[channel][1]) if channel in _CHANNELS else None
    return found if reached is None else {**found, "Address": reached}


def refusals(row: Properties, received_at: datetime) -> Iterator[tuple[str, str, str, datetime]]:
    """
    Give why an endpoint's address must not be written to: channel, kind, reason, since when.

    An endpoint that has not opted out has not opted in: that is no consent, and none is recorded.
    """
    channel = str(row.get("ChannelType") or "").upper()
    if channel not in _CHANNELS or not isinstance(row.get("Address"), str):
        return
    since = min(calls.moment(row.get("EffectiveDate")) or received_at, received_at)
    said = {name.casefold(): str(value or "").strip().upper() for name, value in row.items()}
    if said.get("optout", "") not in {"", "NONE"}:
        yield *_CHANNELS[channel], OPTED_OUT, since
    if said.get("endpointstatus", "") not in {"", "ACTIVE"}:
        yield *_CHANNELS[channel], INACTIVE, since


def _part(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _name(written: str) -> str:
    """Give a trait its usual name where there is one; others stay as they are written."""
    usual = _WORD.sub("_", written).lower()
    return usual if usual in _NAMES else written


def _single(value: Any) -> Any:  # noqa: ANN401 - an attribute of somebody else's
    return value[0] if isinstance(value, list) and len(value) == 1 else value
