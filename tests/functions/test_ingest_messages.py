"""Transactional messages, consents, suppressions and what recipients do."""

import base64
from typing import Any

import pytest

from signet.domain.message import Message
from signet.domain.work import NoteEngagement
from tests.functions.ingest_world import NOW, World

BODY: dict[str, Any] = {"template": "welcome", "to": {"email": "Ada@Example.org"}, "data": {"n": 1}}
OWNER = "local-owner"


@pytest.fixture
def world() -> World:
    """Make a fresh world."""
    return World()


def send(world: World, body: object = None, key: str | None = "k-1", **options: Any) -> Any:
    """Ask for a message."""
    headers = {"idempotency-key": key} if key else {}
    return world.call(
        "POST", "/v1/messages", body or BODY, key=options.get("by", OWNER), headers=headers
    )


def test_message_is_planned_and_asked_for(world: World) -> None:
    """The row is there before the caller hears a yes; the work names it."""
    answer = send(world)
    event = world.work.events[0]

    assert (202, "planned") == (answer.status, answer.json["status"])
    assert answer.json["id"] == event.properties["message_id"]
    assert "Ada@Example.org" == event.identifiers.email
    assert "ada" not in str(world.rows.messages).lower()


def test_same_key_and_body_give_the_same_message(world: World) -> None:
    """The key is the event id from which the message id is derived, for ever."""
    first, second = send(world), send(world, key='"k-1"')

    assert first.json == second.json
    assert 1 == len(world.rows.messages)
    assert 1 == len({event.key for event in world.work.events})


@pytest.mark.parametrize(
    "change", [{"data": {"n": 2}}, {"to": {"email": "b@example.org"}}, {"topic": "news"}]
)
def test_same_key_and_other_body_are_422(world: World, change: dict[str, Any]) -> None:
    """A key names one request; another body under it changes nothing."""
    send(world)

    answer = send(world, {**BODY, **change})

    assert (422, 1, 1) == (answer.status, len(world.rows.messages), len(world.work.events))


def test_calls_without_a_key_are_two_messages(world: World) -> None:
    """Without a key nobody said that it is the same request."""
    send(world, key=None)
    send(world, key=None)

    assert 2 == len(world.rows.messages)


def test_settled_message_is_not_asked_for_again(world: World) -> None:
    """A repeat after the message went hears its status and causes nothing."""
    first = send(world)
    place = ("main", first.json["id"])
    world.rows.messages[place] = world.rows.messages[place].model_copy(update={"status": "sent"})

    answer = send(world)

    assert ({"id": first.json["id"], "status": "sent"}, 1) == (answer.json, len(world.work.events))


@pytest.mark.parametrize(
    "key", ["", " ", "a b", '"open', 'a"b', "x" * 256, "é", "a,b", '""', "\x01"]
)
def test_malformed_key_is_400(world: World, key: str) -> None:
    """A key that could be read in two ways is no key."""
    headers = {"idempotency-key": key}

    answer = world.call("POST", "/v1/messages", BODY, key=OWNER, headers=headers)

    assert (400, "Idempotency-Key") == (answer.status, answer.json["errors"][0]["field"])


