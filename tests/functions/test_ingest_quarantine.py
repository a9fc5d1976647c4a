"""What the doors cannot take is kept whole, before the answer, and the good beside it is taken."""

import hmac
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.domain.quarantine import EXCERPT, LARGEST_SAMPLE_BYTES, Quarantined
from signet.domain.source import Source
from signet.errors import Transient
from signet.runtime.quarantining import Told
from signet.usecases.quarantine import APART
from tests.functions.ingest_world import World

TRACK = {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1"}
BLNS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "blns" / "blns.json"
OWNER = "local-owner"


@pytest.fixture
def world() -> World:
    """Make a world with a registered source."""
    world = World()
    world.rows.sources[("main", "crm")] = Source(workspace="main", name="crm", kind="crm")
    return world


def kept(world: World) -> list[Quarantined]:
    """Give everything in quarantine, newest first."""
    page = world.quarantine.page("main", status=None, limit=1000, position=None)
    return [item for item in page.items if isinstance(item, Quarantined)]


def bad_in(items: Sequence[Quarantined]) -> list[Any]:
    """Give every call that the items hold."""
    found: list[Any] = []
    for item in items:
        payload: Any = item.payload()
        found += payload if item.count > 1 else [payload]
    return found


def as_texts(values: Sequence[Any]) -> list[str]:
    """Write values so that lists of them can be compared in any order."""
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def test_bad_calls_of_a_batch_wait_with_their_reason(world: World) -> None:
    """The client hears 200, so what it will never send again is kept."""
    bad = {"type": "track", "event": "x", "messageId": "b"}
    body = {"batch": [TRACK, bad, 7], "sentAt": "2026-03-01T12:00:00Z"}

    answer = world.call("POST", "/v1/batch", body)

    items = {item.reason: item for item in kept(world)}
    found = items["userId: must be there, or anonymousId"]
    assert 200 == answer.status
    assert {"a call must be an object"} == items.keys() - {found.reason}
    assert ("call", "segment:k1", "waiting", bad) == (
        found.door, found.source, found.status, found.sample,
    )  # fmt: skip
    assert ("userId", "2026-03-01T12:00:00Z") == (found.faults[0].field, found.sent_at)
    assert ("quarantined", found.received_at) == (found.history[0].action, found.history[0].at)


def test_single_bad_call_is_told_and_not_kept(world: World) -> None:
    """Whoever hears a no knows that nothing was taken."""
    answer = world.call("POST", "/v1/track", {"userId": "u1"})

    assert (400, []) == (answer.status, kept(world))


def test_refused_event_is_told_and_not_kept(world: World) -> None:
    """A caller of our own API hears a no with its reason, and corrects the call."""
    event = {"specversion": "1.0", "id": "e", "source": "/s", "type": "t"}
    answer = world.call("POST", "/v1/events", event, key=OWNER)

    assert (400, []) == (answer.status, kept(world))


def test_flood_of_bad_calls_is_kept_in_few_rows(world: World) -> None:
    """Hundreds of bad calls cost few writes, and none of them is lost."""
    bad = [{"type": "dance", "number": number} for number in range(500)]

    answer = world.call("POST", "/v1/batch", {"batch": [*bad, TRACK]})

    items = kept(world)
    assert (200, ["m1"]) == (answer.status, [event.id for event in world.work.events])
    assert APART + 1 == len(items)
    assert as_texts(bad) == as_texts(bad_in(items))
    assert "3.type" in [fault.field for item in items for fault in item.faults]


def test_pack_stays_within_what_a_row_holds(world: World) -> None:
    """Large bad calls travel in several packs."""
    bad = [{"type": "dance", "text": f"{number}" * 50_000} for number in range(APART, 45)]

    world.call("POST", "/v1/batch", {"batch": [{}] * APART + bad})

    items = [item for item in kept(world) if item.sample != {}]
    assert as_texts(bad) == as_texts(bad_in(items))
    assert all(len(json.dumps(item.sample)) <= LARGEST_SAMPLE_BYTES for item in items)


def test_call_too_large_to_keep_leaves_its_beginning(world: World) -> None:
    """The reason and the beginning of the payload are there where the whole would fit no row."""
    world.call("POST", "/v1/batch", {"batch": [{"type": "dance", "text": "x" * 400_000}, TRACK]})

    (item,) = kept(world)
    assert (True, None, EXCERPT) == (item.truncated, item.sample, len(item.excerpt))
    assert item.excerpt.startswith('{"type":"dance"')
    assert 1 == len(world.work.events)


def test_event_too_large_for_a_queue_is_kept_and_its_neighbour_taken(world: World) -> None:
    """A call that is good but for its size fails alone."""
    large = {**TRACK, "messageId": "big", "properties": {"a": "x" * 1_100_000}}

    answer = world.call("POST", "/v1/batch", {"batch": [large, TRACK]})

    (item,) = kept(world)
    assert (200, ["m1"]) == (answer.status, [event.id for event in world.work.events])
    assert ("body", True) == (item.faults[0].field, item.truncated)


@pytest.mark.parametrize(
    "call",
    [{"type": "track", "event": "\ud800", "userId": "u"}, "\udfff", {"\ud83d": 1}, "\x00",
     {"type": "x", "deep": json.loads("[" * 150 + "]" * 150)}, 10**400, -0.0, None, [], {}],
    ids=repr,
)  # fmt: skip
def test_odd_call_comes_back_as_it_was_sent(world: World, call: Any) -> None:
    """Halves of letters, depths and large numbers are kept to the byte."""
    answer = world.call("POST", "/v1/batch", json.dumps({"batch": [call, TRACK]}))

    (item,) = kept(world)
    assert 200 == answer.status
    assert json.dumps(call) == json.dumps(item.payload())


def test_naughty_strings_come_back_byte_for_byte(world: World) -> None:
    """Whatever a bad call says is what an operator reads."""
    if not BLNS.exists():
        pytest.skip("the corpus blns is not beside the repository")
    strings: list[str] = json.loads(BLNS.read_text("utf-8"))
    calls = [{"type": text, "words": {text: text}, "messageId": text} for text in strings]
    for start in range(0, len(calls), APART):
        body = json.dumps({"batch": calls[start : start + APART]})
        assert 200 == world.call("POST", "/v1/batch", body).status

    assert as_texts(calls) == as_texts(bad_in(kept(world)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
CALLS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "identify", "page", "alias"]) | JSON,
        "event": st.just("Came") | JSON,
        "userId": st.just("u") | JSON,
        "messageId": JSON,
        "timestamp": JSON,
        "traits": JSON,
        "properties": JSON,
        "context": JSON,
    },
)


