"""Read the body of an HTTP call as it really comes: base64, gzip, any content type."""

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from signet.domain import values
from signet.errors import Rejected, TooLarge

GZIP_MAGIC = b"\x1f\x8b"
INFLATED_LIMIT = 10_000_000
SUSPICIOUS_SIZE = 1_000_000
SUSPICIOUS_RATIO = 100
_ANY_MEMBER = 31
# What clients say unasked: nothing at all, curl with `-d`, and browsers that send a text.
_UNASKED = frozenset({"", "application/x-www-form-urlencoded", "text/plain"})
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^"';\s]*)""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_STEP = 1 << 18


class Unsupported(Rejected):
    """The body is in a form that is not read here."""


@dataclass(frozen=True, slots=True)
class Profile:
    """
    How much a body may hold.

    Args:
        size: Bytes after decompression.
        limits: Bounds of the JSON value; checked here unless `each` is set.
        each: The caller checks the parts one by one, so that one bad part fails alone.
        any_type: The content type is not looked at.
    """

    size: int
    limits: values.Limits
    each: bool = False
    any_type: bool = False


STRICT = Profile(size=262_144, limits=values.STRICT)
SEGMENT = Profile(size=4_400_000, limits=values.LENIENT, each=True, any_type=True)
SENT = Profile(size=STRICT.size, limits=values.STRICT, each=True)


def raw(event: Mapping[str, Any], *, limit: int) -> bytes:
    """
    Take the bytes of a call out of an API Gateway event, decoded and decompressed.

    Gzip is known by its first bytes, because clients forget the header and proxies undo the
    compression without removing it.

    Args:
        event: The payload, version 2.
        limit: The most bytes that the body may have, before and after decompression.

    Raises:
        TooLarge: The body has more bytes than that.
        Unsupported: The compressed body is damaged, or swells suspiciously.
    """
    data = _decoded(event)
    if len(data) > limit:
        raise TooLarge.field("body", f"is larger than {limit} bytes")
    if data.startswith(GZIP_MAGIC):
        data = inflated(data)
    if len(data) > limit:
        raise TooLarge.field("body", f"is larger than {limit} bytes")
    return data


def as_text(event: Mapping[str, Any]) -> str:
    """Give the body of a call as it came: as text, or in base64 where it is none."""
    text = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return text


def read_json(
    event: Mapping[str, Any], profile: Profile, *, takes: str = "application/json"
) -> Any:
    """
    Read the body of a call as JSON.

    Tracking clients may call it what they like; elsewhere a content type that promises another
    format or another encoding is refused, unless it is one that clients send unasked.

    Args:
        event: The payload, version 2.
        profile: The bounds.
        takes: The content types of the route, for whoever sent another.

    Raises:
        TooLarge: The body is larger than the profile allows; nothing was parsed.
        Unsupported: The content type promises something else than JSON.
        Rejected: It is not JSON in the strict sense, or beyond the profile's bounds.
    """
    data = raw(event, limit=profile.size)
    if not profile.any_type:
        _demand_json(event, takes)
        demand_utf8(event)
    value = parse(data)
    if not profile.each:
        values.check(value, profile.limits)
    return value


def parse(data: bytes) -> Any:
    """
    Parse strict JSON: UTF-8, no duplicate keys, finite numbers, no byte order mark.

    Raises:
        Rejected: It is not; the message says where.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise Rejected.field("body", f"is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        found = f"is not JSON: {error.msg} at character {error.pos}"
        raise Rejected.field(
            "body", found if data.strip() else "is missing; it must be JSON"
        ) from None
    except RecursionError:
        raise Rejected.field("body", "is nested too deeply") from None


def demand_utf8(event: Mapping[str, Any]) -> None:
    """
    Let a body pass whose content type names no other encoding.

    Raises:
        Unsupported: It names one, and would be read wrongly.
    """
    named = _CHARSET.search(_content_type(event))
    if named and named[1] not in _ENCODINGS:
        raise Unsupported.field("content-type", "must not have another charset than utf-8")


def _demand_json(event: Mapping[str, Any], takes: str) -> None:
    media = _content_type(event).partition(";")[0].strip()
    if media not in _UNASKED and not media.endswith(("/json", "+json")):
        raise Unsupported.field("content-type", f"must be {takes}")


def _content_type(event: Mapping[str, Any]) -> str:
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return headers.get("content-type", "").lower()


def inflated(data: bytes) -> bytes:
    """
    Undo gzip, and stop early where a little swells to a lot.

    Raises:
        Unsupported: The data is damaged, or a bomb.
    """
    parts: list[bytes] = []
    size, rest = 0, data
    while rest:
        stream = zlib.decompressobj(_ANY_MEMBER)
        while not stream.eof:
            part = _inflate_step(stream, rest)
            size += len(part)
            _stop_bomb(size, len(data))
            parts.append(part)
            rest = stream.unconsumed_tail
        rest = stream.unused_data
    return b"".join(parts)


def _inflate_step(stream: Any, rest: bytes) -> bytes:
    try:
        part: bytes = stream.decompress(rest, _STEP)
    except zlib.error:
        raise Unsupported.field("body", "the gzip is damaged") from None
    if not part and not stream.eof and not stream.unconsumed_tail:
        raise Unsupported.field("body", "the gzip ends too early")
    return part


def _stop_bomb(size: int, packed: int) -> None:
    swollen = size > SUSPICIOUS_SIZE and size > SUSPICIOUS_RATIO * packed
    if swollen or size > INFLATED_LIMIT:
        raise Unsupported.field("body", "the gzip swells beyond what is read here")


def _decoded(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Rejected.field("body", "is not base64") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    raise Rejected.field(ascii(twice)[1:65].rstrip("'"), "is there twice")


def _not_finite(name: str) -> NoReturn:
    raise Rejected.field("body", f"is not JSON: {name} is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Rejected.field("body", f"the number {digits[:32]} is too large")
    return number


def _integer(digits: str) -> int | float:
    try:
        return -0.0 if digits == "-0" else int(digits)
    except ValueError:
        raise Rejected.field("body", f"the number {digits[:32]}… is too large") from None
