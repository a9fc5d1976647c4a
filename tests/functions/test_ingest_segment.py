"""The Segment paths: tolerant reading, and the exact answers that clients depend on."""

import gzip
import json
from typing import Any

import pytest

from tests.functions.ingest_world import NOW, World

TRACK = {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1"}


@pytest.fixture
def world() -> World:
    """Make a fresh world."""
    return World()


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import", "/v1/b"])
def test_batch_is_answered_with_exactly_200(world: World, path: str) -> None:
    """Clients take anything but 200 for a failure and send again."""
    answer = world.call("POST", path, {"batch": [TRACK]})

    assert (200, {"success": True}) == (answer.status, answer.json)
    assert ["m1"] == [event.id for event in world.work.events]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("identify", "signet.profile.identified"), ("i", "signet.profile.identified"),
     ("track", "signet.event.tracked"), ("t", "signet.event.tracked"),
     ("page", "signet.page.viewed"), ("p", "signet.page.viewed"),
     ("screen", "signet.screen.viewed"), ("s", "signet.screen.viewed"),
     ("group", "signet.group.joined"), ("g", "signet.group.joined"),
     ("alias", "signet.profile.aliased"), ("a", "signet.profile.aliased")],
)  # fmt: skip
def test_single_call_gets_its_type_from_the_path(world: World, name: str, kind: str) -> None:
    """Browser clients leave the type to the path, also in its one-letter form."""
    answer = world.call("POST", f"/v1/{name}", {"userId": "u1", "event": "x", "previousId": "u0"})

    assert 200 == answer.status
    assert [kind] == [event.type for event in world.work.events]


def test_gzip_is_read_under_a_wrong_content_type(world: World) -> None:
    """RudderStack's Node client labels compressed JSON as a form."""
    raw = gzip.compress(json.dumps({"batch": [TRACK]}).encode())
    headers = {"content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip"}

    answer = world.call("POST", "/v1/batch", raw, headers=headers)

    assert 200 == answer.status
    assert 1 == len(world.work.events)


def test_gzip_bomb_is_refused(world: World) -> None:
    """A little that swells to a lot is not read to its end."""
    answer = world.call("POST", "/v1/batch", gzip.compress(b"0" * 30_000_000))

    assert 415 == answer.status


def test_key_in_the_body_is_enough(world: World) -> None:
    """The browser client may come without an authorization header."""
    answer = world.call("POST", "/v1/t", {**TRACK, "writeKey": "demo"}, key=None)

    assert 200 == answer.status


@pytest.mark.parametrize("key", [None, "nobody"])
def test_unknown_key_is_401_with_code_and_message(world: World, key: str | None) -> None:
    """RudderStack's Python client raises KeyError on errors without these two members."""
    answer = world.call("POST", "/v1/batch", {"batch": [TRACK]}, key=key)

    assert 401 == answer.status
    assert "application/problem+json" == answer.headers["content-type"]
    assert {"code", "message", "type", "title", "status", "detail"} <= set(answer.json)
    assert not world.work.items


def test_role_without_the_right_is_403(world: World) -> None:
    """An analyst's key writes no events."""
    answer = world.call("POST", "/v1/batch", {"batch": [TRACK]}, key="local-analyst")

    assert 403 == answer.status


def test_reading_a_batch_path_is_405(world: World) -> None:
    """A client that followed a redirect with an empty GET must not hear a yes."""
    answer = world.call("GET", "/v1/batch")

    assert (405, "POST") == (answer.status, answer.headers["allow"])


def test_bad_call_fails_alone(world: World) -> None:
    """One bad call never fails its batch."""
    bad: list[Any] = [
        {"type": "dance"}, 7, {"type": "track", "event": "x"},
        {**TRACK, "properties": {"a": "\x00"}}, {**TRACK, "properties": {"a": "\ud800"}},
    ]  # fmt: skip

    answer = world.call("POST", "/v1/batch", json.dumps({"batch": [*bad, TRACK]}))

    assert 200 == answer.status
    assert ["m1"] == [event.id for event in world.work.events]


