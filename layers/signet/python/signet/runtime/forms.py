"""Forms as browsers send them, read into plain objects."""

from collections.abc import Iterable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from signet.errors import Rejected

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_FIELDS = 200
# What the standard library raises over headers that nobody foresaw.
_ODD = (AttributeError, LookupError, TypeError, ValueError)


def is_form(content_type: str) -> bool:
    """Tell whether a content type is one of the two kinds of form."""
    return content_type.partition(";")[0].strip().lower() in {URLENCODED, MULTIPART}


def read(data: bytes, content_type: str, *, most: int = MOST_FIELDS) -> dict[str, Any]:
    """
    Read a form; a field that is there several times becomes a list, files are left out.

    Raises:
        Rejected: The form is damaged, not UTF-8, or has more fields than `most`.
    """
    if content_type.partition(";")[0].strip().lower() == MULTIPART:
        try:
            return _joined(_multipart(data, content_type, most))
        except _ODD:
            raise Rejected.field("body", "the form cannot be read") from None
    try:
        text = data.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Rejected.field("body", "the form cannot be read") from None
    return _joined(pairs)


def _multipart(data: bytes, content_type: str, most: int) -> list[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + data)
    parts = message.get_payload()
    if not isinstance(parts, list) or len(parts) > most:
        raise Rejected.field("body", "the form cannot be read")
    fields: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, str):
            raise Rejected.field("body", "the form cannot be read")
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and part.get_filename() is None:
            fields.append((name, _part_text(part)))
    return fields


def _part_text(part: Any) -> str:
    try:
        text: str = (part.get_payload(decode=True) or b"").decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected.field("body", "the form is not UTF-8") from None
    return text


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
