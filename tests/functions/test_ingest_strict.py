"""The contract's words at the ingest door, and refusals that say what is wrong."""

import base64
from typing import Any

import pytest

from signet.domain.source import FieldMapping, Source
from tests.functions.ingest_world import World

OWNER = "local-owner"
MESSAGE: dict[str, Any] = {"template": "welcome", "to": {"email": "ada@example.org"}}
EVENT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.done",
         "subject": "u1"}  # fmt: skip
STRUCTURED = {"content_type": "application/cloudevents+json"}
ADDRESS = {"address": "ada@example.org"}


@pytest.fixture
def world() -> World:
    """Make a world with a registered source."""
    world = World()
    world.rows.sources[("main", "crm")] = Source(
        workspace="main", name="crm", kind="crm", mapping=FieldMapping()
    )
    return world


def post(world: World, path: str, body: object, **headers: str) -> Any:
    """Post as the owner; underscores in header names become dashes."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.call("POST", path, body, key=OWNER, headers=given)


@pytest.mark.parametrize(
    ("change", "status"),
    [({"purpose": "service"}, 202), ({"purpose": "marketing", "topic": "news"}, 202),
     ({"purpose": None}, 202), ({"purpose": "marketing"}, 400),
     ({"purpose": "service", "topic": "news"}, 400), ({"purpose": "fun"}, 400)],
)  # fmt: skip
def test_purpose_says_what_the_topic_says(
    world: World, change: dict[str, Any], status: int
) -> None:
    """A message without a topic is service, one with a topic is marketing."""
    answer = post(world, "/v1/messages", MESSAGE | change)

    assert status == answer.status
    assert {"purpose"} == {f["field"] for f in answer.json.get("errors", [{"field": "purpose"}])}
    assert (status == 202) == bool(world.rows.messages)


def test_key_of_an_older_version_still_names_its_request(world: World) -> None:
    """A field that nobody says leaves the fingerprint of a body as it was."""
    plain = post(world, "/v1/messages", MESSAGE, idempotency_key="k")
    (row,) = world.rows.messages.values()
    known = (
        '{"channel": "email", "data": {}, "message_class": "once", "template": "welcome", "to": '
        '{"email": "ada@example.org", "external_id": null, "phone": null, "profile_id": null}, '
        '"topic": null}'
    )

    assert world.sealer.handle("main", "fingerprint", known) == row.fingerprint
    assert plain.json == post(world, "/v1/messages", MESSAGE, idempotency_key="k").json


def test_suppression_has_the_scope_that_was_asked_for(world: World) -> None:
    """The scope and the topic of the request are those of the answer and of the row."""
    plain = post(world, "/v1/suppressions", {"address": "b@example.org", "scope": "address"})
    answer = post(world, "/v1/suppressions", ADDRESS | {"scope": "topic", "topic": "news"})
    first, kept = world.rows.suppressed

    assert (201, "topic", "news") == (answer.status, answer.json["scope"], answer.json["topic"])
    assert ("topic", "news") == (kept.scope, kept.topic)
    assert ("address", None) == (first.scope, first.topic)
    assert (201, "address") == (plain.status, plain.json["scope"])


@pytest.mark.parametrize(
    ("change", "field"),
    [({"scope": "topic"}, "topic"), ({"topic": "news"}, "topic"), ({"scope": "all"}, "scope"),
     ({"scope": "address", "topic": "news"}, "topic"), ({"scope": "topic", "topic": ""}, "topic")],
)  # fmt: skip
def test_scope_and_topic_belong_together(world: World, change: dict[str, Any], field: str) -> None:
    """A suppression for one topic names it, and one of an address names none."""
    answer = post(world, "/v1/suppressions", ADDRESS | change)

    assert (400, [field]) == (answer.status, [fault["field"] for fault in answer.json["errors"]])


@pytest.mark.parametrize(
    ("path", "named"),
    [("/v1/messages", ["application/json"]),
     ("/v1/events", ["application/json", "application/cloudevents+json",
                     "application/cloudevents-batch+json"]),
     ("/v1/sources/crm", ["application/json", "application/x-www-form-urlencoded",
                          "multipart/form-data"])],
)  # fmt: skip
def test_refused_content_type_learns_which_are_taken(
    world: World, path: str, named: list[str]
) -> None:
    """Each route names the content types that it takes, and no others."""
    answer = post(world, path, b"<a/>", content_type="application/xml")
    told = answer.json["detail"].removeprefix("content-type: must be ")

    assert (415, "content-type") == (answer.status, answer.json["errors"][0]["field"])
    assert named == told.replace(" or ", ", ").split(", ")


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-16", 'application/json; charset="UTF-16"',
     "application/json;charset=iso-8859-1", "text/plain; charset=windows-1252"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/events", "/v1/sources/crm"])
def test_other_charset_is_415(world: World, path: str, content_type: str) -> None:
    """A body is read as UTF-8, so a header that says otherwise is refused."""
    answer = post(world, path, {"email": "ada@example.org"}, content_type=content_type)

    assert (415, "content-type") == (answer.status, answer.json["errors"][0]["field"])


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16"])
def test_form_in_another_charset_is_415(world: World, charset: str) -> None:
    """A form's letters would come out as others."""
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    answer = post(world, "/v1/sources/crm", b"email=a%40b.example", content_type=content_type)

    assert 415 == answer.status


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8", "us-ascii"])
def test_charset_of_utf8_is_taken(world: World, charset: str) -> None:
    """What is UTF-8 by another name is UTF-8."""
    content_type = f"application/json; charset={charset}"

    assert 202 == post(world, "/v1/messages", MESSAGE, content_type=content_type).status


