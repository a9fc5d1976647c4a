"""Broadcasts through the admin function: written, launched, and explained person by person."""

from datetime import timedelta
from typing import Any

import pytest

from signet.domain.broadcast import broadcast_message
from signet.domain.message import Rule
from signet.domain.work import StartBroadcast, read
from tests.functions.admin_world import START, World

DRAFT = {
    "name": "News",
    "kind": "broadcast",
    "audience": {"all": True},
    "template": "thanks",
    "topic": "news",
}
PAST = Rule(
    rule="consent",
    verdict="refuse",
    reason="consent_withdrawn",
    version="3",
    inputs={"at": "2026-01-02T00:00:00+00:00"},
    until=START,
)


def opened(**changes: object) -> tuple[World, str]:
    """Make a world with two people and a broadcast, and give its path."""
    world = World()
    world.template()
    world.person("p1")
    world.person("p2")
    made = world.call("POST", "/v1/campaigns", {**DRAFT, **changes})
    assert 201 == made.status
    return world, f"/v1/campaigns/{made.json['id']}"


def sent_to(world: World, path: str, profile_id: str, **fields: object) -> str:
    """Let a person's message of the broadcast exist; give its id."""
    campaign = path.rpartition("/")[2]
    mid = broadcast_message("main", campaign, profile_id, channel="email")
    world.message(mid, campaign_id=campaign, profile_id=profile_id, topic="news", **fields)
    return mid


def why(world: World, path: str, profile_id: str = "p1", **more: Any) -> Any:
    """Ask why."""
    query = f"campaign_id={path.rpartition('/')[2]}"
    return world.call("GET", f"/v1/profiles/{profile_id}/why?{query}", **more).json


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"audience": None}, 400, "audience"),
        ({"audience": {}}, 400, "audience"),
        ({"audience": {"all": False}}, 400, "audience"),
        ({"audience": {"all": "yes"}}, 400, "audience.all"),
        ({"audience": {"all": True, "profile_ids": ["p1"]}}, 400, "audience"),
        ({"audience": {"profile_ids": []}}, 400, "audience"),
        ({"audience": {"profile_ids": ["a b"]}}, 400, "audience.profile_ids.0"),
        ({"audience": {"profile_ids": ["p1"] * 1001}}, 400, "audience.profile_ids"),
        ({"audience": {"profile_ids": ["p1", "nobody"]}}, 422, "audience.profile_ids.1"),
        ({"audience": {"segment": "vip"}}, 400, "audience.segment"),
        ({"on": {"event": "e"}}, 400, "on"),
        ({"kind": "triggered", "on": {"event": "e"}}, 400, "audience"),
        ({"kind": "triggered", "audience": None}, 400, "on"),
        ({"topic": None}, 422, "topic"),
    ],
)
def test_broadcast_that_makes_no_sense_is_refused(
    changes: dict[str, object], status: int, field: str
) -> None:
    """The answer names the field, and nothing is written."""
    world = World()
    world.template()
    world.person("p1")
    found = world.call("POST", "/v1/campaigns", {**DRAFT, **changes}, role="editor")

    assert (status, field) == (found.status, found.json["errors"][0]["field"])
    assert [] == world.call("GET", "/v1/campaigns").json["data"]


def test_launch_begins_the_walk_and_a_repeat_begins_it_again() -> None:
    """A walk whose work was lost is mended by launching once more; the moment stays the first."""
    world, path = opened()
    first = world.call("POST", f"{path}/launch").json
    again = world.call("POST", f"{path}/launch").json
    work = [read(entry.body) for entry in world.queues["upkeep"].entries.values()]

    assert [StartBroadcast(workspace="main", campaign_id=first["id"])] * 2 == work
    assert first["launched_at"] == again["launched_at"] is not None


def test_named_people_are_shown_with_their_campaign_and_counted_in_a_list() -> None:
    """A page of campaigns stays small however many were named; who is named twice counts once."""
    world, path = opened(audience={"profile_ids": ["p1", "p2", "p1"]})
    shown = world.call("GET", path).json["audience"]
    (listed,) = world.call("GET", "/v1/campaigns").json["data"]

    assert {"all": False, "people": 2, "profile_ids": ["p1", "p2"]} == shown
    assert {"all": False, "people": 2, "profile_ids": []} == listed["audience"]


def test_message_shows_each_rule_with_all_that_is_known_of_it() -> None:
    """Rule, verdict, reason, version, inputs and how long it stands."""
    world, path = opened()
    mid = sent_to(world, path, "p1", status="skipped", reason=PAST.reason, decisions=(PAST,))
    shown = world.call("GET", f"/v1/messages/{mid}").json["decision_record"]

    assert [PAST.model_dump(mode="json")] == shown


def test_why_answers_in_words_and_as_data() -> None:
    """The message is found by its id alone, and the record makes the sentence."""
    world, path = opened()
    world.call("POST", f"{path}/launch")
    mid = sent_to(world, path, "p1", status="skipped", reason=PAST.reason, decisions=(PAST,))
    found = why(world, path)
    message = found["message"]

    words = ["Not sent: the consent for news by e-mail was withdrawn on 2 January 2026."]
    assert (True, words) == (found["considered"], found["words"])
    assert (mid, "skipped", PAST.reason) == (message["id"], message["status"], message["reason"])
    assert [PAST.model_dump(mode="json")] == message["decision_record"]
    assert ["skipped"] == [step["status"] for step in message["transitions"]]


