"""Merges under events, kills and chance: whoever was merged comes apart as they were."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent, strictest
from signet.domain.duplicate import MergeRule, pair_id
from signet.domain.merge import united
from signet.domain.profile import Profile, Trait
from signet.domain.work import FindDuplicates, Work
from signet.errors import Conflict, Rejected, Transient
from signet.usecases.duplicates import Finder
from signet.usecases.kinship import Office
from signet.usecases.merging import Wish, merge
from signet.usecases.ruling import Clerk, look
from signet.usecases.unmerging import unmerge
from tests.fixed_clock import FixedClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = {"first_name": "Ada", "last_name": "Lovelace", "dob": "1985-03-14", "city": "London",
       "email": "ada@example.org"}  # fmt: skip
IDS = ("p1", "p2", "p3")


class Dying(MemoryTable):
    """A table whose caller dies at one of its writes, before it or after it."""

    def __init__(self) -> None:
        super().__init__()
        self.left: float = float("inf")
        self.done = self.inside = False

    def transact(self, writes: Any) -> None:
        """Write all or nothing, if still alive."""
        self._alive(lambda: super(Dying, self).transact(writes))

    def put(self, item: Any, *, condition: Any = None) -> bool:
        """Write a row, if still alive."""
        return bool(self._alive(lambda: super(Dying, self).put(item, condition=condition)))

    def update(self, key: Any, change: Any) -> bool:
        """Change a row, if still alive."""
        return bool(self._alive(lambda: super(Dying, self).update(key, change)))

    def _alive(self, write: Callable[[], Any]) -> Any:
        # The writes within a transaction are none of their own.
        if self.inside:
            return write()
        self.left -= 1
        if self.left != 0:
            return self._whole(write)
        if self.done:
            self._whole(write)
        raise Transient("killed")

    def _whole(self, write: Callable[[], Any]) -> Any:
        self.inside = True
        try:
            return write()
        finally:
            self.inside = False


@dataclass
class Town:
    """People who can be merged, over one table."""

    table: Dying = field(default_factory=Dying)
    told: list[Work] = field(default_factory=list)

    def __post_init__(self) -> None:
        sealer, self.clock = RootSealer(b"r" * 64, SeededRandom("town")), FixedClock()
        self.profiles = DynamoProfiles(self.table, sealer)
        self.permissions = DynamoPermissions(self.table, sealer)
        self.merges, self.duplicates = (
            DynamoMerges(self.table, sealer),
            DynamoDuplicates(self.table),
        )
        self.office = Office(
            self.merges, self.duplicates, self.permissions, self.clock, self.told.append
        )
        finder = Finder(self.profiles, self.duplicates, sealer, self.clock)
        self.clerk = Clerk(finder, self.office)

    def person(self, ident: str, **traits: Any) -> None:
        """Let a person exist."""
        known = {n: Trait(value=v, at=NOON, event_key=ident) for n, v in traits.items()}
        person = Profile(workspace="main", id=ident, traits=known, created_at=NOON,
                         updated_at=NOON, identifiers={"external_id": (ident,)})  # fmt: skip
        self.profiles.save(person, expected_version=0)

    def say(self, ident: str, status: Any, topic: str = "news") -> None:
        """Let somebody speak a minute later."""
        self.clock.advance(timedelta(minutes=1))
        word = Consent(channel="email", topic=topic, status=status, at=self.clock.now())
        self.permissions.record_consent("main", ident, word)

    def learn(self, ident: str, name: str, value: str) -> None:
        """Let something be learned about whoever an id leads to."""
        self.clock.advance(timedelta(minutes=1))
        person = self.profiles.get_many("main", [ident])[ident]
        trait = Trait(value=value, at=self.clock.now(), event_key=f"{name}{value}")
        newer = person.model_copy(update={"traits": {**person.traits, name: trait}})
        self.profiles.save(newer, expected_version=person.version)

    def merge(self, into: str, away: str) -> None:
        """Merge by hand."""
        self.clock.advance(timedelta(minutes=1))
        merge(Wish("main", into, away, by="somebody"), self.office)

    def unmerge(self, ident: str) -> None:
        """Undo a merge."""
        self.clock.advance(timedelta(minutes=1))
        unmerge(ident, workspace="main", by="somebody", office=self.office)

    def known(self, *idents: str) -> list[Any]:
        """Give people as they stand by themselves, with what holds for them."""
        standing = self.merges.standing("main", idents)
        return [
            (
                standing[ident].merged_into,
                standing[ident].profile.model_copy(update={"version": 0}).model_dump_json(),
                self.permissions.look("main", ident, "").consents,
            )
            for ident in idents
        ]


def town(*idents: str) -> Town:
    """Give a town of people who are much alike."""
    made = Town()
    for ident in idents:
        made.person(ident, **ADA, nick=ident)
    return made


def kills(most: int) -> list[tuple[int, bool]]:
    """Give every write at which somebody may be killed, before it and after it."""
    return [(at, done) for at in range(1, most) for done in (False, True)]


@pytest.mark.parametrize(("at", "done"), kills(4))
def test_merge_that_was_killed_is_finished_by_asking_again(at: int, *, done: bool) -> None:
    """At every write, before it and after it: nothing is half merged, and once is enough."""
    plain, killed = town("p1", "p2"), town("p1", "p2")
    for one in (plain, killed):
        one.say("p1", "granted")
        one.say("p2", "withdrawn")
    killed.table.left, killed.table.done = at, done
    try:
        killed.merge("p1", "p2")
    except Transient:
        row, _ = killed.known("p2", "p1")
        assert row[0] in {"", "p1"}
    killed.table.left = float("inf")
    for one in (plain, killed):
        one.merge("p1", "p2")

    assert plain.known("p1", "p2") == killed.known("p1", "p2")


@pytest.mark.parametrize(("at", "done"), kills(8))
def test_undoing_that_was_killed_is_finished_by_asking_again(at: int, *, done: bool) -> None:
    """At every write, before it and after it; no withdrawal is lost on the way."""
    plain, killed = town("p1", "p2"), town("p1", "p2")
    for one in (plain, killed):
        one.say("p1", "granted")
        one.merge("p1", "p2")
        one.say("p1", "withdrawn")
    killed.table.left, killed.table.done = at, done
    try:
        killed.unmerge("p2")
    except Transient:
        words = [words for _, _, words in killed.known("p1", "p2")]
        assert [["withdrawn"]] * 2 == [[word.status for word in said] for said in words]
    killed.table.left = float("inf")
    for one in (plain, killed):
        one.unmerge("p2")
    # What was copied at the undoing is of its moment, which is a minute later after a kill.
    known = [
        [(into, person, [word.status for word in words]) for into, person, words in people]
        for people in (plain.known("p1", "p2"), killed.known("p1", "p2"))
    ]

    assert known[0] == known[1]
    assert (
        "rejected"
        == killed.duplicates.get_many("main", [pair_id("main", "p1", "p2")])[
            pair_id("main", "p1", "p2")
        ].status
    )


def test_withdrawal_that_races_an_undoing_is_kept_for_both() -> None:
    """Said after the look and before the transaction: the last look finds it."""
    made = town("p1", "p2")
    made.say("p1", "granted")
    made.say("p2", "granted")
    made.merge("p1", "p2")
    undo = made.merges.undo

    def raced(*given: Any) -> None:
        made.permissions.record_consent(
            "main", "p2",
            Consent(channel="email", topic="news", status="withdrawn", at=made.clock.now()),
        )  # fmt: skip
        undo(*given)

    made.merges.undo = raced  # type: ignore[method-assign]
    made.unmerge("p2")

    assert ["withdrawn"] * 2 == [words[0].status for _, _, words in made.known("p1", "p2")]


def test_rule_merges_nothing_until_a_workspace_wants_it() -> None:
    """What it would merge waits; afterwards it is merged by itself, by the name of the rule."""
    made = town("p1", "p2")
    work = FindDuplicates(workspace="main", profile_ids=IDS[:2])
    before = look(work, made.clerk)
    made.duplicates.save_rule("main", MergeRule(merge=True))
    after = look(work, made.clerk)

    assert (0, 1) == (before, after)
    assert "rule" == made.merges.get_many("main", ["p2"])["p2"].by
    assert 0 == look(work, made.clerk)


def test_rule_joins_no_chain_of_people_who_are_apart() -> None:
    """Somebody without a given name becomes one of the twins, not both."""
    made = Town()
    made.person("p1", **ADA)
    made.person("p2", **{name: value for name, value in ADA.items() if name != "first_name"})
    made.person("p3", **{**ADA, "first_name": "William"})
    made.duplicates.save_rule("main", MergeRule(merge=True))
    look(FindDuplicates(workspace="main", profile_ids=IDS), made.clerk)
    people = made.profiles.get_many("main", IDS)

    assert 2 == len({person.id for person in people.values()})
    assert people["p1"].id != people["p3"].id


STEPS = st.one_of(
    st.tuples(st.just("merge"), st.sampled_from(IDS), st.sampled_from(IDS)),
    st.tuples(st.just("unmerge"), st.sampled_from(IDS), st.just("")),
    st.tuples(st.just("learn"), st.sampled_from(IDS), st.sampled_from(["plan", "city", "nick"])),
)


@given(st.lists(STEPS, max_size=12))
@settings(max_examples=60)
def test_everybody_comes_apart_with_what_was_their_own(steps: list[tuple[str, str, str]]) -> None:
    """Whatever was merged in whatever order: nothing is lost, and nobody keeps another's."""
    made, learned = town(*IDS), {ident: {"nick": ident} for ident in IDS}
    for number, (step, one, other) in enumerate(steps):
        try:
            if step == "learn":
                owner = made.profiles.get_many("main", [one])[one].id
                made.learn(one, other, f"v{number}")
                learned[owner][other] = f"v{number}"
            elif step == "merge":
                made.merge(one, other)
            else:
                made.unmerge(one)
        except (Conflict, Rejected):
            continue
    _take_apart(made)
    people = made.profiles.get_many("main", IDS)

    assert IDS == tuple(people[ident].id for ident in IDS)
    assert {i: {**ADA, **learned[i]} for i in IDS} == {i: people[i].values() for i in IDS}


