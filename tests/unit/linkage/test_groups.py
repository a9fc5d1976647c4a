"""Blocks that bring pairs together, and groups that no chain may spoil."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from signet.linkage.blocking import LARGEST_BLOCK, blocks
from signet.linkage.groups import candidates, grouped, judged, pair
from signet.linkage.records import Record, record
from signet.linkage.verdict import judge
from tests.unit.linkage.people import ada, records


def test_pairs_meet_in_spite_of_several_mistakes() -> None:
    """Each block is missed by another kind of mistake."""
    wrong = [
        {"email": "other@example.com", "dob": "1955-11-02"},
        {"last_name": "King", "email": None, "postcode": None},
        {"first_name": "Lovelace", "last_name": "Ada", "email": None, "dob": None},
    ]

    assert [1, 1, 1] == [len(candidates([ada(), ada("p2", **changes)])) for changes in wrong]


def test_crowded_block_brings_nobody_together() -> None:
    """A switchboard's number says nothing about the people behind it."""
    crowd = [
        record(f"p{n}", {"phone": "+442079460018", "national_id": f"{n:09}"})
        for n in range(LARGEST_BLOCK + 1)
    ]

    assert frozenset() == candidates(crowd)
    assert candidates(crowd[1:])


def test_record_that_says_too_little_belongs_to_no_block() -> None:
    """Whoever could never be looked at costs nothing."""
    thin = [record("p1", {"email": "ada@example.org"}), record("p2", {"first_name": "Ada"})]

    assert [(), ()] == [blocks(one) for one in thin]
    assert blocks(record("p3", {"email": "ada@example.org", "first_name": "Ada"}))


def test_chain_joins_nobody_who_is_apart() -> None:
    """Somebody without a given name is one of the twins, and not both of them."""
    people = {
        "p1": ada("p1", first_name="William"),
        "p2": ada("p2", first_name=None),
        "p3": ada("p3", first_name="Augusta"),
    }
    verdicts = judged(people)
    merges = [two for two, verdict in verdicts.items() if verdict.zone == "merge"]

    def together(one: str, other: str) -> bool:
        return judge(people[one], people[other]).zone == "merge"

    assert [("p1", "p2"), ("p2", "p3")] == sorted(merges)
    assert (("p1", "p2"),) == grouped(verdicts, together)


@given(records(6), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(people: dict[str, Record], random: Random) -> None:
    """The same people make the same groups, however they come."""
    mixed = list(people.items())
    random.shuffle(mixed)

    def found(some: dict[str, Record]) -> tuple[tuple[str, ...], ...]:
        return grouped(judged(some), lambda a, b: judge(some[a], some[b]).zone != "apart")

    assert found(people) == found(dict(mixed))


@given(records(6))
def test_no_group_holds_a_pair_that_is_apart(people: dict[str, Record]) -> None:
    """Whatever chain leads from one to the other."""
    zones = {pair(a, b): judge(people[a], people[b]).zone for a in people for b in people if a < b}
    groups = grouped(judged(people), lambda a, b: zones[pair(a, b)] != "apart")

    assert all(zones[pair(a, b)] != "apart" for g in groups for a in g for b in g if a < b)
