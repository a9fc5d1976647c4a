"""DynamoDB's attribute values: the few types that our rows use, both ways."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from signet.ports.store import Item, Value


def pack(value: Value) -> dict[str, Any]:
    """Write one Python value as an attribute value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [pack(part) for part in value]}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    return _pack_rest(value)


def _pack_rest(value: bytes | dict[str, Any] | None) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bytes):
        return {"B": value}
    return {"M": pack_item(value)}


def pack_item(item: Mapping[str, Value]) -> Item:
    """Write every attribute of an item; most are text."""
    return {name: {"S": one} if type(one) is str else pack(one) for name, one in item.items()}


def unpack(attribute: Mapping[str, Any]) -> Any:
    """Read one attribute value; numbers become int where they are whole."""
    ((kind, value),) = attribute.items()
    if kind == "S":
        return value
    if kind == "N":
        return int(value) if value.lstrip("-").isdigit() else float(value)
    if kind == "NULL":
        return None
    if kind == "L":
        return [part["S"] if "S" in part else unpack(part) for part in value]
    if kind == "B" and isinstance(value, str):
        return b64decode(value)  # as streams hand bytes over
    return unpack_item(value) if kind == "M" else value


def unpack_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Read every attribute of an item; most are text."""
    return {name: one["S"] if "S" in one else unpack(one) for name, one in item.items()}
