"""Broken, oversized and presumptuous bodies against the whole cloud (bad inputs 1-7, 10-13...)."""

import gzip
import itertools
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from infra.local.cloud import LocalCloud
from tests.local.hostile import STRICT, TRACKING, ask, faults, open_for_all, profile_id
from tests.local.journey import get

MESSAGE: dict[str, Any] = {"template": "thanks", "to": {"email": "eve@example.org"}}
CAMPAIGN: dict[str, Any] = {
    "name": "Second", "kind": "triggered", "on": {"event": "never"}, "template": "thanks",
}  # fmt: skip
TEMPLATE: dict[str, Any] = {"name": "second", "subject": "Hello", "text": "Hello"}
EVENT: dict[str, Any] = {"specversion": "1.0", "source": "till", "type": "sale", "subject": "eve"}
TWO_MAILBOXES = (
    "a@example.org, c@example.org",
    "a@example.org;c@example.org",
    '"Ada" <a@example.org>',
    "<a@example.org>",
    "a@example.org (Ada)",
    "alice@example.org(<bob@example.net>",
    "alice@example.org)bob@example.net",
    "alice@example.org<bob@example.net>",
    '"alice@example.org"bob@example.net',
    "alice@example.org\r\nBcc: bob@example.net",
    "=?utf-8?q?a=40example.org=2C?= <c@example.org>",
)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Give a shop on the local cloud, shared by these tests."""
    with LocalCloud() as running:
        open_for_all(running)
        yield running


@pytest.mark.parametrize(("method", "path"), [*STRICT, *TRACKING])
def test_too_large_body_is_413_before_it_is_parsed(
    cloud: LocalCloud, method: str, path: str
) -> None:
    """Row 1: 256 KB on our own paths, 4.4 MB on tracking paths, 1 MB for templates."""
    limit = 262_144
    limit = 4_400_000 if (method, path) in TRACKING else limit
    limit = 1_000_000 if path.startswith("/v1/templates") else limit

    assert 413 == ask(cloud, method, path, b"{" * (limit + 1)).status
    assert 400 == ask(cloud, method, path, b"{" * limit).status


def test_batch_just_below_the_bound_is_taken(cloud: LocalCloud) -> None:
    """Row 1: tracking clients may send 4.4 MB at once."""
    call = {"type": "track", "userId": "big", "event": "Big", "properties": {"x": "x" * 100_000}}
    batch = [call | {"messageId": f"big{number}"} for number in range(43)]

    assert 200 == ask(cloud, "POST", "/v1/batch", {"batch": batch}).status


@pytest.mark.parametrize(("method", "path"), [*STRICT, *TRACKING])
@pytest.mark.parametrize("bomb", [b"[" * 100_000, b'{"a":' * 50_000], ids=["list", "object"])
def test_depth_bomb_is_400_at_once(cloud: LocalCloud, method: str, path: str, bomb: bytes) -> None:
    """Row 2: nesting without end costs milliseconds of work, and no recursion error."""
    seconds = []
    for _ in range(5):
        start = time.thread_time()
        answer = ask(cloud, method, path, bomb)
        seconds.append(time.thread_time() - start)

    assert 400 == answer.status
    assert min(seconds) < 0.02


@pytest.mark.parametrize(("method", "path"), [*STRICT, *TRACKING])
@pytest.mark.parametrize(
    "body",
    [b'{"a": 1, "a": 1}', b'{"a": {"b": [{"c": 1, "\\u0063": 2}]}}',
     b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}",
     b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"],
    ids=["twice", "twice-escaped", "nan", "infinity", "1e999", "5000-digits",
         "utf8", "surrogate-bytes", "utf16", "mark"],
)  # fmt: skip
def test_body_that_is_no_clear_json_is_400(
    cloud: LocalCloud, method: str, path: str, body: bytes
) -> None:
    """Rows 4, 5, 6: duplicate keys, numbers that are none, and bytes that are not UTF-8."""
    answer = ask(cloud, method, path, body)

    assert (400, "application/problem+json") == (answer.status, answer.header("content-type"))


@pytest.mark.parametrize(("method", "path"), STRICT)
@pytest.mark.parametrize(
    ("value", "field"),
    [(b'"\\ud800"', "a"), (b'"\\udc00\\ud800"', "a"), (b'"\\u0000"', "a"),
     (b'{"b\\u0000": 1}', "a"), (b"9007199254740993", "a"), (b"-9007199254740993", "a")],
)  # fmt: skip
def test_value_out_of_bounds_is_400_naming_its_place(
    cloud: LocalCloud, method: str, path: str, *, value: bytes, field: str
) -> None:
    """Rows 5, 6: half a surrogate pair, NUL, and integers that JavaScript would change."""
    answer = ask(cloud, method, path, b'{"a": ' + value + b"}")

    assert (400, {field}) == (answer.status, faults(answer))


def test_call_with_broken_text_fails_alone(cloud: LocalCloud) -> None:
    """Row 6: on tracking paths one bad message never fails its batch, and is not kept."""
    raw = (
        b'{"batch": [{"type": "identify", "userId": "nul\\u0000", "messageId": "b1"},'
        b'{"type": "identify", "userId": "half", "messageId": "b2", "traits": {"a": "\\ud800"}},'
        b'{"type": "identify", "userId": "whole", "messageId": "b3", "traits": {"a": "\\u00e9"}}]}'
    )
    answer = ask(cloud, "POST", "/v1/batch", raw)
    cloud.drain()
    people = [f"/v1/profiles?identifier=external_id:{name}" for name in ("half", "nul", "nul%00")]

    assert (200, {"success": True}) == (answer.status, answer.json())
    assert [404, 404, 404] == [ask(cloud, "GET", path).status for path in people]
    assert "é" == get(cloud, "/v1/profiles?identifier=external_id:whole")["traits"]["a"]


NUMBERS = (
    "-0", "-0.0", "9007199254740992", "9007199254740993", "-1" + "0" * 40, "1" + "0" * 4000,
    "1e22", "1e126", "1.7976931348623157e308", "5e-324", "0.1", "123456789.12345679",
)  # fmt: skip


def test_numbers_come_back_exactly(cloud: LocalCloud) -> None:
    """Row 5: what is accepted is the same number, sign and type in traits and timeline."""
    values = ", ".join(f'"v{place}": {text}' for place, text in enumerate(NUMBERS))
    raw = f'{{"type": "identify", "userId": "num", "messageId": "n1", "traits": {{{values}}}}}'
    ask(cloud, "POST", "/v1/batch", f'{{"batch": [{raw}]}}'.encode())
    raw = f'{{"userId": "num", "event": "N", "messageId": "n2", "properties": {{{values}}}}}'
    ask(cloud, "POST", "/v1/track", raw.encode())
    cloud.drain()
    wanted = [repr(-0.0 if text == "-0" else json.loads(text)) for text in NUMBERS]
    profile = get(cloud, "/v1/profiles?identifier=external_id:num")
    rows = get(cloud, f"/v1/profiles/{profile['id']}/timeline")["data"]
    tracked = next(row for row in rows if row["name"] == "N")["properties"]
    places = [f"v{place}" for place in range(len(NUMBERS))]

    assert wanted == [repr(profile["traits"][place]) for place in places]
    assert wanted == [repr(tracked[place]) for place in places]


@pytest.mark.parametrize(("method", "path"), [*STRICT, *TRACKING])
def test_gzip_bomb_is_stopped(cloud: LocalCloud, method: str, path: str) -> None:
    """Row 7: what swells without end is 415 long before it is whole; a packed pack is no JSON."""
    bomb = gzip.compress(b'{"a": "' + b"0" * 30_000_000 + b'"}')
    nested = gzip.compress(gzip.compress(b"{}"))
    start = time.thread_time()
    answer = ask(cloud, method, path, bomb, content_encoding="gzip")

    assert 415 == answer.status
    assert time.thread_time() - start < 0.5
    assert 400 == ask(cloud, method, path, nested, content_encoding="gzip").status
    assert 415 == ask(cloud, method, path, bomb[:100], content_encoding="gzip").status


def test_same_key_with_another_body_is_422_and_changes_nothing(cloud: LocalCloud) -> None:
    """Row 10: a key stands for one body; the answer names the header."""
    paths = ("/v1/messages", MESSAGE), ("/v1/campaigns", CAMPAIGN), ("/v1/templates", TEMPLATE)
    for path, body in paths:
        other = body | ({"data": {"n": 2}} if path == "/v1/messages" else {"name": "third"})
        first = ask(cloud, "POST", path, body, idempotency_key="k10")
        wrong = ask(cloud, "POST", path, other, idempotency_key="k10")
        again = ask(cloud, "POST", path, body, idempotency_key='"k10"')

        assert (422, {"Idempotency-Key"}) == (wrong.status, faults(wrong)), path
        assert (first.status, first.json()) == (again.status, again.json()), path
    assert 404 == ask(cloud, "GET", "/v1/templates/third").status


@pytest.mark.parametrize(
    "key",
    ["", " ", '""', '"', '"a', 'a"', '"a"b', '"a" "b"', '"a", "b"', "a b", "a,b", '"a\\b"',
     '"a\\', "x" * 256, '"' + "x" * 256 + '"', "é", '"é"', "a\tb", "a\x00b", "(a b)"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/templates", "/v1/suppressions"])
def test_malformed_key_is_400(cloud: LocalCloud, path: str, key: str) -> None:
    """Row 11: a key is a token or a quoted string of 1 to 255 printable letters."""
    body = {"/v1/messages": MESSAGE, "/v1/templates": TEMPLATE | {"name": "never"}}
    known = body.get(path, {"address": "never@example.org"})
    answer = ask(cloud, "POST", path, known, idempotency_key=key)

    assert (400, {"Idempotency-Key"}) == (answer.status, faults(answer))


def test_event_beyond_a_day_is_400(cloud: LocalCloud) -> None:
    """Row 12: a CloudEvent's time lies within 24 hours of ours; ours is recorded with it."""
    now = cloud.clock.now()
    for number, hours in enumerate((-25, 25, -24 * 365 * 50, 24 * 365 * 50)):
        event = EVENT | {"id": f"far{number}", "time": (now + timedelta(hours=hours)).isoformat()}
        answer = ask(cloud, "POST", "/v1/events", event)
        assert (400, {"time"}) == (answer.status, faults(answer))
    for number, text in enumerate(("yesterday", "2026-13-01T00:00:00Z", "0000-00-00", 17, None)):
        answer = ask(cloud, "POST", "/v1/events", EVENT | {"id": f"odd{number}", "time": text})
        assert (400, {"time"}) == (answer.status, faults(answer)), text
    for hours in (-23, 23):
        event = EVENT | {"id": f"near{hours}", "time": (now + timedelta(hours=hours)).isoformat()}
        assert 202 == ask(cloud, "POST", "/v1/events", event).status


