"""How a use case meets HTTP: problems for errors, and a router that speaks them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from pydantic import ValidationError

from signet.domain.faults import faults
from signet.domain.request import Unprocessable
from signet.domain.signing.call import SignedCall
from signet.errors import (
    Conflict,
    Denied,
    FieldError,
    Missing,
    Rejected,
    SignetError,
    TooLarge,
    Transient,
)
from signet.runtime import observability
from signet.runtime.auth import Unauthenticated
from signet.runtime.body import Unsupported

Answer = Response[Any]
Path = Callable[[str], bool]
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")

# The first class that fits decides, so the special ones stand above their parents.
STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (TooLarge, 413, "too_large"),
    (Unauthenticated, 401, "unauthenticated"),
    (Denied, 403, "denied"),
    (Unsupported, 415, "unsupported"),
    (Unprocessable, 422, "unprocessable"),
    (Rejected, 400, "rejected"),
    (ValidationError, 400, "rejected"),
    (Missing, 404, "missing"),
    (NotFoundError, 404, "missing"),
    (Conflict, 409, "conflict"),
    (Transient, 503, "unavailable"),
)
HEADERS: dict[int, dict[str, str]] = {
    # No Basic challenge: a browser would open its password window over the customer's page.
    401: {"www-authenticate": 'Bearer realm="signet"'},
    503: {"retry-after": "1"},
}


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call: `headers` have lower-case names, `event` is the payload as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    event: Mapping[str, Any]

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Call":
        """Read an API Gateway payload, version 2."""
        headers = {str(k).lower(): str(v) for k, v in (event.get("headers") or {}).items()}
        return cls(
            method=event["requestContext"]["http"]["method"],
            path=event.get("rawPath", "/"),
            headers=headers,
            query=event.get("queryStringParameters") or {},
            event=event,
        )


class Resolver(APIGatewayHttpResolver):
    """The router: unknown paths are 404, known paths with the wrong method 405."""

    def __init__(self, *, tracking: Path | None = None) -> None:
        super().__init__()
        self._rules: list[tuple[str, re.Pattern[str]]] = []
        self._tracking = tracking or (lambda _path: False)
        self.exception_handler(Exception)(self._on_error)

    @property
    def call(self) -> Call:
        """The call that is being answered."""
        return Call.of(self.current_event.raw_event)

    @property
    def routes(self) -> tuple[tuple[str, str], ...]:
        """Every route as (method, rule)."""
        return tuple((method, pattern.pattern) for method, pattern in self._rules)

    def route(self, rule: str, method: Any, *args: Any, **options: Any) -> Any:
        """Register a route and remember which methods its path has."""
        pattern = re.compile(re.sub(r"<[^>]+>", "[^/]+", rule))
        methods = (method,) if isinstance(method, str) else tuple(method)
        self._rules.extend((name.upper(), pattern) for name in methods)
        return super().route(rule, method, *args, **options)

    def _on_error(self, error: Exception) -> Answer:
        call = self.call
        tracking = self._tracking(call.path)
        allowed = sorted({name for name, rule in self._rules if rule.fullmatch(call.path)})
        if isinstance(error, NotFoundError) and allowed and call.method not in allowed:
            found = problem(405, "method_not_allowed", detail="the path has no such method")
            return answer_problem({**found, "instance": call.path}, tracking=tracking,
                                  headers={"allow": ", ".join(allowed)})  # fmt: skip
        found = problem_of(error)
        if found["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
            observability.alarm("call failed", error, method=call.method, status=found["status"])
        return answer_problem({**found, "instance": call.path}, tracking=tracking)


def resolver(*, tracking: Path | None = None) -> Resolver:
    """
    Make a router that answers every error as a problem.

    Args:
        tracking: Tells the paths whose problems also carry `code` and `message`, because
            tracking clients read nothing else.
    """
    return Resolver(tracking=tracking)


def signed(call: Call, body: bytes, *, at: datetime) -> SignedCall:
    """
    Give what a sender may have signed: the address that it called, and the bytes that it sent.

    A proxy that changes the host says in `X-Forwarded-Host` which one was called.
    """
    asked = call.headers.get("x-forwarded-host", "").partition(",")[0].strip()
    named = (asked, call.headers.get("host", ""), call.event["requestContext"].get("domainName"))
    host = next((name for name in named if name and _HOST.fullmatch(name)), "")
    scheme = "http" if call.headers.get("x-forwarded-proto") == "http" else "https"
    query = str(call.event.get("rawQueryString") or "")
    url = f"{scheme}://{host}{call.path}" + (f"?{query}" if query else "")
    return SignedCall(call.method, url, call.headers, body, at)


def answer(status: int, body: object = None, **headers: str) -> Answer:
    """Make a JSON answer; underscores in header names become dashes."""
    return Response(
        status_code=status,
        content_type="application/json" if body is not None else None,
        body=dumped(body) if body is not None else "",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def answer_problem(
    found: Mapping[str, Any], *, tracking: bool = False, headers: Mapping[str, str] | None = None
) -> Answer:
    """Make an answer of a problem."""
    status = int(found["status"])
    code = str(found["type"]).rpartition(":")[2]
    extra = {"code": code, "message": found["detail"]} if tracking else {}
    return Response(
        status_code=status,
        content_type="application/problem+json",
        body=dumped({**found, **extra}),
        headers={**HEADERS.get(status, {}), **(headers or {}), "cache-control": "no-store"},
    )


def problem_of(error: Exception) -> dict[str, Any]:
    """Describe an error as a problem (RFC 9457); an unknown one tells nothing about itself."""
    for kind, status, code in STATUS:
        if isinstance(error, kind):
            return problem(status, code, detail=_detail(error), fields=_fields(error))
    return problem(500, "internal", detail="something went wrong on our side")


def problem(
    status: int, code: str, *, detail: str, fields: tuple[FieldError, ...] = ()
) -> dict[str, Any]:
    """Write the members of a problem."""
    found: dict[str, Any] = {
        "type": f"urn:signet:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if fields:
        found["errors"] = [{"field": fault.field, "message": fault.message} for fault in fields]
    return found


def dumped(value: object) -> str:
    """Write compact JSON in ASCII, which every carrier on the way leaves alone."""
    return json.dumps(value, separators=(",", ":"))


def _detail(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{fault.field}: {fault.message}" for fault in _fields(error)[:5])
    if isinstance(error, NotFoundError):
        return "there is nothing here"
    if isinstance(error, Transient):
        return "not possible at the moment; try again"
    return str(error) if isinstance(error, SignetError) else ""


def _fields(error: Exception) -> tuple[FieldError, ...]:
    if isinstance(error, Rejected):
        return error.fields
    return faults(error) if isinstance(error, ValidationError) else ()