def _take_apart(made: Town) -> None:
    """Undo every merge; whoever is a part of a part has to wait for the whole."""
    for ident in IDS * len(IDS):
        with suppress(Conflict):
            if made.merges.standing("main", [ident])[ident].merged_into:
                made.unmerge(ident)


MOMENTS = st.integers(0, 5).map(lambda minutes: NOON + timedelta(minutes=minutes))
WORDS = st.lists(
    st.builds(Consent, channel=st.just("email"), topic=st.sampled_from(["news", "offers"]),
              status=st.sampled_from(["granted", "withdrawn"]), at=MOMENTS),
    max_size=2, unique_by=lambda word: word.topic,
).map(tuple)  # fmt: skip


@given(WORDS, WORDS, MOMENTS)
def test_no_merge_widens_what_was_withdrawn(
    one: tuple[Consent, ...], other: tuple[Consent, ...], since: datetime
) -> None:
    """A withdrawal of either holds unless somebody granted again after the merge."""
    both = {word.topic: word for word in strictest(one, other, since=since)}

    for word in (*one, *other):
        later = [w for w in (*one, *other) if w.topic == word.topic and w.at > since]
        if word.status == "withdrawn" and not [w for w in later if w.status == "granted"]:
            assert "withdrawn" == both[word.topic].status
    assert {w.topic for w in (*one, *other)} == set(both)


@given(WORDS, WORDS, MOMENTS)
def test_words_of_both_are_the_same_from_both_sides(
    one: tuple[Consent, ...], other: tuple[Consent, ...], since: datetime
) -> None:
    """Who was merged into whom makes no difference to what is allowed."""
    ways = [strictest(one, other, since=since), strictest(other, one, since=since)]

    assert ways[0] == ways[1]


def test_joined_profile_does_not_depend_on_the_order() -> None:
    """What counts most is what it is, whoever had it."""
    made = town(*IDS)
    made.learn("p2", "plan", "pro")
    made.learn("p3", "plan", "free")
    one, two, three = (made.profiles.get_many("main", IDS)[ident] for ident in IDS)

    assert united(one, two, three) == united(one, three, two) == united(united(one, two), three)
