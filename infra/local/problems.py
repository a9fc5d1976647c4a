"""Problems at the local door, in the words of the product's own API."""

import json
from typing import Any

from infra.local.payload import Response


def problem(
    status: int, title: str, *, detail: str = "", errors: list[dict[str, Any]] | None = None
) -> Response:
    """Answer with a problem document."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    headers = [("content-type", "application/problem+json")]
    return Response(status, headers, json.dumps(body).encode())


def not_found(path: str) -> Response:
    """Answer that there is nothing of this name."""
    return problem(404, "Not found", detail=f"There is no {path}")


def invalid(field: str, why: str) -> Response:
    """Answer that a field is wrong."""
    return problem(422, "Invalid input", errors=[{"field": field, "message": why}])
