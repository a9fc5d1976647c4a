"""The quarantine as operators have it: looked at, corrected, brought in again, put aside."""

from datetime import timedelta
from typing import Any

import pytest

from signet.domain.quarantine import MOST_STEPS
from signet.errors import Transient
from tests.functions.admin_world import ROLES, START, World
from tests.functions.waiting import CALL, LIST, events, got, item_of, keep, replay


@pytest.fixture
def world() -> World:
    """Make a fresh world."""
    return World()


def test_item_shows_all_that_is_known_of_it(world: World) -> None:
    """Door, origin, reason, fields, payload, status, moment and history are there."""
    item_id = keep(world)

    found = got(world, item_id)

    assert CALL == found["sample"]
    assert ("call", "segment:k1", "waiting") == (found["door"], found["source"], found["status"])
    assert [{"field": "userId", "message": "must be there, or anonymousId"}] == found["faults"]
    assert ["quarantined"] == [step["action"] for step in found["history"]]
    assert "userId: must be there, or anonymousId" == found["reason"]
    assert 404 == world.call("GET", f"{LIST}/none").status
    assert 404 == world.call("GET", f"{LIST}/{item_id}", role="other-owner").status


def test_pages_are_full_whatever_lies_between(world: World) -> None:
    """Status and origin choose, and a page is shorter only where the list ends."""
    for number in range(230):
        source = "source:crm" if number % 10 == 0 else "segment:k1"
        keep(world, place=str(number), source=source)
    first = world.call("GET", f"{LIST}?source=source:crm&status=waiting&limit=15")
    cursor = first.json["next_cursor"]
    rest = world.call("GET", f"{LIST}?source=source:crm&status=waiting&limit=15&cursor={cursor}")
    altered = world.call("GET", f"{LIST}?source=segment:k1&limit=15&cursor={cursor}")
    ids = [item["id"] for item in first.json["data"] + rest.json["data"]]

    assert (15, 8, None) == (
        len(first.json["data"]),
        len(rest.json["data"]),
        rest.json["next_cursor"],
    )
    assert sorted(set(ids), reverse=True) == ids
    assert 400 == altered.status
    assert [] == world.call("GET", f"{LIST}?status=discarded").json["data"]
    assert "status" == world.call("GET", f"{LIST}?status=lost").json["errors"][0]["field"]


def test_list_leaves_out_what_is_large(world: World) -> None:
    """A page of large payloads fits an answer; the whole one is at its own address."""
    item_id = keep(world, {"text": "x" * 3000})

    (listed,) = world.call("GET", LIST).json["data"]

    assert (None, 3011) == (listed["sample"], listed["sample_bytes"])
    assert {"text": "x" * 3000} == got(world, item_id)["sample"]


@pytest.mark.parametrize("role", ROLES)
def test_roles_see_and_do_what_is_theirs(world: World, role: str) -> None:
    """Auditors and editors read why, not what was said about people; few may replay."""
    item_id = keep(world)
    listed = world.call("GET", LIST, role=role)
    shown = world.call("GET", f"{LIST}/{item_id}", role=role)
    wanted = {"correction": {"userId": "u"}, "note": "n"}
    done = world.call("POST", f"{LIST}/{item_id}/replay", wanted, role=role)
    reads = {"owner", "editor", "operator", "support", "privacy", "auditor"}
    samples = {"owner", "operator", "support", "privacy"}

    assert (200 if role in reads else 403) == listed.status == shown.status
    if role in reads:
        expected = CALL if role in samples else None
        assert (expected, expected) == (shown.json["sample"], listed.json["data"][0]["sample"])
    assert (200 if role in {"owner", "operator", "support"} else 403) == done.status


def test_corrected_call_comes_in_with_the_id_it_had(world: World) -> None:
    """A merge patch mends the call; the event is the client's, of the moment it was received."""
    item_id = keep(world, {**CALL, "wrong": 1}, received_at=START - timedelta(days=80))
    body = {"correction": {"userId": "u1", "messageId": "other", "wrong": None}, "note": "asked"}

    answer = replay(world, item_id, body)

    (event,) = events(world)
    found = got(world, item_id)
    assert {"id": item_id, "status": "replayed", "event_ids": ["m1"]} == answer.json
    assert ("m1", "segment:k1", "u1") == (event.id, event.source, event.identifiers.external_id)
    assert START - timedelta(days=80) == event.received_at
    assert ["quarantined", "corrected", "replayed"] == [s["action"] for s in found["history"]]
    assert ("asked", body["correction"]) == (found["history"][-1]["note"], found["correction"])
    assert found["history"][-1]["actor"]