@settings(deadline=None)
@given(st.lists(CALLS | JSON, max_size=5), st.sampled_from([1, APART]), JSON)
def test_every_call_of_any_batch_is_taken_or_kept(
    some: list[Any], times: int, sent_at: Any
) -> None:
    """Nothing that a client got a 200 for is lost: it is an event, or it waits, to the byte."""
    world, calls = World(), some * times
    body = json.dumps({"batch": calls, "sentAt": sent_at})

    answer = world.call("POST", "/v1/batch", body)

    waiting = bad_in(kept(world))
    assert 200 == answer.status
    assert len(calls) == len(world.work.events) + len(waiting)
    assert set(as_texts(waiting)) <= set(as_texts(json.loads(body)["batch"]))


@settings(deadline=None)
@given(JSON | st.fixed_dictionaries({"batch": JSON}))
def test_any_body_of_a_batch_is_refused_or_accounted_for(content: Any) -> None:
    """A body without a list of calls is a 400 that keeps nothing; a list is accounted for."""
    world = World()
    answer = world.call("POST", "/v1/batch", json.dumps(content))
    calls = content.get("batch") if isinstance(content, dict) else content

    expected = (200, len(calls)) if isinstance(calls, list) else (400, 0)
    assert expected == (answer.status, len(world.work.events) + sum(i.count for i in kept(world)))