def test_tracking_client_may_call_its_body_what_it_likes(world: World) -> None:
    """Clients of others do, and their calls are UTF-8 all the same."""
    headers = {"content-type": "text/plain; charset=utf-16"}
    body = {"userId": "u", "event": "Came"}

    assert 200 == world.call("POST", "/v1/track", body, headers=headers).status


@pytest.mark.parametrize("key", ["a b", "a,b", '"q', "a\\b"])
def test_refused_key_learns_what_is_wrong_with_it(world: World, key: str) -> None:
    """A key of printable letters is not told to consist of printable letters."""
    message = post(world, "/v1/messages", MESSAGE, idempotency_key=key).json["errors"][0]["message"]

    assert all(word in message for word in ("spaces", "commas", "quotes", "backslashes", '"a b"'))


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/messages", b'{"n": 1e999}'), ("/v1/messages", b'{"n": NaN}'), ("/v1/messages", b"{"),
     ("/v1/messages", b"\xff"), ("/v1/messages", b"[" * 5000), ("/v1/events", b"[]"),
     ("/v1/events", b"[" + b"{}," * 100 + b"{}]"), ("/v1/sources/crm", b"[]"),
     ("/v1/sources/crm", b"7"), ("/v1/messages", b"9" * 5000), ("/v1/messages", b"\x1f\x8bxx"),
     ("/v1/messages", b"x" * 300_000)],
)  # fmt: skip
def test_refused_body_is_named_in_the_errors(world: World, path: str, body: bytes) -> None:
    """Every refusal of a whole body has an entry for it."""
    answer = post(world, path, body)

    assert ["body"] == [fault["field"] for fault in answer.json["errors"]]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/suppressions"),
                                              ("POST", "/v1/suppressions"),
                                              ("POST", "/v1/messages")])  # fmt: skip
def test_missing_body_is_called_missing(world: World, method: str, path: str) -> None:
    """Nothing is not broken JSON."""
    answer = world.call(method, path, key=OWNER)

    assert (400, "body: is missing; it must be JSON") == (answer.status, answer.json["detail"])


@pytest.mark.parametrize(
    ("change", "field"),
    [({"data_base64": "!!"}, "data_base64"), ({"data_base64": "YQ"}, "data_base64"),
     ({"data_base64": 7}, "data_base64"), ({"data_base64": None}, "data_base64"),
     ({"data": {"a": 1}, "data_base64": "YQ=="}, "data_base64"),
     ({"subject": "x" * 1025}, "subject"),
     ({"subject": "x" * 5000, "data": {"email": "a@b.example"}}, "subject"),
     ({"data": {"userId": "x" * 1025}}, "data.external_id"),
     ({"data": {"identifiers": {"external_id": "x" * 1025}}}, "data.identifiers.external_id")],
)  # fmt: skip
def test_event_that_cannot_be_kept_is_400(world: World, change: dict[str, Any], field: str) -> None:
    """Broken base64, and identifiers longer than a tracking client's may be, are refused."""
    answer = post(world, "/v1/events", EVENT | change, **STRUCTURED)

    assert (400, [field]) == (answer.status, [fault["field"] for fault in answer.json["errors"]])
    assert not world.work.items


def test_event_with_bytes_is_taken(world: World) -> None:
    """Bytes are kept as base64; a subject may be as long as a client's own id."""
    data = base64.b64encode(b"\x00\xff").decode()
    event = EVENT | {"data_base64": data, "subject": "x" * 1024}

    assert 202 == post(world, "/v1/events", event, **STRUCTURED).status
    assert {"data": data} == world.work.events[0].properties


def test_long_identifier_of_a_source_is_400(world: World) -> None:
    """A webhook's id of a person has the bound of all the others."""
    answer = post(world, "/v1/sources/crm", {"user_id": "x" * 1025})

    assert (400, "external_id") == (answer.status, answer.json["errors"][0]["field"])


def test_fault_of_a_recipient_is_told_in_words_of_json(world: World) -> None:
    """The caller does not know our classes."""
    answer = post(world, "/v1/messages", MESSAGE | {"to": "ada@example.org"})

    assert "to: must be an object" == answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/suppressions", ADDRESS),
     ("/v1/profiles/p1/consents", {"topic": "news", "status": "granted"})],
)  # fmt: skip
def test_repeated_answer_is_the_first_one_to_the_byte(
    world: World, path: str, body: dict[str, Any]
) -> None:
    """What is kept for a key comes back with its fields in the same order."""
    plain = post(world, path, body)
    first, again = (post(world, path, body, idempotency_key="k") for _ in range(2))

    assert (201, first.body) == (again.status, again.body)
    assert list(plain.json) == list(first.json)
