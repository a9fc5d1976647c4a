"""Merges and their undoing through the admin function."""

import json

import pytest

from tests.functions.admin_world import World
from tests.functions.pairs import ADA, PEOPLE, consent, merged, shown, two, words


def test_withdrawal_outweighs_a_grant_and_silence_nothing() -> None:
    """The strictest of both holds for both, under both ids."""
    world = World()
    two(world)
    for ident, status, topic in (
        ("p1", "withdrawn", "news"), ("p2", "granted", "news"), ("p2", "granted", "offers"),
    ):  # fmt: skip
        consent(world, ident, status, topic=topic)
    merged(world)

    assert {"news": "withdrawn", "offers": "granted"} == words(world, "p1") == words(world, "p2")


@pytest.mark.parametrize("ident", ["p1", "p2"])
def test_message_to_either_id_sees_the_strictest_word(ident: str) -> None:
    """A look before a send, by the id that the message was planned for."""
    world = World()
    two(world)
    consent(world, "p1", "granted")
    consent(world, "p2", "granted")
    merged(world)
    consent(world, "p2", "withdrawn")
    found = world.permissions.look("main", ident, "").consent("email", "news")

    assert found is not None and "withdrawn" == found.status


def test_what_is_said_after_a_merge_holds() -> None:
    """Somebody who comes back after a withdrawal of long ago is heard."""
    world = World()
    two(world)
    consent(world, "p2", "withdrawn")
    merged(world)
    consent(world, "p1", "granted")

    assert {"news": "granted"} == words(world, "p1")


def test_undone_merge_restores_both_to_the_byte() -> None:
    """Traits, identifiers, consents and dates of both are what they were."""
    world = World()
    two(world)
    consent(world, "p1", "granted")
    consent(world, "p2", "withdrawn")
    before = shown(world, "p1", "p2")
    merged(world)
    between = shown(world, "p1", "p2")
    undone = world.call("POST", "/v1/profiles/p2/unmerge")

    assert before == shown(world, "p1", "p2") != between
    assert undone.json["undone_at"] and "p2" == undone.json["from"]


def test_undoing_twice_is_undoing_once_and_the_pair_is_rejected() -> None:
    """Nobody proposes again what somebody took back; by hand it can be merged again."""
    world = World()
    pair = two(world)
    world.call("POST", f"/v1/duplicates/{pair}/accept")
    first, second = (world.call("POST", "/v1/profiles/p2/unmerge") for _ in range(2))

    assert first.text == second.text
    assert "rejected" == world.call("GET", f"/v1/duplicates/{pair}").json["status"]
    assert 200 == merged(world).status
    assert "merged" == world.call("GET", f"/v1/duplicates/{pair}").json["status"]


@pytest.mark.parametrize("ident", ["p1", "p2"])
def test_withdrawal_during_a_merge_stays_for_both(ident: str) -> None:
    """Whichever id it was said to: the person who said it may be either of the two."""
    world = World()
    two(world)
    consent(world, "p1", "granted")
    consent(world, "p2", "granted")
    merged(world)
    consent(world, ident, "withdrawn")
    world.call("POST", "/v1/profiles/p2/unmerge")

    assert [{"news": "withdrawn"}] * 2 == [words(world, one) for one in ("p1", "p2")]


def test_what_was_learned_during_a_merge_stays_with_the_survivor() -> None:
    """Nobody can tell whose it would have been."""
    world = World()
    two(world)
    merged(world)
    world.call("PATCH", "/v1/profiles/p2", {"traits": {"shoe_size": 41, "city": "Paris"}})
    world.call("POST", "/v1/profiles/p2/unmerge")
    one, other = (world.call("GET", f"/v1/profiles/{i}").json["traits"] for i in ("p1", "p2"))

    assert {**ADA, "shoe_size": 41, "city": "Paris"} == one
    assert PEOPLE["p2"] == other