@pytest.mark.parametrize(
    ("change", "field"),
    [({"workspace": "other"}, "workspace"), ({"status": "sent"}, "status"), ({"epoch": 3}, "epoch"),
     ({"to": {"email": "a@b.example, c@d.example"}}, "to.email"),
     ({"to": {"email": '"x" <a@b.example>'}}, "to.email"),
     ({"to": {"email": "a@b.example\r\nBcc: c@d.example"}}, "to.email"),
     ({"to": {"email": "=?utf-8?q?a?=@b.example"}}, "to.email"),
     ({"to": {}}, "to"), ({"to": {"email": "a@b.example", "profile_id": "p1"}}, "to"),
     ({"to": {"profile_id": "../x"}}, "to.profile_id"),
     ({"to": {"profile_id": "a#b"}}, "to.profile_id"),
     ({"to": {"phone": "0123"}}, "to.phone"), ({"to": {"phone": "+447700900123"}}, "to.phone"),
     ({"to": {"phone": "+19005550123"}}, "to.phone"),
     ({"to": {"phone": "+881631512345"}}, "to.phone"), ({"to": {"phone": "+44112"}}, "to.phone"),
     ({"template": "No Such"}, "template"),
     ({"channel": "fax"}, "channel")],
)  # fmt: skip
def test_bad_request_is_400_naming_the_field(
    world: World, change: dict[str, Any], field: str
) -> None:
    """Unknown fields, second mailboxes, costly numbers and odd ids never come in."""
    answer = send(world, {**BODY, **change})

    assert (400, field) == (answer.status, answer.json["errors"][0]["field"])
    assert not world.rows.messages


@pytest.mark.parametrize(
    ("change", "field"),
    [({"template": "gone"}, "template"), ({"to": {"profile_id": "p9"}}, "to.profile_id")],
)
def test_request_that_does_not_fit_is_422(world: World, change: dict[str, Any], field: str) -> None:
    """A template without an active version, or nobody there, is told at once."""
    answer = send(world, {**BODY, **change})

    assert (422, field) == (answer.status, answer.json["errors"][0]["field"])


def test_write_key_sends_no_messages(world: World) -> None:
    """The key that stands in web pages must not be able to write to people."""
    assert 403 == send(world, by="demo").status


def test_consent_is_recorded_with_the_present_moment(world: World) -> None:
    """The receipt says what is in force."""
    body = {"channel": "email", "topic": "news", "status": "granted", "evidence": "form 7"}

    answer = world.call("POST", "/v1/profiles/p1/consents", body, key=OWNER)

    assert 201 == answer.status
    assert {"id", "topic", "status", "at"} <= set(answer.json)
    assert NOW == world.rows.consents[0][2].at


@pytest.mark.parametrize(
    ("profile", "key", "change", "status"),
    [("p9", OWNER, {}, 404), ("p1", "local-other-owner", {}, 404), ("a%23b", OWNER, {}, 400),
     ("p1", OWNER, {"at": "2026-01-01T00:00:00Z"}, 400), ("p1", "local-analyst", {}, 403),
     ("p1", OWNER, {"status": "maybe"}, 400), ("p1", None, {}, 401)],
)  # fmt: skip
def test_consent_is_refused(
    world: World, profile: str, key: str | None, change: dict[str, Any], status: int
) -> None:
    """Another workspace's person is answered exactly like nobody."""
    body = {"topic": "news", "status": "granted", **change}

    assert status == world.call("POST", f"/v1/profiles/{profile}/consents", body, key=key).status


def test_suppression_comes_and_goes(world: World) -> None:
    """The address is found again whatever its letters' case; the answer does not repeat it."""
    made = world.call("POST", "/v1/suppressions", {"address": "Ada@example.org"}, key=OWNER)
    gone = world.call("DELETE", "/v1/suppressions", {"address": "ada@EXAMPLE.org"}, key=OWNER)
    again = world.call("DELETE", "/v1/suppressions", {"address": "ada@example.org"}, key=OWNER)

    assert (201, 204, 404) == (made.status, gone.status, again.status)
    assert "ada" not in made.body.lower()


def test_repeated_post_hears_the_first_answer(world: World) -> None:
    """The same key and body are answered from memory; another body is refused."""
    headers = {"idempotency-key": "s1"}
    body = {"address": "ada@example.org"}
    first = world.call("POST", "/v1/suppressions", body, key=OWNER, headers=headers)
    second = world.call("POST", "/v1/suppressions", body, key=OWNER, headers=headers)
    other = {"address": "bob@example.org"}
    third = world.call("POST", "/v1/suppressions", other, key=OWNER, headers=headers)

    assert first.json == second.json
    assert 422 == third.status


