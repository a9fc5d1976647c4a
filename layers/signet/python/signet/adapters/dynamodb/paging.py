"""Positions in listings: a last key as text and back."""

import base64
import json
from typing import Any

from signet.errors import Rejected


def position(last: dict[str, Any] | None) -> str | None:
    """Write a last key as text."""
    if last is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(last, sort_keys=True).encode()).decode()


def after(text: str | None) -> dict[str, Any] | None:
    """
    Read a position back as the key to go on after.

    Raises:
        Rejected: The text is not a position.
    """
    if not text:
        return None
    try:
        key: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text))
    except ValueError as error:
        raise Rejected.field("cursor", "is not a cursor of this listing") from error
    return key
