"""Pairs that may be one person through the admin function."""

import json

import pytest

from signet.domain.duplicate import DuplicatePair, Reason, pair_id
from signet.domain.work import FindDuplicates
from signet.usecases.duplicates import Finder, find
from tests.functions.admin_world import START, World
from tests.functions.pairs import ADA, merged, two


def test_pair_is_listed_with_score_reasons_and_both_profiles() -> None:
    """Whoever decides sees what speaks for it and whom it is about."""
    world = World()
    pair = two(world)
    (found,) = world.call("GET", "/v1/duplicates").json["data"]

    assert (pair, "open", "merge") == (found["id"], found["status"], found["zone"])
    assert {"p1", "p2"} == {person["id"] for person in found["profiles"]}
    assert "given name: the same" in [reason["words"] for reason in found["reasons"]]
    assert found["score"] > 13 and found["probability"] > 0.9999


def test_pairs_are_paged_and_filtered_by_status_and_zone() -> None:
    """Every pair once, whatever the size of a page; a filter that is none is refused."""
    world = World()
    two(world, p3=ADA, p4={**ADA, "first_name": "William"})
    page = world.call("GET", "/v1/duplicates?limit=2").json
    rest = world.call("GET", f"/v1/duplicates?limit=4&cursor={page['next_cursor']}").json
    zones = [len(world.call("GET", f"/v1/duplicates?zone={z}").json["data"])
             for z in ("merge", "review", "all")]  # fmt: skip

    assert 6 == len({pair["id"] for pair in page["data"] + rest["data"]})
    assert [3, 3, 6] == zones and rest["next_cursor"] is None
    assert 400 == world.call("GET", "/v1/duplicates?status=new").status


def test_accepted_pair_is_one_person_under_both_ids() -> None:
    """The one that goes answers with the one that stays, which knows what both knew."""
    world = World()
    pair = two(world)
    made = world.call("POST", f"/v1/duplicates/{pair}/accept").json
    one, other = (world.call("GET", f"/v1/profiles/{ident}") for ident in ("p1", "p2"))
    by_address = world.call("GET", "/v1/profiles?identifier=email:a.lovelace@example.org").json

    assert ("p1", "p2") == (made["into"], made["from"])
    assert one.text == other.text and ["p2"] == one.json["merged"]
    assert (
        "pro" == one.json["traits"]["plan"]
        and ["p1", "p2"] == one.json["identifiers"]["external_id"]
    )
    assert "p1" == by_address["id"]
    assert ["p1"] == [person["id"] for person in world.call("GET", "/v1/profiles").json["data"]]


def test_accepting_twice_is_accepting_once() -> None:
    """The same merge again, and one entry for the timeline by its id."""
    world = World()
    pair = two(world)
    first, second = (world.call("POST", f"/v1/duplicates/{pair}/accept") for _ in range(2))
    told = [json.loads(entry.body)["events"][0]["id"]
            for entry in world.queues["preprocess"].receive()]  # fmt: skip

    assert 200 == first.status and first.text == second.text
    assert 1 == len(set(told))
    assert "merged" == world.call("GET", f"/v1/duplicates/{pair}").json["status"]


def test_other_one_may_stay_if_that_is_wanted() -> None:
    """`into` names one of the two, and nobody else."""
    world = World()
    pair = two(world, p3={"email": "z@example.org"})
    bad = world.call("POST", f"/v1/duplicates/{pair}/accept", {"into": "p3"})
    made = world.call("POST", f"/v1/duplicates/{pair}/accept", {"into": "p2"})

    assert (400, "into") == (bad.status, bad.json["errors"][0]["field"])
    assert ("p2", "p1") == (made.json["into"], made.json["from"])


def test_rejected_pair_stays_rejected() -> None:
    """Whatever is found later, and whoever accepts later."""
    world = World()
    pair = two(world)
    world.call("POST", f"/v1/duplicates/{pair}/reject", role="support")
    finder = Finder(world.people, world.duplicates, world.sealer, world.clock)
    find(FindDuplicates(workspace="main", profile_ids=("p1",)), finder)

    assert [] == world.call("GET", "/v1/duplicates").json["data"]
    assert 409 == world.call("POST", f"/v1/duplicates/{pair}/accept").status
    assert 200 == world.call("POST", f"/v1/duplicates/{pair}/reject").status


def test_no_chain_makes_one_of_two_who_were_rejected() -> None:
    """Who was told apart from one half of a person is not merged with the other half."""
    world = World()
    pair = two(world, p3=ADA)
    world.call("POST", f"/v1/duplicates/{pair}/reject")
    merged(world, "p3", "p1")
    by_hand = merged(world, "p3", "p2")
    accepted = world.call("POST", f"/v1/duplicates/{pair_id('main', 'p2', 'p3')}/accept")

    assert [409, 409] == [by_hand.status, accepted.status]
    assert "p1 and p2" in by_hand.json["detail"]


@pytest.mark.parametrize("role", ["editor", "operator", "analyst", "auditor", "approver"])
def test_only_who_may_write_people_may_merge_them(role: str) -> None:
    """A pair shows two people; a decision changes them."""
    world = World()
    pair = two(world)
    posts = (f"duplicates/{pair}/accept", f"duplicates/{pair}/reject", "profiles/p1/unmerge")
    listed = world.call("GET", "/v1/duplicates", role=role)

    assert {403} == {world.call("POST", f"/v1/{path}", role=role).status for path in posts}
    assert 403 == listed.status


def test_other_workspace_sees_no_pair() -> None:
    """An id of another workspace is one that does not exist."""
    world = World()
    pair = two(world)

    assert 404 == world.call("POST", f"/v1/duplicates/{pair}/accept", role="other-owner").status
    assert [] == world.call("GET", "/v1/duplicates", role="other-owner").json["data"]


def test_pair_that_fell_apart_is_no_longer_listed() -> None:
    """What was wrong about somebody was put right."""
    world = World()
    pair = two(world)
    traits = {"first_name": "William", "dob": "1950-01-02", "email": "will@example.org",
              "last_name": "King"}  # fmt: skip
    world.call("PATCH", "/v1/profiles/p2", {"traits": traits})
    finder = Finder(world.people, world.duplicates, world.sealer, world.clock)
    find(FindDuplicates(workspace="main", profile_ids=("p1",)), finder)

    assert [] == world.call("GET", "/v1/duplicates").json["data"]
    assert "apart" == world.call("GET", f"/v1/duplicates/{pair}").json["zone"]


def test_pair_of_two_who_became_one_another_way_is_closed_by_accepting() -> None:
    """Both lead to the same person already."""
    world = World()
    pair = two(world, p3=ADA)
    merged(world, "p3", "p1")
    merged(world, "p3", "p2")
    found = world.call("POST", f"/v1/duplicates/{pair}/accept")

    assert 200 == found.status
    assert "merged" == world.call("GET", f"/v1/duplicates/{pair}").json["status"]


def test_reasons_hold_no_value_of_anybody() -> None:
    """A pair's row is not sealed: it holds words, no names."""
    world = World()
    pair = two(world)
    row = world.duplicates.get_many("main", [pair])[pair]

    assert isinstance(row, DuplicatePair) and all(isinstance(r, Reason) for r in row.reasons)
    assert not [v for v in ADA.values() if v.casefold() in row.model_dump_json().casefold()]
    assert row.found_at > START