def test_whole_payload_replaces_the_call(world: World) -> None:
    """With `whole` nothing of the old payload stays, and nulls are nulls."""
    item_id = keep(world, "nonsense")
    whole = {"type": "track", "event": "Came", "userId": "u1", "properties": {"a": None}}

    answer = replay(world, item_id, {"correction": whole, "whole": True})

    (event,) = events(world)
    assert (200, {"a": None}) == (answer.status, event.properties)


def test_failed_correction_is_422_and_stays_in_the_history(world: World) -> None:
    """The answer names the field, nothing is queued, and the attempt is written down."""
    item_id = keep(world)

    answer = replay(world, item_id, {"correction": {"event": " "}})

    found = got(world, item_id)
    assert (422, "event") == (answer.status, answer.json["errors"][0]["field"])
    assert ("waiting", ["quarantined", "refused"]) == (
        found["status"], [step["action"] for step in found["history"]],
    )  # fmt: skip
    assert "event" in found["history"][-1]["note"]
    assert [] == events(world)


def test_long_history_keeps_its_beginning_and_its_end(world: World) -> None:
    """However often somebody tries, the row does not outgrow its table."""
    item_id = keep(world)
    for number in range(MOST_STEPS + 5):
        replay(world, item_id, {"correction": {"event": ""}, "note": str(number)})

    found = got(world, item_id)["history"]

    assert (MOST_STEPS, "quarantined", "refused") == (
        len(found), found[0]["action"], found[-1]["action"],
    )  # fmt: skip


def test_second_replay_is_409_and_makes_no_second_event(world: World) -> None:
    """What was replayed is done, also with another correction."""
    item_id = keep(world)
    first = replay(world, item_id, {"correction": {"userId": "u1"}})
    second = replay(world, item_id, {"correction": {"userId": "u2"}})

    assert (200, 409, 1) == (first.status, second.status, len(events(world)))


def test_replay_that_died_under_way_makes_the_same_event_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id is written down before the event is queued, and a later correction keeps it."""
    item_id = keep(world, {"type": "track", "event": "Came"})
    queue = world.queues["preprocess"]
    sending = queue.send_raw

    def taken_but_unanswered(body: str) -> None:
        sending(body)
        raise Transient("no answer")

    monkeypatch.setattr(queue, "send_raw", taken_but_unanswered)
    died = replay(world, item_id, {"correction": {"userId": "u1"}})
    monkeypatch.setattr(queue, "send_raw", sending)

    again = replay(world, item_id, {"correction": {"userId": "u2", "context": {"a": 1}}})

    assert (503, 200) == (died.status, again.status)
    assert 1 == len({event.key for event in events(world)})


def test_of_two_at_once_one_is_refused_and_both_mean_one_event(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever read the item before somebody else wrote it is told; the id is the same for both."""
    item_id = keep(world, {"type": "track", "event": "Came"})
    queue = world.queues["preprocess"]
    sending, inner = queue.send_raw, []

    def with_another_in_between(body: str) -> None:
        monkeypatch.setattr(queue, "send_raw", sending)
        inner.append(replay(world, item_id, {"correction": {"userId": "u2"}}))
        sending(body)

    monkeypatch.setattr(queue, "send_raw", with_another_in_between)
    outer = replay(world, item_id, {"correction": {"userId": "u1"}})
    stale = item_of(world, item_id).model_copy(update={"version": 0, "status": "waiting"})
    monkeypatch.setattr(world.quarantine, "get", lambda *_: stale)
    late = replay(world, item_id, {"correction": {"userId": "u3"}})

    assert [200, 409, 409] == [inner[0].status, outer.status, late.status]
    assert (2, 1) == (len(events(world)), len({event.key for event in events(world)}))


def test_repeated_call_under_a_key_hears_the_first_answer(world: World) -> None:
    """The key makes a repeat harmless."""
    item_id, body = keep(world), {"correction": {"userId": "u1"}}
    answers = [replay(world, item_id, body, idempotency_key="k") for _ in range(2)]

    assert [200, 200] == [answer.status for answer in answers]
    assert (answers[0].json, 1) == (answers[1].json, len(events(world)))


@pytest.mark.parametrize(
    ("body", "field"),
    [({"whole": True}, "body"), ({"note": "x" * 301}, "note"), ({"status": "replayed"}, "status"),
     ({"workspace": "other"}, "workspace"), ({"whole": "yes"}, "whole")],
)  # fmt: skip
def test_request_that_says_too_much_is_400(world: World, body: Any, field: str) -> None:
    """Nobody assigns what is not theirs."""
    answer = replay(world, keep(world), body)

    assert (400, [field]) == (answer.status, [fault["field"] for fault in answer.json["errors"]])


