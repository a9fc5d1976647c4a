"""Words at the door, and the receipts they leave."""

from datetime import datetime
from typing import Any

import pytest

from signet.domain.receipt import Receipt
from signet.domain.work import ApplyEvents
from tests.functions.consents import NEWS, furnished, later, receipts, say, word
from tests.functions.ingest_world import NOW, World
from tests.functions.test_ingest_messages import planned


@pytest.fixture
def world() -> World:
    """Make a world whose workspace has a policy with double opt-in."""
    return furnished()


def test_a_receipt_tells_every_field(world: World) -> None:
    """Who is responsible, what was seen, how it was collected, who recorded it, until when."""
    said = {
        "channel": "email", "topic": "news", "basis": "consent", "wording_version": "w3",
        "wording_hash": "ab" * 32, "language": "de-AT", "method": "web_form",
        "jurisdiction": "AT-9", "source": "shop", "evidence": "ticked",
    }  # fmt: skip
    answer = say(world, {**said, "status": "granted", "expires_at": "2026-04-01T02:00:00+02:00"})
    shown = answer.json

    assert 201 == answer.status
    assert {n: v for n, v in said.items() if n != "evidence"} == {
        name: shown[name] for name in said if name != "evidence"
    }
    assert ("granted", "given", "p1", "k2", "Quiet Kitchen Ltd") == tuple(
        shown[name] for name in ("status", "event", "profile_id", "actor", "controller")
    )
    assert "2026-04-01T00:00:00Z" == shown["expires_at"]
    kept = {n: v for n, v in shown.items() if n != "status"} | {"evidence": "ticked"}
    assert [Receipt.model_validate(kept)] == receipts(world)
    assert "evidence" not in shown
    assert shown["evidence_hash"] not in {"", "ticked"}


def test_a_grant_over_a_good_grant_is_renewed(world: World) -> None:
    """A withdrawal ends that: the next grant is given anew."""
    events = []
    for status in ("granted", "granted", "withdrawn", "granted"):
        later(world, minutes=1)
        events.append(say(world, {"topic": "news", "status": status}).json["event"])

    assert ["given", "renewed", "withdrawn", "given"] == events
    assert events == [one.event for one in receipts(world)]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"wording_hash": "AB" * 32}, "wording_hash"), ({"wording_hash": "ab"}, "wording_hash"),
     ({"language": "Deutsch!"}, "language"), ({"language": ["de"]}, "language"),
     ({"jurisdiction": "Austria"}, "jurisdiction"), ({"jurisdiction": "at"}, "jurisdiction"),
     ({"method": "x" * 65}, "method"), ({"method": None}, "method"),
     ({"expires_at": "soon"}, "expires_at"), ({"expires_at": "2026-04-01T00:00:00"}, "expires_at"),
     ({"expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at"),
     ({"expires_at": 1e300}, "expires_at"), ({"status": "expired"}, "status"),
     ({"status": "withdrawn", "expires_at": "2027-01-01T00:00:00Z"}, "expires_at"),
     ({"controller": "me"}, "controller"), ({"actor": "me"}, "actor"),
     ({"event": "given"}, "event"),
     ({"confirms": "x"}, "confirms")],
)  # fmt: skip
def test_a_bad_field_is_400_by_its_name(world: World, change: dict[str, Any], field: str) -> None:
    """What a receipt says is checked before anything is written."""
    answer = say(world, {**NEWS, **change})

    assert (400, field) == (answer.status, answer.json["errors"][0]["field"])
    assert not receipts(world)


@pytest.mark.parametrize("status", ["granted", "pending"])
def test_a_consent_that_has_ended_already_is_422(world: World, status: str) -> None:
    """Nobody allows something until yesterday."""
    answer = say(world, {**NEWS, "status": status, "expires_at": NOW.isoformat()})

    assert (422, "expires_at") == (answer.status, answer.json["errors"][0]["field"])
    assert not receipts(world)


def test_one_click_leaves_one_receipt_with_its_controller(world: World) -> None:
    """A second click on the same link says nothing new; a grant in between makes it a new no."""
    planned(world, topic="news", profile_id="p1")
    token = world.links.token("unsubscribe", workspace="main", message_id="m1")
    form = {"content-type": "application/x-www-form-urlencoded"}
    events: list[list[str]] = []
    for again in (False, False, True):
        if again:
            later(world, hours=1)
            say(world, NEWS)
        later(world, minutes=1)
        world.call("POST", f"/u/{token}", b"List-Unsubscribe=One-Click", key=None, headers=form)
        events.append([one.event for one in receipts(world)])
    first = receipts(world)[0]

    assert [["withdrawn"], ["withdrawn"], ["withdrawn", "given", "withdrawn"]] == events
    assert ("one-click", "recipient", "Quiet Kitchen Ltd") == (
        first.method, first.actor, first.controller,
    )  # fmt: skip


def test_an_event_that_calls_itself_a_consent_makes_none(world: World) -> None:
    """What arrives as an event is a fact of the timeline; words have a door of their own."""
    event = {
        "specversion": "1.0", "id": "e1", "source": "shop", "type": "signet.consent.given",
        "time": datetime.isoformat(NOW),
        "data": {"identifiers": {"profile_id": "p1"}, "traits": {"email": "ada@example.org"},
                 "properties": {"channel": "email", "topic": "news", "status": "granted"}},
    }  # fmt: skip
    headers = {"content-type": "application/cloudevents+json"}
    world.call("POST", "/v1/events", event, headers=headers)
    call = {"userId": "u1", "event": "Consent Given", "properties": {"topic": "news",
            "status": "granted"}, "context": {"consent": {"email": True}}}  # fmt: skip
    world.call("POST", "/v1/track", call)

    assert all(isinstance(item, ApplyEvents) for item in world.work.items)
    assert not receipts(world)
    assert word(world) is None