def test_why_answers_for_every_id_that_a_person_has_had() -> None:
    """A message that was planned before a merge is found under both ids after it."""
    world, path = opened()
    world.call("POST", f"{path}/launch")
    mid = sent_to(world, path, "p2", status="skipped", reason="no_consent")
    made = world.call("POST", "/v1/profiles/merge", {"into": "p1", "from": "p2"})
    found = [why(world, path, ident) for ident in ("p1", "p2")]

    assert 200 == made.status
    assert [("p1", mid)] * 2 == [(one["profile_id"], one["message"]["id"]) for one in found]


def test_why_says_why_somebody_was_never_considered() -> None:
    """Not launched, not in the audience, known too late, cancelled, or not yet."""
    draft, path = opened()
    said = [why(draft, path)["words"]]
    named, other = opened(audience={"profile_ids": ["p2"]})
    named.call("POST", f"{other}/launch")
    said.append(why(named, other)["words"])
    draft.call("POST", f"{path}/launch")
    said.append(why(draft, path)["words"])
    draft.clock.moment = START + timedelta(days=1)
    late = draft.person("p3").model_copy(update={"created_at": START + timedelta(days=1)})
    draft.people.save(late, expected_version=1)
    said.append(why(draft, path, "p3")["words"])
    draft.call("POST", f"{path}/cancel")
    said.append(why(draft, path)["words"])

    assert [
        ["Never considered: the campaign was not launched."],
        ["Never considered: the person is not in the audience."],
        ["Never considered: their turn has not come yet."],
        ["Never considered: the person became known after the launch on 5 January 2026."],
        ["Never considered: the campaign was cancelled before their turn came."],
    ] == said


def test_why_finds_the_newest_message_of_a_triggered_campaign() -> None:
    """Along the timeline; whoever did nothing that it waits for hears so."""
    world = World()
    world.template()
    campaign = world.campaign()["id"]
    world.call("POST", f"/v1/campaigns/{campaign}/launch")
    world.person("p1")
    world.person("p2")
    world.message(
        "m1", campaign_id=campaign, profile_id="p1", status="skipped", reason="no_address"
    )
    world.message("m2", campaign_id="another", profile_id="p1")
    world.event("p1", "m2", "m1")
    found, nothing = (why(world, campaign, ident) for ident in ("p1", "p2"))

    assert ("m1", []) == (found["message"]["id"], found["earlier"])
    assert "Not sent: the person has no address for this channel." == found["words"][0]
    assert (False, None) == (nothing["considered"], nothing["message"])
    assert ["Never considered: no event of theirs set the campaign off."] == nothing["words"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/profiles/p1/why", 400),
        ("/v1/profiles/p1/why?campaign_id=none", 404),
        ("/v1/profiles/nobody/why?campaign_id=c", 404),
        ("/v1/profiles/p1/why?campaign_id=c&profile_id=p2", 400),
    ],
)
def test_why_refuses_a_question_about_nothing(path: str, status: int) -> None:
    """Person and campaign must both be there."""
    world, _ = opened()

    assert status == world.call("GET", path).status


def test_why_is_for_those_who_answer_people() -> None:
    """Support, privacy and operators may ask; an analyst sees counts only."""
    world, path = opened()
    query = f"/v1/profiles/p1/why?campaign_id={path.rpartition('/')[2]}"
    may = {role: world.call("GET", query, role=role).status for role in ("privacy", "analyst")}

    assert {"privacy": 200, "analyst": 403} == may


def test_messages_of_a_campaign_to_a_person_are_listed() -> None:
    """Both filters together, for a broadcast and for a triggered campaign."""
    world, path = opened()
    mid = sent_to(world, path, "p1")
    campaign = world.campaign()["id"]
    world.message("m1", campaign_id=campaign, profile_id="p1")
    world.event("p1", "m1", mid)
    ids = [path.rpartition("/")[2], campaign]
    found = [
        [one["id"] for one in world.call("GET", _both("p1", ident)).json["data"]] for ident in ids
    ]

    assert [[mid], ["m1"]] == found
    assert [] == world.call("GET", _both("p2", ids[0])).json["data"]


def test_report_counts_reasons_and_says_that_they_add_up() -> None:
    """Counted from the counters, not taken for granted."""
    world, path = opened()
    scope = f"campaign:{path.rpartition('/')[2]}"
    world.counted(
        scope,
        {"messages": 3, "status:sent": 1, "status:skipped": 2, "reason:no_consent": 2},
    )
    report = world.call("GET", f"{path}/report").json

    assert (3, {"no_consent": 2}, True) == tuple(
        report[name] for name in ("considered", "by_reason", "adds_up")
    )


def _both(profile_id: str, campaign_id: str) -> str:
    return f"/v1/messages?profile_id={profile_id}&campaign_id={campaign_id}"