def planned(world: World, **fields: Any) -> str:
    """Put a message into the ledger and give its id."""
    message = Message(workspace="main", id="m1", template="welcome", planned_at=NOW, **fields)
    world.rows.messages[("main", "m1")] = message
    return "m1"


def test_open_gives_a_picture_and_is_noted(world: World) -> None:
    """The picture is never cached, so that a later opening is asked for as well."""
    token = world.links.token("open", workspace="main", message_id="m1")

    answer = world.call("GET", f"/t/o/{token}", key=None)

    assert (200, "image/gif", "no-store") == (
        answer.status, answer.headers["content-type"], answer.headers["cache-control"],
    )  # fmt: skip
    assert base64.b64decode(answer.body).startswith(b"GIF89a")
    assert [("m1", "opened")] == [
        (item.message_id, item.engagement)
        for item in world.engagement.items
        if isinstance(item, NoteEngagement)
    ]


def test_click_leads_on_even_without_the_queue(world: World) -> None:
    """A person who clicks gets where the link leads."""
    url = "https://shop.example/?a=1#b"
    token = world.links.token("click", workspace="main", message_id="m1", url=url)
    world.engagement.refuses = True

    answer = world.call("GET", f"/t/c/{token}", key=None)

    assert (302, url) == (answer.status, answer.headers["location"])


@pytest.mark.parametrize("path", ["/t/o/", "/t/c/", "/u/"])
def test_altered_token_is_404(world: World, path: str) -> None:
    """A forged or altered token, or one of another kind, says nothing."""
    token = world.links.token("preferences", workspace="main", message_id="m1")

    assert 404 == world.call("GET", path + token, key=None).status
    assert 404 == world.call("GET", path + "AAAA", key=None).status
    assert not world.engagement.items


def test_unsubscribe_page_changes_nothing(world: World) -> None:
    """Scanners follow links; only the button unsubscribes."""
    planned(world, topic="news", profile_id="p1")
    token = world.links.token("unsubscribe", workspace="main", message_id="m1")

    answer = world.call("GET", f"/u/{token}", key=None)

    assert 200 == answer.status
    assert 'method="post"' in answer.body
    assert not world.rows.consents


def test_one_click_withdraws_the_topic(world: World) -> None:
    """The mail program's single POST is enough, and a second one is answered the same."""
    planned(world, topic="news", profile_id="p1")
    token = world.links.token("unsubscribe", workspace="main", message_id="m1")
    form = {"content-type": "application/x-www-form-urlencoded"}
    raw = b"List-Unsubscribe=One-Click"

    answers = [world.call("POST", f"/u/{token}", raw, key=None, headers=form) for _ in range(2)]

    assert [200, 200] == [answer.status for answer in answers]
    assert {("p1", "news", "withdrawn")} == {
        (profile, consent.topic, consent.status) for _, profile, consent in world.rows.consents
    }


def test_one_click_on_a_service_message_suppresses_the_address(world: World) -> None:
    """Without a topic there is no consent to withdraw, so the address is suppressed."""
    planned(world, recipient="handle-1")
    token = world.links.token("unsubscribe", workspace="main", message_id="m1")

    answer = world.call("POST", f"/u/{token}", "List-Unsubscribe=One-Click", key=None)

    assert 200 == answer.status
    (kept,) = world.rows.suppressed
    assert ("handle-1", "unsubscribed", "address") == (kept.handle, kept.reason, kept.scope)


def test_wrong_one_click_body_is_400(world: World) -> None:
    """A POST that does not say so is not an unsubscription."""
    planned(world, topic="news", profile_id="p1")
    token = world.links.token("unsubscribe", workspace="main", message_id="m1")

    assert 400 == world.call("POST", f"/u/{token}", "hello=1", key=None).status
    assert not world.rows.consents
