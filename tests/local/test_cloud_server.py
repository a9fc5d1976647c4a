"""The local cloud behind its port."""

import http.client
import importlib
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from infra.local.server import Server
from tests.local import cloud_mini

PACKAGE = "served_functions"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small stack on a free port."""
    root = tmp_path_factory.mktemp("served")
    cloud_mini.write_handlers(root, PACKAGE)
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    with LocalCloud(cloud_mini.template(PACKAGE), persist_dir=root / "state") as cloud:
        running = Server(cloud, port=0)
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield running
        running.stop()
        thread.join()
    sys.path.remove(str(root))
    assert (root / "state" / "state.bin").exists()


def ask(server: Server, method: str, path: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, **more)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_payload_is_exact_when_a_request_comes_in(server: Server) -> None:
    """Headers are lower-case, cookies apart, queries joined, bodies text or base64."""
    headers = {"Cookie": "a=1; b=2", "X-Two": "1", "Content-Type": "application/json"}
    status, answered, body = ask(server, "POST", "/echo?q=1&q=2&r=%20", body="{}", headers=headers)
    event = json.loads(body)

    assert 200 == status
    assert ["a=1", "b=2"] == event["cookies"]
    assert {"q": "1,2", "r": " "} == event["queryStringParameters"]
    assert "1" == event["headers"]["x-two"] and "cookie" not in event["headers"]
    assert ("{}", False, "$default") == (event["body"], event["isBase64Encoded"], event["routeKey"])
    assert "b=2" == answered["set-cookie"]


def test_payload_says_by_which_door_the_request_came(server: Server) -> None:
    """As in API Gateway: scheme and port are the door's own, the caller is added to the list."""
    claimed = {"x-forwarded-proto": "https", "x-forwarded-port": "1", "x-forwarded-for": "10.1.2.3"}
    _, _, plain = ask(server, "GET", "/echo")
    _, _, lying = ask(server, "GET", "/echo", headers=claimed)
    found = [json.loads(body)["headers"] for body in (plain, lying)]

    assert ["http", "http"] == [headers["x-forwarded-proto"] for headers in found]
    assert [str(server.port)] * 2 == [headers["x-forwarded-port"] for headers in found]
    assert ["127.0.0.1", "10.1.2.3, 127.0.0.1"] == [h["x-forwarded-for"] for h in found]
    assert "127.0.0.1" == json.loads(lying)["requestContext"]["http"]["sourceIp"]


def test_bodies_travel_in_base64_when_their_type_is_no_text(server: Server) -> None:
    """Only the listed types stay text."""
    kinds = {"application/x-www-form-urlencoded": True, "text/plain": False}
    kinds |= {"application/problem+json": True, "application/json": False}
    found = {}
    for kind in kinds:
        _, _, body = ask(server, "POST", "/echo", body="x", headers={"content-type": kind})
        found[kind] = json.loads(body)["isBase64Encoded"]

    assert kinds == found


def test_chunked_body_arrives_whole(server: Server) -> None:
    """A body without a length is read to its end."""
    parts = (piece for piece in (b"ab", b"cd"))
    _, _, body = ask(server, "POST", "/echo", body=parts, headers={"content-type": "text/plain"})

    assert "abcd" == json.loads(body)["body"]


def test_function_that_raises_answers_500_without_a_trace(server: Server) -> None:
    """The caller sees API Gateway's words only."""
    status, _, body = ask(server, "GET", "/raise")

    assert (500, {"message": "Internal Server Error"}) == (status, json.loads(body))


def test_bare_answer_becomes_a_json_body(server: Server) -> None:
    """An answer without a status is 200 and JSON."""
    status, headers, body = ask(server, "GET", "/bare")

    assert (200, "application/json") == (status, headers["content-type"])
    assert {"hello": "world"} == json.loads(body)


def test_preflight_is_answered_from_the_template(server: Server) -> None:
    """CORS needs no function."""
    headers = {"Origin": "https://x.test", "Access-Control-Request-Method": "POST"}
    status, answered, _ = ask(server, "OPTIONS", "/work", headers=headers)

    assert (204, "*") == (status, answered["access-control-allow-origin"])
    assert "GET,POST" == answered["access-control-allow-methods"]


def test_body_is_refused_unread_when_it_says_it_is_too_large(server: Server) -> None:
    """A length over the limit is answered before the body comes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller:
        caller.sendall(
            b"POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n"
        )

        assert b"413" in caller.recv(100)


def test_pump_drains_by_itself_and_local_routes_tell(server: Server) -> None:
    """Queued work moves without being asked; counts, meter, clock and drain answer."""
    ask(server, "POST", "/work", body='{"id": "p"}', headers={"content-type": "application/json"})
    deadline = time.monotonic() + 5
    while server.cloud.queues.waiting()["Work"] and time.monotonic() < deadline:
        time.sleep(0.02)
    _, _, meter = ask(server, "GET", "/_local/meter")
    moved, _, body = ask(server, "POST", "/_local/clock", body='{"advance": "PT1H"}')
    wrong, _, _ = ask(server, "POST", "/_local/clock", body='{"advance": "soon"}')

    assert 0 == server.cloud.queues.waiting()["Work"]
    assert json.loads(meter)["units"]["dynamodb.write"] >= 1
    assert 200 == moved and json.loads(body)["offset_seconds"] >= 3600
    assert 400 == wrong
    assert 200 == ask(server, "POST", "/_local/drain")[0]


def test_mail_shows_in_the_outbox_and_in_mailpits_reading_api(server: Server) -> None:
    """The same mail is listed, searched, shown and read raw."""
    kind = {"content-type": "text/plain"}
    ident = json.loads(ask(server, "POST", "/mail", body="bob@example.org", headers=kind)[2])["id"]
    listed = json.loads(ask(server, "GET", "/_local/outbox?to=bob")[2])["data"]
    found = json.loads(ask(server, "GET", "/api/v1/search?query=to:bob")[2])
    message = json.loads(ask(server, "GET", f"/api/v1/message/{ident}")[2])
    shown = ask(server, "GET", f"/view/{ident}.html")[2]
    raw = ask(server, "GET", f"/api/v1/message/{ident}/raw")[2]

    assert [ident] == [mail["id"] for mail in listed] == [m["ID"] for m in found["messages"]]
    assert "Hello" == message["Subject"] and b"Subject: Hello" in raw
    assert b"/t/c/tok" in shown


def test_local_routes_refuse_pages_of_other_sites(server: Server) -> None:
    """A page on the web cannot move the clock or read the mails."""
    headers = {"Origin": "https://evil.test"}

    assert 403 == ask(server, "POST", "/_local/drain", headers=headers)[0]
    assert 403 == ask(server, "GET", "/_local/outbox", headers={"Host": "evil.test"})[0]