def test_client_with_a_wrong_clock_is_corrected(cloud: LocalCloud) -> None:
    """Row 12: on tracking paths a clock's error is taken out and the far future is now."""
    now = cloud.clock.now()
    ahead = timedelta(days=400)
    calls = {
        "skewed": {"timestamp": now + ahead - timedelta(hours=2), "sentAt": now + ahead},
        "future": {"timestamp": now + ahead},
        "old": {"timestamp": now - timedelta(days=4000)},
    }
    for name, times in calls.items():
        call = {field: moment.isoformat() for field, moment in times.items()}
        call |= {"userId": "clock", "event": name, "messageId": name}
        assert 200 == ask(cloud, "POST", "/v1/track", call).status
    cloud.drain()
    rows = get(cloud, f"/v1/profiles/{profile_id(cloud, 'clock')}/timeline")["data"]
    happened = {row["name"]: datetime.fromisoformat(row["occurred_at"]) - now for row in rows}

    assert abs(happened["skewed"] + timedelta(hours=2)) < timedelta(seconds=30)
    assert abs(happened["future"]) < timedelta(seconds=30)
    assert abs(happened["old"] + timedelta(days=4000)) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/messages", MESSAGE), ("/v1/campaigns", CAMPAIGN), ("/v1/templates", TEMPLATE),
     ("/v1/suppressions", {"address": "no@example.org"}),
     ("/v1/profiles/p1/consents", {"topic": "news", "status": "granted"}),
     ("/v1/dead-letters/redrive", {"queue": "render", "ids": ["1"]}),
     ("/v1/quarantine/replay", {"ids": ["1"]}),
     ("/v1/templates/thanks/preview", {})],
)  # fmt: skip
@pytest.mark.parametrize(
    "more", [("surprise", "naïve"), ("workspace_id", "state", "epoch"), ("workspace", "id")]
)
def test_unknown_fields_are_400_and_all_of_them_named(
    cloud: LocalCloud, path: str, *, body: dict[str, Any], more: tuple[str, ...]
) -> None:
    """Rows 13, 50: nobody sets a workspace, a state or an epoch by naming it in a body."""
    answer = ask(cloud, "POST", path, body | dict.fromkeys(more, "other"))

    assert (400, set(more)) == (answer.status, faults(answer))


