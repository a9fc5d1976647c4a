"""What a JSON value from outside may look like, and the first thing wrong with one."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from signet.errors import FieldError, Rejected

# A path is a chain (parent, key): cheap to make for every node, written out only for an error.
Place = tuple[Any, str] | None

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Bounds of a JSON value.

    Args:
        depth: Nested containers, 1 is a flat object.
        keys: Keys of one object or items of one list; None means no bound.
        text: Characters of one string; None means no bound.
        integer: Largest absolute value of an integer; None means no bound.
    """

    depth: int
    keys: int | None = None
    text: int | None = None
    integer: int | None = None


STRICT = Limits(depth=16, keys=200, text=16_384, integer=2**53)
LENIENT = Limits(depth=64)


def check(value: object, limits: Limits, *, name: str = "") -> None:
    """
    Let a value pass, or name the first place that is out of bounds.

    Raises:
        Rejected: A bound is broken, or a string holds NUL or half a surrogate pair.
    """
    flaw = first_flaw(value, limits, name=name)
    if flaw is not None:
        raise Rejected(f"{flaw.field}: {flaw.message}", (flaw,))


def first_flaw(value: object, limits: Limits, *, name: str = "") -> FieldError | None:
    """Find the first place of a value that is out of bounds, without recursion."""
    root: Place = (None, name) if name else None
    waiting: list[tuple[object, Place, int]] = [(value, root, 1)]
    while waiting:
        found, place, depth = waiting.pop()
        complaint = _complaint(found, limits, depth)
        if complaint:
            return FieldError(_dotted(place) or "body", complaint)
        for key, child in _children(found):
            waiting.append((child, (place, key), depth + isinstance(child, dict | list)))
            if isinstance(key, str) and (wrong := _text_complaint(key, limits)):
                return FieldError(_dotted(place) or "body", f"a key {wrong}")
    return None


def _children(value: object) -> Iterator[tuple[Any, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _complaint(value: object, limits: Limits, depth: int) -> str:
    if isinstance(value, str):
        return _text_complaint(value, limits)
    if isinstance(value, dict | list):
        return _size_complaint(value, limits, depth)
    if isinstance(value, float) and not math.isfinite(value):
        return "must be a finite number"
    if isinstance(value, int) and limits.integer is not None and abs(value) > limits.integer:
        return f"must not be beyond {limits.integer}"
    return ""


def _size_complaint(value: dict[str, Any] | list[Any], limits: Limits, depth: int) -> str:
    if depth > limits.depth:
        return f"is nested deeper than {limits.depth} levels"
    if limits.keys is not None and isinstance(value, dict) and len(value) > limits.keys:
        return f"has more than {limits.keys} keys"
    return ""


def _text_complaint(text: str, limits: Limits) -> str:
    if "\x00" in text:
        return "holds a NUL character"
    if not text.isascii() and _SURROGATE.search(text):
        return "holds half a surrogate pair"
    if limits.text is not None and len(text) > limits.text:
        return f"is longer than {limits.text} characters"
    return ""


def _dotted(place: Place) -> str:
    parts: list[str] = []
    while place is not None:
        place, key = place
        parts.append(shown(str(key)))
    return ".".join(reversed(parts))


def shown(name: str) -> str:
    """Give a name from outside as it may stand in an answer: in ASCII, and cut."""
    return name.encode("ascii", "backslashreplace").decode("ascii")[:64]
