"""
Problems at the local door, in the words of the product's own API.

`type`, `title`, `status`, `detail` and `instance` are always there, `errors` where a field is at
fault; a test holds both ends to the same members.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from infra.local.payload import Response

CODES = {
    400: "rejected",
    403: "denied",
    404: "missing",
    405: "method_not_allowed",
    422: "unprocessable",
    501: "not_implemented",
}


@dataclass
class Refused(Exception):
    """What was asked at the local door is not done; `field` is at fault if one is."""

    status: int
    detail: str
    field: str = ""
    allow: str = ""


def problem(refused: Refused, path: str) -> Response:
    """Answer what was asked of `path` with a problem document."""
    detail = f"{refused.field}: {refused.detail}" if refused.field else refused.detail
    body: dict[str, Any] = {
        "type": f"urn:signet:problem:{CODES[refused.status]}",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": detail,
        "instance": path,
    }
    if refused.field:
        body["errors"] = [{"field": refused.field, "message": refused.detail}]
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    if refused.allow:
        headers.append(("allow", refused.allow))
    return Response(refused.status, headers, json.dumps(body).encode())


def nothing_here() -> Refused:
    """Say that there is no such path."""
    return Refused(404, "there is nothing here")


def wrong(field: str, why: str) -> Refused:
    """Say that a field cannot be read."""
    return Refused(400, why, field)


def unfit(field: str, why: str) -> Refused:
    """Say that a field can be read, and does not fit what is there."""
    return Refused(422, why, field)
