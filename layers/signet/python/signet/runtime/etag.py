"""Entity tags: do not send what the caller has, do not write over what it has not seen."""

import hashlib
import json
from collections.abc import Mapping

from signet.errors import Conflict
from signet.runtime import http

_LENGTH = 24


class Stale(Conflict):
    """The caller's `If-Match` names another state than the one that is there."""


def of(*parts: object) -> str:
    """Give the strong tag of whatever tells one state from another (JSON-ready parts)."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]}"'


def demand(headers: Mapping[str, str], current: str | None) -> None:
    """
    Let a write pass unless its `If-Match` names another state.

    Args:
        headers: Names in lower case; without `if-match` everything passes.
        current: The tag of what is there, None where nothing is.

    Raises:
        Stale: The caller has seen another state.
    """
    wanted = headers.get("if-match")
    if wanted is None:
        return
    if current is None or not (wanted.strip() == "*" or current in _tags(wanted)):
        raise Stale("it has changed since it was read")


def unchanged(headers: Mapping[str, str], current: str) -> bool:
    """Tell whether the caller has this very state (`If-None-Match`)."""
    known = headers.get("if-none-match", "")
    return known.strip() == "*" or current in _tags(known)


def answer_stale(error: Stale) -> http.Answer:
    """Answer a write that came too late as a problem."""
    return http.answer_problem(http.problem(412, "precondition_failed", detail=str(error)))


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