def test_merges_are_undone_in_any_order() -> None:
    """Whoever leaves first takes only what they brought."""
    world = World()
    two(world, p3={**ADA, "plan": "free", "team": "red"})
    before = shown(world, "p1", "p2", "p3")
    merged(world, "p1", "p2")
    merged(world, "p1", "p3")
    several = world.call("POST", "/v1/profiles/p1/unmerge")
    world.call("POST", "/v1/profiles/p2/unmerge")
    left = world.call("GET", "/v1/profiles/p1").json["traits"]
    world.call("POST", "/v1/profiles/p1/unmerge")

    assert 409 == several.status and {**ADA, "plan": "free", "team": "red"} == left
    assert before == shown(world, "p1", "p2", "p3")


def test_chain_of_merges_leads_to_its_end_and_is_undone_from_there() -> None:
    """A part of a part cannot leave before the whole does."""
    world = World()
    two(world, p3={**ADA, "team": "red"})
    before = shown(world, "p1", "p2", "p3")
    merged(world, "p2", "p1")
    merged(world, "p3", "p2")
    inner = world.call("POST", "/v1/profiles/p1/unmerge")
    ends = [world.call("GET", f"/v1/profiles/{ident}").json["id"] for ident in ("p1", "p2")]
    for ident in ("p2", "p1"):
        world.call("POST", f"/v1/profiles/{ident}/unmerge")

    assert 409 == inner.status and ["p3", "p3"] == ends
    assert before == shown(world, "p1", "p2", "p3")


@pytest.mark.parametrize(
    ("into", "away", "status"),
    [("p1", "p1", 400), ("p1", "p9", 400), ("p9", "p1", 400), ("p2", "p1", 400), ("p3", "p2", 409)],
)
def test_merge_that_makes_no_sense_is_refused(into: str, away: str, status: int) -> None:
    """With oneself, with nobody, the other way round, out of somebody else."""
    world = World()
    two(world, p3=ADA)
    merged(world)

    assert status == merged(world, into, away).status


def test_undoing_what_was_never_merged_is_refused() -> None:
    """Nobody is there, or nothing was done."""
    world = World()
    two(world)
    answers = [world.call("POST", f"/v1/profiles/{one}/unmerge").status for one in ("p1", "p9")]

    assert [409, 404] == answers


def test_timeline_and_messages_of_both_are_shown_as_one() -> None:
    """Newest first, page by page, each event once, under both ids."""
    world = World()
    two(world)
    for ident in ("p1", "p2", "p1", "p2", "p2"):
        world.event(ident, world.message(f"m{world.clock.now()}", profile_id=ident).id)
    pages = [world.call("GET", f"/v1/profiles/{one}/timeline").json for one in ("p1", "p2")]
    whole = [event["id"] for page in pages for event in page["data"]]
    merged(world)
    seen: list[str] = []
    path = cursor = "/v1/profiles/p2/timeline?limit=2"
    while cursor:
        page = world.call("GET", cursor).json
        seen += [event["id"] for event in page["data"]]
        cursor = page["next_cursor"] and f"{path}&cursor={page['next_cursor']}"
    messages = world.call("GET", "/v1/messages?profile_id=p2").json["data"]

    assert sorted(whole) == sorted(seen) and 5 == len(seen) == len(messages)


def test_merge_is_told_to_the_timeline_with_by_whom_and_why() -> None:
    """The event goes through preprocess like any other, under the survivor."""
    world = World()
    pair = two(world)
    world.call("POST", f"/v1/duplicates/{pair}/accept", role="privacy")
    world.call("POST", "/v1/profiles/p2/unmerge", role="support")
    events = [json.loads(entry.body)["events"][0]
              for entry in world.queues["preprocess"].receive()]  # fmt: skip
    whom = [(e["type"], e["identifiers"]["profile_id"]) for e in events]

    assert [("signet.profile.merged", "p1"), ("signet.profile.unmerged", "p1"),
            ("signet.profile.unmerged", "p2")] == whom  # fmt: skip
    assert "given name: the same" in events[0]["properties"]["reasons"]
    assert events[0]["properties"]["by"] != events[1]["properties"]["by"]


def test_lineage_of_a_merged_person_is_that_of_both() -> None:
    """A trait that the other one brought keeps its origin."""
    world = World()
    two(world)
    world.call("PATCH", "/v1/profiles/p2", {"traits": {"team": "red"}})
    merged(world)
    lineage = world.call("GET", "/v1/profiles/p1?lineage=true").json["lineage"]

    assert "red" == lineage["team"]["value"]