def test_bad_single_call_is_400_naming_the_field(world: World) -> None:
    """A single bad call has nobody to protect, so its client is told."""
    answer = world.call("POST", "/v1/track", {"userId": "u1"})

    assert (400, "rejected", "event") == (
        answer.status, answer.json["code"], answer.json["errors"][0]["field"],
    )  # fmt: skip


@pytest.mark.parametrize("raw", ["", "{", "[1", "null", '{"batch": 1}', '{"a":1,"a":2}', "NaN"])
def test_broken_body_is_400(world: World, raw: str) -> None:
    """What is no batch at all is refused as a whole."""
    answer = world.call("POST", "/v1/batch", raw)

    assert 400 == answer.status


def test_huge_body_is_413(world: World) -> None:
    """Above the gateway's own bound nothing is parsed."""
    answer = world.call("POST", "/v1/batch", "x" * 4_400_001)

    assert 413 == answer.status


def test_queue_failure_is_503_with_retry_after(world: World) -> None:
    """A yes means durable; without the queue there is no yes."""
    world.work.refuses = True

    answer = world.call("POST", "/v1/batch", {"batch": [TRACK]})

    assert (503, "1") == (answer.status, answer.headers["retry-after"])


def test_hundreds_of_calls_travel_in_few_packs(world: World) -> None:
    """Queue messages are the unit of cost."""
    batch = [{**TRACK, "messageId": str(n)} for n in range(250)]

    world.call("POST", "/v1/batch", {"batch": batch})

    assert [100, 100, 50] == [len(item.events) for item in world.work.items]  # type: ignore[attr-defined]


def test_repeated_batch_has_the_same_keys(world: World) -> None:
    """Without message ids, the content makes the id, so that a repeat is seen."""
    body = {"batch": [{"type": "track", "event": "x", "userId": "u"}], "sentAt": "2026-03-01"}

    world.call("POST", "/v1/batch", body)
    world.call("POST", "/v1/batch", {**body, "sentAt": "2026-03-02"})

    assert 1 == len({event.key for event in world.work.events})


def test_clock_of_the_client_is_corrected(world: World) -> None:
    """A client whose clock is an hour fast told its time of sending too."""
    body = {"batch": [{**TRACK, "timestamp": "2026-03-01T12:59:00Z"}],
            "sentAt": "2026-03-01T13:00:00Z"}  # fmt: skip

    world.call("POST", "/v1/batch", body)

    assert "2026-03-01T11:59:00+00:00" == world.work.events[0].occurred_at.isoformat()


def test_far_future_happened_now(world: World) -> None:
    """More than a day ahead is an error of the clock; the past may be as old as it likes."""
    late = {**TRACK, "timestamp": "2031-01-01T00:00:00Z"}
    early = {**TRACK, "timestamp": "1997-01-01T00:00:00Z"}

    world.call("POST", "/v1/batch", {"batch": [late, early]})

    assert [NOW, 1997] == [
        world.work.events[0].occurred_at, world.work.events[1].occurred_at.year,
    ]  # fmt: skip


def test_browser_clients_find_their_settings(world: World) -> None:
    """Both browser clients ask for a configuration that sends them back to us."""
    settings = world.call("GET", "/v1/projects/demo/settings", key=None)
    config = world.call("GET", "/sourceConfig", key=None, query={"writeKey": "demo"})

    assert "api.example.org/v1" == settings.json["integrations"]["Segment.io"]["apiHost"]
    assert (True, []) == (config.json["source"]["enabled"], config.json["source"]["destinations"])
    assert 404 == world.call("GET", "/v1/projects/nope/settings", key=None).status


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_browser_clients_stay_with_their_scheme(world: World, scheme: str) -> None:
    """The gateway says by which scheme it was reached, and clients are sent to that one."""
    headers = {"x-forwarded-proto": scheme}
    settings = world.call("GET", "/v1/projects/demo/settings", key=None, headers=headers).json
    query = {"writeKey": "demo"}
    config = world.call("GET", "/sourceConfig", key=None, headers=headers, query=query).json

    assert scheme == settings["integrations"]["Segment.io"]["protocol"]
    assert config["source"]["dataplanes"]["default"][0]["url"].startswith(f"{scheme}://")


def test_unknown_path_is_404(world: World) -> None:
    """What is not there is a problem, never a redirect."""
    assert 404 == world.call("POST", "/v1/batches", {}).status
