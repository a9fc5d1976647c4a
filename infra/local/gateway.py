"""The HTTP API in front of the functions."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.local.function import FunctionError
from infra.local.payload import Request, Response, event_of, response_of
from infra.local.routes import RouteTable

BODY_LIMIT = 10 * 1024 * 1024
EVENT_LIMIT = 6 * 1024 * 1024
Call = Callable[[str, Any], Any]


class Gateway:
    """Finds the route, calls the function behind it and sends its answer."""

    def __init__(self, routes: RouteTable, cors: dict[str, Any] | None) -> None:
        """
        Serve one API.

        Args:
            routes: Its routes.
            cors: The template's CorsConfiguration.
        """
        self._routes = routes
        self._cors = cors

    def serve(self, request: Request, call: Call, *, now: datetime) -> Response:
        """Answer one request; never raises for what a function does."""
        allowed = self._allowed(request.header("origin"))
        if (
            allowed
            and request.method == "OPTIONS"
            and request.header("access-control-request-method")
        ):
            return Response(204, allowed + self._preflight())
        response = self._dispatch(request, call, now=now)
        if not allowed:
            return response
        kept = [h for h in response.headers if not h[0].startswith("access-control-allow-")]
        return Response(response.status, kept + allowed, response.body)

    def _dispatch(self, request: Request, call: Call, *, now: datetime) -> Response:
        if len(request.body) > BODY_LIMIT:
            return message(413, "Request Entity Too Large")
        found = self._routes.find(request.method, request.path)
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        event = event_of(request, route=route.key, parameters=parameters, now=now)
        if len(event.get("body", "")) > EVENT_LIMIT:
            return message(413, "Request Entity Too Large")
        try:
            return response_of(call(route.function, event))
        except (FunctionError, ValueError):
            return message(500, "Internal Server Error")

    def _allowed(self, origin: str) -> list[tuple[str, str]]:
        origins = (self._cors or {}).get("AllowOrigins", [])
        if not origin or not ("*" in origins or origin in origins):
            return []
        given = [("access-control-allow-origin", "*" if "*" in origins else origin)]
        exposed = (self._cors or {}).get("ExposeHeaders")
        return given + ([("access-control-expose-headers", ",".join(exposed))] if exposed else [])

    def _preflight(self) -> list[tuple[str, str]]:
        cors = self._cors or {}
        lines = [
            ("access-control-allow-methods", ",".join(cors.get("AllowMethods", []))),
            ("access-control-allow-headers", ",".join(cors.get("AllowHeaders", []))),
            ("access-control-max-age", str(cors.get("MaxAge", ""))),
        ]
        return [line for line in lines if line[1]]


def message(status: int, text: str) -> Response:
    """Answer in API Gateway's own words."""
    body = json.dumps({"message": text}).encode()
    return Response(status, [("content-type", "application/json")], body)
