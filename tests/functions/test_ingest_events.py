"""CloudEvents in their three modes, and registered sources."""

import json
from typing import Any

import pytest

from signet.domain.source import FieldMapping, Source
from tests.functions.ingest_world import World

EVENT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.done",
         "subject": "u1", "time": "2026-03-01T11:00:00Z", "data": {"total": 12.5}}  # fmt: skip
STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}


@pytest.fixture
def world() -> World:
    """Make a world with a registered form."""
    world = World()
    mapping = FieldMapping(email="answers[0].mail", traits={"city": "answers[0].town"})
    for name, kind in (("quiz", "crm"), ("form", "web_form")):
        used = mapping if name == "quiz" else FieldMapping()
        source = Source(workspace="main", name=name, kind=kind, mapping=used)  # type: ignore[arg-type]
        world.rows.sources[("main", name)] = source
    return world


def test_structured_event_is_accepted(world: World) -> None:
    """The whole event is in the body; type is the name campaigns listen to."""
    answer = world.call("POST", "/v1/events", EVENT, headers=STRUCTURED)
    event = world.work.events[0]

    assert (202, {"ids": ["e1"]}) == (answer.status, answer.json)
    assert ("order.done", "u1", {"total": 12.5}) == (
        event.name, event.identifiers.external_id, event.properties,
    )  # fmt: skip


def test_binary_event_is_accepted(world: World) -> None:
    """The attributes are in headers, percent-encoded."""
    headers = {"ce-id": "e%201", "ce-source": "/shop", "ce-type": "t", "ce-specversion": "1.0",
               "ce-subject": "%C3%A4", "content-type": "application/json"}  # fmt: skip

    answer = world.call("POST", "/v1/events", {"a": 1}, headers=headers)

    assert (202, {"ids": ["e 1"]}) == (answer.status, answer.json)
    assert "ä" == world.work.events[0].identifiers.external_id


def test_batched_events_are_accepted(world: World) -> None:
    """We cut the list ourselves, because the library cannot."""
    batch = [EVENT, {**EVENT, "id": "e2"}]

    answer = world.call(
        "POST", "/v1/events", batch, headers={"content-type": "application/cloudevents-batch+json"}
    )

    assert {"ids": ["e1", "e2"]} == answer.json


@pytest.mark.parametrize("name", ["id", "source", "type", "specversion"])
def test_missing_attribute_is_named(world: World, name: str) -> None:
    """An invented id would defeat the recognition of repeats."""
    body = {key: value for key, value in EVENT.items() if key != name}

    answer = world.call("POST", "/v1/events", body, headers=STRUCTURED)

    assert (400, name) == (answer.status, answer.json["errors"][0]["field"])


def test_missing_header_is_named(world: World) -> None:
    """Binary mode has the same demand."""
    headers = {"ce-source": "/shop", "ce-type": "t", "ce-specversion": "1.0"}

    answer = world.call("POST", "/v1/events", {}, headers=headers)

    assert (400, "id") == (answer.status, answer.json["errors"][0]["field"])


@pytest.mark.parametrize(
    "change",
    [{"time": "2026-02-27T11:00:00Z"}, {"time": "2026-03-03T11:00:00Z"}, {"time": "soon"},
     {"time": 7}, {"subject": None}, {"id": "x" * 300}, {"data": {"email": "a@b.example, c@d"}},
     {"data": {"n": 2**53 + 1}}, {"Bad-Name": "x"}, {"specversion": "0.3"}, {"id": ""}],
)  # fmt: skip
def test_bad_event_is_400(world: World, change: dict[str, Any]) -> None:
    """Times beyond a day, nobody, two mailboxes, huge numbers: each refused, none crashes."""
    answer = world.call("POST", "/v1/events", {**EVENT, **change}, headers=STRUCTURED)

    assert 400 == answer.status, answer.body
    assert not world.work.items


def test_our_shape_carries_traits(world: World) -> None:
    """Data in our own shape names the person and tells about them."""
    data = {"identifiers": {"email": "ada@example.org"}, "traits": {"plan": "pro"}}

    world.call("POST", "/v1/events", {**EVENT, "data": data}, headers=STRUCTURED)
    event = world.work.events[0]

    assert ("ada@example.org", {"plan": "pro"}) == (event.identifiers.email, event.traits)


def test_body_beyond_256_kilobytes_is_413(world: World) -> None:
    """Our own paths are stricter than those of tracking clients."""
    assert 413 == world.call("POST", "/v1/events", "x" * 262_145).status


def test_webhook_is_read_by_its_mapping(world: World) -> None:
    """Expressions lead to the person and the traits."""
    body = {"answers": [{"mail": "ada@example.org", "town": "Turin"}], "id": 17}

    answer = world.call("POST", "/v1/sources/quiz", body)
    event = world.work.events[0]

    assert (202, {"ids": ["17"], "quarantined": 0}) == (answer.status, answer.json)
    assert "source:quiz" == event.source
    assert {"email": "ada@example.org", "city": "Turin"} == event.traits


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [("application/x-www-form-urlencoded", b"email=ada%40example.org&name=Ad%C3%A4"),
     ("multipart/form-data; boundary=b",
      (b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nada@example.org\r\n'
       b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAd\xc3\xa4\r\n--b--\r\n'))],
)  # fmt: skip
def test_form_is_read(world: World, content_type: str, raw: bytes) -> None:
    """Browsers get a page, and forms arrive in two encodings."""
    headers = {"content-type": content_type, "accept": "text/html,*/*"}

    answer = world.call("POST", "/v1/sources/form", raw, headers=headers)
    thanks = world.call("GET", answer.headers["location"], key=None)

    assert (303, 200) == (answer.status, thanks.status)
    assert {"email": "ada@example.org", "name": "Adä"} == world.work.events[0].traits


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [("application/x-www-form-urlencoded", b"email=%ff"),
     ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(300))),
     ("application/x-www-form-urlencoded", b"email=a%40b.example&x=%00"),
     ("multipart/form-data", b"nothing"), ("multipart/form-data; boundary=x", b"--y"),
     ("application/json", b"[]"), ("application/json", b'{"name": "nobody"}'),
     ("application/json", b'{"email": "x <a@b.example>"}')],
)  # fmt: skip
def test_bad_payload_is_400(world: World, content_type: str, raw: bytes) -> None:
    """A damaged form or a payload about nobody is the sender's error."""
    answer = world.call("POST", "/v1/sources/form", raw, headers={"content-type": content_type})

    assert 400 == answer.status, answer.body


def test_unregistered_source_is_404(world: World) -> None:
    """Only registered sources are read; a name that cannot be one is refused."""
    body = {"email": "ada@example.org"}

    assert 404 == world.call("POST", "/v1/sources/nope", body).status
    assert 404 == world.call("POST", "/v1/sources/quiz", body, key="local-other-owner").status
    assert 400 == world.call("POST", "/v1/sources/..", body).status
    assert 400 == world.call("POST", "/v1/sources/%2e%2e", body).status


def test_plain_json_names_what_a_cloudevent_needs(world: World) -> None:
    """Somebody who posts any JSON learns what is missing."""
    answer = world.call("POST", "/v1/events", json.dumps({"hello": 1}))

    assert {"id", "source", "type", "specversion"} == {e["field"] for e in answer.json["errors"]}
