"""An HTTP request as API Gateway hands it over (payload 2.0), and the way back."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from infra.local.emulator import ACCOUNT

TEXT = ("application/json", "application/xml", "application/javascript")
Headers = Mapping[str, str] | list[tuple[str, str]]
_REQUESTS = count(1)


@dataclass(frozen=True)
class Request:
    """One request at the door."""

    method: str
    path: str
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    scheme: str = "http"
    port: int = 80

    def header(self, name: str) -> str:
        """Give a header's value, or nothing."""
        return next((v for k, v in self.headers if k.lower() == name), "")


@dataclass(frozen=True)
class Response:
    """One answer at the door."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Give a header's value, or nothing."""
        return next((v for k, v in self.headers if k.lower() == name), "")

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Read the body as text."""
        return self.body.decode("utf-8", "replace")


def request_of(method: str, path: str, *, headers: Headers, body: bytes | str | Any) -> Request:
    """
    Write a request.

    Args:
        method: GET, POST and so on.
        path: Path and query.
        headers: A mapping, or pairs where a name repeats.
        body: Bytes or text; anything else is sent as JSON.
    """
    given = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
        if not any(name.lower() == "content-type" for name, _ in given):
            given.append(("content-type", "application/json"))
    raw = body.encode() if isinstance(body, str) else body
    route, _, query = path.partition("?")
    return Request(method=method.upper(), path=route, query=query, headers=given, body=raw)


def event_of(
    request: Request, *, route: str, parameters: dict[str, str], now: datetime
) -> dict[str, Any]:
    """Write a request as a payload of version 2.0."""
    text = body_text(request)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers_of(request),
        "requestContext": context_of(request, route=route, now=now),
        "isBase64Encoded": bool(request.body) and text is None,
    }
    cookies = [v for k, v in request.headers if k.lower() == "cookie"]
    if cookies:
        event["cookies"] = [c.strip() for line in cookies for c in line.split(";") if c.strip()]
    if request.query:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        event["queryStringParameters"] = joined(pairs, lower=False)
    if parameters:
        event["pathParameters"] = parameters
    if request.body:
        event["body"] = base64.b64encode(request.body).decode() if text is None else text
    return event


def headers_of(request: Request) -> dict[str, str]:
    """
    Give the headers as API Gateway passes them on.

    It says itself by which scheme and port it was reached, whatever the caller claims, and adds
    the caller to those for whom the caller says to ask.
    """
    found = joined([(k, v) for k, v in request.headers if k.lower() != "cookie"])
    before = found.get("x-forwarded-for")
    return found | {
        "x-forwarded-for": f"{before}, {request.source_ip}" if before else request.source_ip,
        "x-forwarded-port": str(request.port),
        "x-forwarded-proto": request.scheme,
    }


def context_of(request: Request, *, route: str, now: datetime) -> dict[str, Any]:
    """Write the request context."""
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": request.header("host") or "127.0.0.1",
        "domainPrefix": "local",
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": f"local{next(_REQUESTS):011d}",
        "routeKey": route,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def body_text(request: Request) -> str | None:
    """Give the body as text, or None where it has to travel in base64."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if request.header("content-encoding") or not (kind.startswith("text/") or kind in TEXT):
        return None
    try:
        return request.body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def joined(pairs: list[tuple[str, str]], *, lower: bool = True) -> dict[str, str]:
    """Join the values of equal names with commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower() if lower else name
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def response_of(answer: Any) -> Response:
    """
    Read a function's answer: a version 2.0 response, or anything else as a JSON body.

    Raises:
        ValueError: The answer cannot be sent.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = json.dumps(answer).encode()
        return Response(200, [("content-type", "application/json")], body)
    headers = [(k.lower(), str(v)) for k, v in (answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers += [(name.lower(), str(value)) for value in values]
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or []]
    if "body" in answer and not any(k == "content-type" for k, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    given = answer.get("body") or ""
    given = given if isinstance(given, str) else json.dumps(given)
    body = base64.b64decode(given) if answer.get("isBase64Encoded") else given.encode()
    return Response(int(answer["statusCode"]), headers, body)
