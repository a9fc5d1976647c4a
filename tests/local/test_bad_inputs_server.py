"""Bad inputs that need a wire: sizes, lengths, slowness and fifty callers at once."""

import base64
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local.cloud import LocalCloud
from infra.local.server import Server
from tests.local.hostile import STRICT, open_for_all
from tests.local.journey import OWNER

BODY_SECONDS = 0.5
AT_ONCE = 50
LIMIT = 10 * 1024 * 1024
BASIC = "Basic " + base64.b64encode(b"demo:").decode()
MESSAGE = {"template": "thanks", "to": {"external_id": "ada"}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve the shop on a free port, with little patience for bodies."""
    with LocalCloud() as cloud:
        open_for_all(cloud)
        running = Server(cloud, port=0, body_seconds=BODY_SECONDS)
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield running
        running.stop()
        thread.join()


def spoken(server: Server, head: str, body: bytes = b"", *, path: str = "/v1/track") -> bytes:
    """Say a request by hand and give all that comes back until the other side hangs up."""
    lines = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {BASIC}\r\n{head}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller:
        caller.sendall(lines.encode() + body)
        return heard(caller)


def heard(caller: socket.socket) -> bytes:
    """Give all that comes until the other side hangs up or is silent for a second."""
    caller.settimeout(1)
    answer = b""
    try:
        while part := caller.recv(65_536):
            answer += part
    except (TimeoutError, ConnectionResetError):
        pass
    return answer


def asked(server: Server, method: str, path: str, **more: str) -> tuple[int, bytes]:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = OWNER | {k.replace("_", "-"): v for k, v in more.items() if k != "body"}
    try:
        connection.request(method, path, body=more.get("body"), headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_announced_size_is_refused_before_a_byte_of_it_is_read(server: Server) -> None:
    """Row 1: a length over the limit is 413 at once, and the connection ends."""
    start = time.monotonic()
    answer = spoken(server, f"Content-Length: {LIMIT + 1}\r\n")

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()
    assert time.monotonic() - start < BODY_SECONDS


def test_chunks_over_the_limit_are_refused_on_the_way(server: Server) -> None:
    """Row 1: without a length the count is kept while reading."""
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    head = "Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller:
        lines = f"POST /v1/track HTTP/1.1\r\nHost: localhost\r\n{head}\r\n"
        caller.sendall(lines.encode())
        try:
            for _ in range(12):
                caller.sendall(chunk)
        except OSError:
            pass
        answer = heard(caller)

    assert answer.startswith(b"HTTP/1.1 413") or b"" == answer
    assert 200 == asked(server, "GET", "/healthz")[0]


@pytest.mark.parametrize(
    "kind", ["application/xml", "text/html", "text/csv", "multipart/mixed; boundary=x",
             "application/octet-stream", "application/x-yaml", "nonsense"],
)  # fmt: skip
@pytest.mark.parametrize(("method", "path"), STRICT)
def test_other_format_is_415(server: Server, method: str, path: str, *, kind: str) -> None:
    """Row 8: a body that calls itself something else than JSON is not read as JSON."""
    status, body = asked(server, method, path, body="{}", content_type=kind)

    assert (415, "unsupported") == (status, json.loads(body)["type"].rpartition(":")[2])


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html"])
def test_tracking_clients_may_call_json_what_they_like(server: Server, kind: str) -> None:
    """Row 8: on tracking paths the clients' habits win."""
    call = json.dumps({"userId": "kinds", "event": "Came", "messageId": kind})
    status, body = asked(
        server, "POST", "/v1/track", body=call, content_type=kind, authorization=BASIC
    )

    assert (200, {"success": True}) == (status, json.loads(body))


def test_body_without_a_length_is_411(server: Server) -> None:
    """Row 8: a body that nothing measures is refused and never taken for a second request."""
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = spoken(server, "Content-Type: application/json\r\n", smuggled)

    assert answer.startswith(b"HTTP/1.1 411")
    assert 1 == answer.count(b"HTTP/1.1")


@pytest.mark.parametrize("head", ["Transfer-Encoding: chunked\r\n", "Content-Length: 100\r\n"])
def test_trickled_body_is_408(server: Server, head: str) -> None:
    """Row 8: who takes too long over a body loses the connection; others are served meanwhile."""
    lines = f"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n{head}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller:
        caller.sendall(lines.encode())
        start = time.monotonic()
        while time.monotonic() - start < BODY_SECONDS * 0.8:
            caller.sendall(b"1\r\nx\r\n")
            time.sleep(0.1)
        assert 200 == asked(server, "GET", "/healthz")[0]
        answer = heard(caller)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    "head", ["Content-Length: -1\r\n", "Content-Length: abc\r\n",
             "Content-Length: 1\r\nContent-Length: 2\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"],
)  # fmt: skip
def test_contradicting_lengths_are_refused(server: Server, head: str) -> None:
    """Row 8: a request whose end is in doubt is 400, and nothing after it is answered."""
    after = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = spoken(server, head + "Content-Type: application/json\r\n", b"0\r\n\r\n" + after)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b" 200 " not in answer.replace(b"HTTP/1.1", b" ")


def test_fifty_at_once_with_one_key_are_one_mail(server: Server) -> None:
    """Row 9: one message and one mail; everybody hears its id, or 409 while it is in flight."""
    cloud = server.cloud
    cloud.drain()
    before = len(cloud.outbox.list(channel="email", to="ada@example.org"))
    template = {"name": "at-once", "subject": "Once", "text": "Once", "activate": True}
    assert 201 == asked(server, "POST", "/v1/templates", body=json.dumps(template))[0]
    body = json.dumps(MESSAGE | {"template": "at-once"})
    gate = threading.Barrier(AT_ONCE)

    def send(_: int) -> tuple[int, bytes]:
        gate.wait()
        return asked(server, "POST", "/v1/messages", body=body, idempotency_key="at-once")

    with ThreadPoolExecutor(AT_ONCE) as callers:
        answers = list(callers.map(send, range(AT_ONCE)))
    cloud.drain()
    taken = {json.loads(body)["id"] for status, body in answers if status == 202}

    assert {status for status, _ in answers} <= {202, 409}
    assert 1 == len(taken)
    assert 1 == len(cloud.outbox.list(channel="email", to="ada@example.org")) - before
    status, again = asked(server, "POST", "/v1/messages", body=body, idempotency_key="at-once")
    assert (202, taken.pop()) == (status, json.loads(again)["id"])


def test_fifty_at_once_with_one_key_make_one_campaign(server: Server) -> None:
    """Row 9: elsewhere, too, the first call works and the others hear its answer or 409."""
    draft = {"name": "Once", "kind": "triggered", "on": {"event": "x"}, "template": "thanks"}
    body = json.dumps(draft)

    def make(_: int) -> tuple[int, bytes]:
        return asked(server, "POST", "/v1/campaigns", body=body, idempotency_key="one")

    with ThreadPoolExecutor(AT_ONCE) as callers:
        answers = list(callers.map(make, range(AT_ONCE)))
    listed = json.loads(asked(server, "GET", "/v1/campaigns")[1])["data"]

    assert {status for status, _ in answers} <= {201, 409}
    assert 1 == sum(campaign["name"] == "Once" for campaign in listed)