def test_unknown_fields_are_refused_at_depth(cloud: LocalCloud) -> None:
    """Row 13: nested objects of ours are as strict as the outermost."""
    message = MESSAGE | {"to": {"email": "eve@example.org", "name": "Eve"}}
    campaign = CAMPAIGN | {"on": {"event": "never", "count": 3}}

    assert {"to.name"} == faults(ask(cloud, "POST", "/v1/messages", message))
    assert {"on.count"} == faults(ask(cloud, "POST", "/v1/campaigns", campaign))


@pytest.mark.parametrize("address", TWO_MAILBOXES)
def test_address_field_holds_one_bare_mailbox(cloud: LocalCloud, address: str) -> None:
    """Row 18: lists, display names, comments and second headers are no address."""
    ada = profile_id(cloud, "ada")
    asked = (
        ("POST", "/v1/messages", MESSAGE | {"to": {"email": address}}, "to.email"),
        ("POST", "/v1/suppressions", {"address": address}, "address"),
        ("DELETE", "/v1/suppressions", {"address": address}, "address"),
        ("POST", "/v1/events", EVENT | {"id": "m", "data": {"email": address}}, "data.email"),
        ("PATCH", f"/v1/profiles/{ada}", {"traits": {"email": address}}, "traits.email"),
    )
    for method, path, body, field in asked:
        answer = ask(cloud, method, path, body)
        assert (400, {field}) == (answer.status, faults(answer)), path


@pytest.mark.parametrize("address", TWO_MAILBOXES)
def test_person_is_asked_for_by_one_mailbox(cloud: LocalCloud, address: str) -> None:
    """Row 18: an identifier that is no address is refused rather than not found."""
    answer = ask(cloud, "GET", f"/v1/profiles?identifier=email:{quote(address, safe='')}")

    assert (400, {"identifier"}) == (answer.status, faults(answer))


def test_tracked_address_that_is_two_gets_no_mail(cloud: LocalCloud) -> None:
    """Row 18: a tracking client's odd address is kept as a trait and never written to."""
    for number, address in enumerate(TWO_MAILBOXES):
        who = {"userId": f"two{number}"}
        calls = [
            who | {"type": "identify", "messageId": f"t{number}", "traits": {"email": address}},
            who | {"type": "track", "messageId": f"u{number}", "event": "Order Completed",
                   "properties": {"total": 1}},
        ]  # fmt: skip
        assert 200 == ask(cloud, "POST", "/v1/batch", {"batch": calls}).status
    cloud.drain()
    letters = itertools.chain.from_iterable(
        cloud.outbox.list(channel="email", to=word) for word in ("alice", "c@", "bob@example.net")
    )

    assert [] == list(letters)
