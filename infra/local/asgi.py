"""HTTP on loopback: bodies are limited in size and in time, answers come from a thread pool."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.local.emulator import BUCKETS
from infra.local.gateway import BODY_LIMIT, message
from infra.local.payload import Request, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
BODY_SECONDS = 20.0
# An object is kept in memory here; S3 itself takes five gigabytes at once.
OBJECT_LIMIT, OBJECT_SECONDS = 1 << 30, 600.0
BODIED = frozenset(["POST", "PUT", "PATCH"])
ALLOWED = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


class TooLarge(Exception):
    """The body passes the limit."""


class NoLength(Exception):
    """A body is announced by its type, and its length is not."""


class Ambiguous(Exception):
    """Length and chunks disagree about where the body ends."""


class Asgi:
    """An ASGI application in front of a function from request to response."""

    def __init__(
        self, serve: Callable[[Request], Response], *, seconds: float = BODY_SECONDS
    ) -> None:
        """
        Serve requests with `serve`, each in a thread.

        Args:
            serve: Answers one request.
            seconds: How long a body may take.
        """
        self._serve = serve
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="door")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection event."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            response, drained = await self._respond(scope, receive)
            await answer(send, response, keep=drained, head=scope["method"] == "HEAD")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                self._threads.shutdown(wait=False, cancel_futures=True)
                return

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[Response, bool]:
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
        try:
            demand_length(scope["method"], headers)
            limit, seconds = self._patience(scope)
            body = await asyncio.wait_for(read(receive, headers, limit), seconds)
        except NoLength:
            return message(411, "Length Required"), False
        except TooLarge:
            return message(413, "Request Entity Too Large"), False
        except TimeoutError:
            return message(408, "Request Timeout"), False
        except (Ambiguous, ConnectionResetError):
            return message(400, "Bad Request"), False
        if scope["method"] not in ALLOWED:
            return message(405, "Method Not Allowed"), True
        request = Request(
            method=scope["method"],
            path=scope.get("raw_path", scope["path"].encode()).decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            source_ip=(scope.get("client") or ("127.0.0.1",))[0],
            scheme=scope.get("scheme", "http"),
            port=(scope.get("server") or ("", 80))[1] or 80,
        )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._guarded, request), True

    def _patience(self, scope: Scope) -> tuple[int, float]:
        """Tell how large a body may be and how long it may take: an object may be large."""
        if scope["method"] == "PUT" and scope["path"].startswith(BUCKETS):
            return OBJECT_LIMIT, OBJECT_SECONDS
        return BODY_LIMIT, self._seconds

    def _guarded(self, request: Request) -> Response:
        """Answer, and never show a trace to the caller."""
        try:
            return self._serve(request)
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets an answer
            traceback.print_exc(file=sys.stderr)
            return message(500, "Internal Server Error")


def demand_length(method: str, headers: list[tuple[str, str]]) -> None:
    """
    Refuse a body that would be taken for the next request.

    A request with neither length nor chunks has no body by the rules of HTTP/1.1; one that names
    a content type believes it has.

    Raises:
        NoLength: There is a content type, and nothing tells where the body ends.
        Ambiguous: Two headers tell it.
    """
    names = {name.lower() for name, _ in headers}
    framed = names & {"content-length", "transfer-encoding"}
    if len(framed) > 1:
        raise Ambiguous
    if method in BODIED and "content-type" in names and not framed:
        raise NoLength


async def read(receive: Receive, headers: list[tuple[str, str]], limit: int = BODY_LIMIT) -> bytes:
    """
    Read a body.

    Raises:
        TooLarge: It says or turns out to be over the limit.
        ConnectionResetError: The caller left.
    """
    said = next((v for k, v in headers if k.lower() == "content-length"), "0")
    if said.isdecimal() and int(said) > limit:
        raise TooLarge
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionResetError
        body += event.get("body", b"")
        if len(body) > limit:
            raise TooLarge
        if not event.get("more_body"):
            return bytes(body)


async def answer(send: Send, response: Response, *, keep: bool, head: bool) -> None:
    """Send a response; one whose request was not read to its end closes the connection."""
    headers = [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in response.headers]
    headers = [h for h in headers if h[0] not in (b"content-length", b"connection")]
    if response.status not in (204, 304):
        headers.append((b"content-length", str(len(response.body)).encode()))
    if not keep:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if head or response.status in (204, 304) else response.body
    await send({"type": "http.response.body", "body": body})