def test_discarded_item_says_why_and_can_still_be_thought_better_of(world: World) -> None:
    """Putting aside needs a reason and is written down; a replay is still possible."""
    item_id = keep(world)
    unreasoned = world.call("POST", f"{LIST}/{item_id}/discard", {})
    answers = [
        world.call("POST", f"{LIST}/{item_id}/discard", {"note": "a test"}) for _ in range(2)
    ]
    shown = got(world, item_id)
    replay(world, item_id, {"correction": {"userId": "u"}})

    assert (400, [200, 200]) == (unreasoned.status, [answer.status for answer in answers])
    assert ("discarded", "a test", 2) == (
        shown["status"], shown["history"][-1]["note"], len(shown["history"]),
    )  # fmt: skip
    assert 409 == world.call("POST", f"{LIST}/{item_id}/discard", {"note": "n"}).status
    assert "replayed" == got(world, item_id)["status"]


def test_many_are_replayed_and_the_rest_is_told(world: World) -> None:
    """One patch for all of them; what it does not mend is named and waits."""
    good, bad = keep(world), keep(world, {"type": "dance"}, place="1")
    request = {"ids": [good, bad], "correction": {"userId": "u"}}

    looked = world.call("POST", f"{LIST}/replay", {**request, "dry_run": True})
    before = (len(events(world)), got(world, bad)["history"])
    done = world.call("POST", f"{LIST}/replay", request)
    again = world.call("POST", f"{LIST}/replay", request)

    assert ([good], [bad], True) == (
        looked.json["replayed"], [one["id"] for one in looked.json["refused"]],
        looked.json["dry_run"],
    )  # fmt: skip
    assert (0, 1) == (before[0], len(before[1]))
    assert ([good], "type") == (
        done.json["replayed"], done.json["refused"][0]["faults"][0]["field"],
    )  # fmt: skip
    assert [[], {good, bad}] == [again.json["replayed"], {o["id"] for o in again.json["refused"]}]
    assert 1 == len(events(world))


def test_origin_is_replayed_page_by_page(world: World) -> None:
    """What is refused does not stand in the way of the rest."""
    for number in range(130):
        keep(world, {**CALL, "messageId": str(number)}, place=str(number))
    keep(world, place="x", source="segment:k2")
    request: dict[str, Any] = {"source": "segment:k1", "correction": {"userId": "u"}}

    first = world.call("POST", f"{LIST}/replay", request).json
    second = world.call("POST", f"{LIST}/replay", {**request, "cursor": first["next_cursor"]}).json

    assert (100, 30, None) == (
        len(first["replayed"]), len(second["replayed"]), second["next_cursor"],
    )  # fmt: skip
    assert 130 == len({event.key for event in events(world)})
    assert 400 == world.call("POST", f"{LIST}/replay", {**request, "cursor": "x"}).status


@pytest.mark.parametrize(
    "request_body",
    [{}, {"ids": []}, {"ids": ["x"], "source": "s"}, {"ids": ["x"], "cursor": "c"},
     {"ids": ["x"] * 101}, {"ids": ["none"]}, {"ids": [""]}, {"ids": ["x" * 4000]},
     {"source": "s", "limit": 5}],
)  # fmt: skip
def test_choice_that_names_nothing_is_400(world: World, request_body: Any) -> None:
    """Either ids that are there, or an origin."""
    assert 400 == world.call("POST", f"{LIST}/replay", request_body).status


def test_replay_of_a_delivery_is_the_event_that_its_sender_would_have_made(world: World) -> None:
    """A sender that tries again after the mapping was corrected makes no second event."""
    mapping = {"items": "rows", "email": "mail"}
    world.call("PUT", "/v1/sources/crm", {"kind": "crm", "mapping": mapping})
    sample = {"rows": [{"mail": "no"}]}
    item_id = keep(world, sample, door="source", source="source:crm", message_id="msg_1")
    corrected = {"correction": {"rows": [{"mail": "ada@example.org"}]}}

    assert ["msg_1"] == replay(world, item_id, corrected).json["event_ids"]


@pytest.mark.parametrize(("door", "status"), [("import", 200), ("source", 422)])
def test_history_of_a_file_may_be_replayed(world: World, door: Any, status: int) -> None:
    """What came over HTTP had to be recent; what came by a file may be as old as it likes."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    sample = {"email": "ada@example.org", "time": "2019-01-01T00:00:00Z"}
    item_id = keep(world, sample, door=door, source="source:crm")

    assert status == replay(world, item_id).status


def test_original_whose_id_did_not_fit_can_be_corrected(world: World) -> None:
    """The fault of the original is not the fault of its correction."""
    mapping = {"id": "join(':', [a, b])"}
    world.call("PUT", "/v1/sources/crm", {"kind": "crm", "mapping": mapping})
    sample = {"email": "ada@example.org", "a": "x"}
    item_id = keep(world, sample, door="source", source="source:crm")

    assert ["x:y"] == replay(world, item_id, {"correction": {"b": "y"}}).json["event_ids"]
