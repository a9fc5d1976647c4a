"""Blocks, pairs and merges on every store."""

from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.duplicate import DuplicatePair, MergeRule
from signet.domain.merge import Merge
from signet.domain.profile import Profile
from signet.errors import Conflict
from signet.linkage.blocking import LARGEST_BLOCK
from tests.contracts.conftest import Emulator, Memory

Ports = Memory | Emulator
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def profile(ident: str) -> Profile:
    """Make a profile of the first version."""
    return Profile(workspace="main", id=ident, version=1, created_at=NOW, updated_at=NOW)


def test_block_gives_whoever_is_in_it_and_nobody_when_it_is_crowded(emulator: Ports) -> None:
    """Twice in is once in; beyond its bound a block takes nobody in."""
    store = DynamoDuplicates(emulator.table("profiles"))
    store.enrol("main", {"a": ["p1"], "b": ["p1"]})
    found = store.enrol("main", {"a": ["p2", "p1"], "c": ["p2"]})
    crowd = [f"q{n}" for n in range(LARGEST_BLOCK + 1)]

    assert {"a": {"p1", "p2"}, "c": {"p2"}} == found
    assert {"b": set()} == store.enrol("main", {"b": crowd})
    assert {"b": set()} == store.enrol("main", {"b": ["p9"]})
    assert {"a": {"p3"}} == store.enrol("other", {"a": ["p3"]})


def test_more_blocks_than_one_transaction_holds(emulator: Ports) -> None:
    """A pack of people is in hundreds of blocks."""
    store = DynamoDuplicates(emulator.table("profiles"))
    wanted = {f"h{n}": ["p1"] for n in range(230)}

    assert {handle: {"p1"} for handle in wanted} == store.enrol("main", wanted)


def test_pairs_are_written_over_the_version_that_was_read_and_paged(emulator: Ports) -> None:
    """Two who decide at once: one of them has to look again."""
    store = DynamoDuplicates(emulator.table("profiles"))
    pairs = [
        DuplicatePair(workspace="main", id=f"d{n}", profiles=("p1", f"q{n}"), score=14.25,
                      zone="merge" if n % 2 else "review", probability=0.9999, found_at=NOW)
        for n in range(7)
    ]  # fmt: skip
    for pair in pairs:
        store.save(pair, expected_version=0)
    decided = pairs[0].model_copy(update={"status": "rejected"})
    store.save(decided, expected_version=1)
    with pytest.raises(Conflict):
        store.save(decided, expected_version=1)
    seen, position = [], None
    while True:
        page = store.page("main", status="open", zone=None, limit=2, position=position)
        seen += [pair.id for pair in page.items if isinstance(pair, DuplicatePair)]
        position = page.next_position
        if position is None:
            break

    assert [f"d{n}" for n in range(1, 7)] == seen
    assert "rejected" == store.get_many("main", ["d0", "d9"])["d0"].status
    assert not store.rule("main").merge
    store.save_rule("main", MergeRule(merge=True))
    assert store.rule("main").merge and not store.rule("other").merge


def test_merge_is_all_or_nothing_and_can_be_undone(emulator: Ports, sealer: RootSealer) -> None:
    """Who was merged away leads to the survivor, with the words of both; then no more."""
    table = emulator.table("profiles")
    profiles, merges = DynamoProfiles(table, sealer), DynamoMerges(table, sealer)
    permissions = DynamoPermissions(table, sealer)
    one, other = profile("p1"), profile("p2")
    for person in (one, other):
        profiles.save(person, expected_version=0)
    word = Consent(channel="email", topic="news", status="withdrawn", evidence="ö", at=NOW)
    word = permissions.record_consent("main", "p2", word)
    made = Merge(workspace="main", into="p1", away="p2", by="k", before=one,
                 at=NOW + timedelta(minutes=1))  # fmt: skip
    with pytest.raises(Conflict):
        merges.merge(made, one.model_copy(update={"version": 2}), other)
    with pytest.raises(Conflict):
        merges.merge(made, one, other.model_copy(update={"version": 2}))
    assert (word,) == permissions.look("main", "p2", "").consents
    assert () == permissions.look("main", "p1", "").consents == merges.members("main", "p1")

    merges.merge(made, one, other)
    with pytest.raises(Conflict):
        merges.merge(made, one.model_copy(update={"version": 2}), other)
    assert {"p1": "p1", "p2": "p1"} == {
        ident: person.id for ident, person in profiles.get_many("main", ["p1", "p2"]).items()
    }
    assert [(word,)] * 2 == [permissions.look("main", i, "").consents for i in ("p1", "p2")]
    assert ("p2",) == merges.members("main", "p1")

    (kept,) = merges.get_many("main", ["p1", "p2"]).values()
    undone = kept.model_copy(update={"undone_at": NOW, "undone_by": "k"})
    merges.undo(undone, one.model_copy(update={"version": 2}))
    assert {"p1", "p2"} == {
        person.id for person in profiles.get_many("main", ["p1", "p2"]).values()
    }
    assert () == permissions.look("main", "p1", "").consents == merges.members("main", "p1")