def test_good_calls_are_queued_also_where_nothing_can_be_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarantine that is away costs a 503 and a repeat, never the good calls."""

    def away(_: Sequence[Quarantined]) -> None:
        raise Transient("the table is away")

    monkeypatch.setattr(world.quarantine, "add", away)

    answer = world.call("POST", "/v1/batch", {"batch": [TRACK, 7]})

    assert (503, ["m1"]) == (answer.status, [event.id for event in world.work.events])


def test_two_equal_calls_of_one_moment_are_two_items(world: World) -> None:
    """The clock stands still here, and the place in the batch tells them apart."""
    world.call("POST", "/v1/batch", {"batch": [{}, {}]})
    world.call("POST", "/v1/batch", {"batch": [{"a": 1}]})

    assert 3 == len(kept(world))


@pytest.mark.parametrize(
    ("body", "content_type", "status", "sample"),
    [({"email": "no"}, "application/json", 400, {"email": "no"}),
     ({"email": "a@b.example", "at": "\0"}, "application/json", 400,
      {"email": "a@b.example", "at": "\0"}),
     ("{broken", "application/json", 400, "{broken"),
     (b"<a>\xc3\xa9</a>", "application/xml", 415, "<a>é</a>"),
     (b"\xff\xfe", "application/json", 400, "//4="),
     (b"email=no", "application/x-www-form-urlencoded", 400, {"email": "no"})],
    ids=["no address", "NUL", "no JSON", "XML", "no text", "form"],
)  # fmt: skip
def test_what_a_source_sent_is_refused_and_waits(
    world: World, body: Any, content_type: str, status: int, sample: Any
) -> None:
    """A webhook that never sends again has lost nothing; its caller hears what is wrong."""
    headers = {"content-type": content_type}
    answer = world.call("POST", "/v1/sources/crm", body, key=OWNER, headers=headers)

    (item,) = kept(world)
    assert status == answer.status
    assert ("source", "source:crm", sample) == (item.door, item.source, item.sample)
    assert item.reason == answer.json["detail"]
    assert not world.work.items


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [(None, "crm", 401), ("local-analyst", "crm", 403), (OWNER, "none", 404), (OWNER, "N!", 400)],
)
def test_nothing_is_kept_for_nobody(world: World, key: str | None, path: str, status: int) -> None:
    """Only who could have been heard fills the quarantine."""
    readable = world.call("POST", f"/v1/sources/{path}", {"email": "no"}, key=key)
    broken = world.call("POST", f"/v1/sources/{path}", "{", key=key)

    assert (status, status if key else 400) == (readable.status, broken.status)
    assert [] == kept(world)


def test_empty_call_of_a_source_leaves_nothing(world: World) -> None:
    """There is nothing to correct in nothing."""
    answer = world.call("POST", "/v1/sources/crm", key=OWNER)

    assert (400, []) == (answer.status, kept(world))


SECRET = "Shared-Secret-1"


def test_forgery_fills_no_quarantine(world: World) -> None:
    """Only what its sender has signed waits for a correction, and under the delivery's own id."""
    signature = {"scheme": "hmac", "header": "X-Sig", "id_header": "X-Id",
                 "content": "{id}.{body}", "secrets": [SECRET]}  # fmt: skip
    world.source("signed", kind="app", signature=signature)
    body = b'{"email": "no"}'
    made = hmac.new(SECRET.encode(), b"d1." + body, "sha256").hexdigest()
    answers = [
        world.call("POST", "/v1/sources/signed", text, headers={"x-id": "d1", "x-sig": sig})
        for text, sig in ((body, "0" * 64), (b"{", made), (body, ""), (body, made))
    ]

    (item,) = kept(world)
    assert [401, 401, 401, 400] == [answer.status for answer in answers]
    assert ({"email": "no"}, "d1") == (item.sample, item.message_id)


def test_form_from_another_page_fills_no_quarantine(world: World) -> None:
    """Who may not send leaves nothing."""
    world.source("form", kind="web_form", allowed_origins=["https://shop.example.org"])
    answer = world.call("POST", "/v1/sources/form", {"email": "no"})

    assert (403, []) == (answer.status, kept(world))


def test_what_a_use_case_keeps_is_told_once_for_a_batch(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The alarm hears of everything that is kept, and of nothing where nothing is."""
    world.call("POST", "/v1/batch", {"batch": [7, 8]})
    items = kept(world)
    caplog.clear()
    told = Told(World().quarantine)

    told.add(items)
    told.add([])

    (line,) = caplog.records
    assert ("quarantined", 2, "call") == (line.message, vars(line)["count"], vars(line)["kind"])
    assert items[0] == told.get("main", items[0].id)
