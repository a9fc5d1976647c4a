"""What every store promises, on both emulators."""

from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.sealer import RootSealer
from signet.domain.events import TRACKED, Event
from signet.domain.message import Message, Rule
from signet.domain.permission import Consent, Suppression
from signet.domain.profile import Profile, Trait
from signet.errors import Conflict, Permanent
from signet.ports import Claim, CounterChange, Step
from tests.contracts.conftest import Emulator

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _message(**fields: object) -> Message:
    known: dict[str, object] = {
        "workspace": "main", "id": "m1", "template": "thanks", "campaign_id": "c1",
        "profile_id": "p1", "recipient": "h1", "planned_at": NOW,
        "decisions": (Rule(rule="consent", verdict="pass", reason="granted"),),
    }  # fmt: skip
    return Message.model_validate(known | fields)


def _claim(token: str) -> Claim:
    return Claim(
        token=token,
        claimed_at=NOW,
        lease_until=NOW + timedelta(seconds=60),
        recipient="h2",
        body_hash="ab",
        template_version=3,
        rendered_at=NOW,
    )


def test_a_profile_reads_back_as_it_was_written(emulator: Emulator, sealer: RootSealer) -> None:
    """Every trait survives sealing and storage, whatever it holds."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)
    traits = {"name": Trait(value={"ö": [1, 2.5, None, ""]}, at=NOW, event_key="e")}
    profile = Profile(workspace="main", id="p1", traits=traits, created_at=NOW, updated_at=NOW)
    store.save(profile, expected_version=0)

    found = store.get_many("main", ["p1", "p2"])

    assert {"p1": profile.model_copy(update={"version": 1})} == found
    assert store.exists("main", "p1")
    assert not store.exists("other", "p1")


def test_the_second_writer_of_a_profile_is_told(emulator: Emulator, sealer: RootSealer) -> None:
    """A profile is written only over the version that was read."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)
    profile = Profile(workspace="main", id="p1", created_at=NOW, updated_at=NOW)
    store.save(profile, expected_version=0)

    with pytest.raises(Conflict):
        store.save(profile, expected_version=0)


def test_a_handle_belongs_to_whoever_came_first(emulator: Emulator, sealer: RootSealer) -> None:
    """Linking a taken handle gives its owner and changes nothing."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)

    assert ["p1", "p1"] == [store.link("main", "h", "p1"), store.link("main", "h", "p2")]
    assert {"h": "p1"} == store.resolve("main", ["h", "unknown"])


def test_an_event_is_closed_once_and_stays_known(emulator: Emulator, sealer: RootSealer) -> None:
    """A second event of the same source and id is a repeat, whatever else it says."""
    store = DynamoEvents(emulator.table("events"), sealer)
    event = Event(
        workspace="main", id="1", source="s", type=TRACKED, occurred_at=NOW, received_at=NOW
    )
    later = event.model_copy(update={"occurred_at": NOW + timedelta(days=1)})

    assert [True, False] == [store.add("p1", e, messages=["m1"]) for e in (event, later)]
    assert frozenset({event.key}) == store.known([event, later])
    page = store.timeline("main", "p1", limit=10, position=None)
    assert [(event, ("m1",))] == [(entry.event, entry.messages) for entry in page.items]


def test_a_timeline_comes_newest_first_in_pages(emulator: Emulator, sealer: RootSealer) -> None:
    """Paging through a timeline gives every event once, in order."""
    store = DynamoEvents(emulator.table("events"), sealer)
    for day in (2, 1, 3):
        when = NOW + timedelta(days=day)
        store.add("p1", Event(workspace="main", id=str(day), source="s", type=TRACKED,
                              occurred_at=when, received_at=NOW), messages=[])  # fmt: skip
    first = store.timeline("main", "p1", limit=2, position=None)
    second = store.timeline("main", "p1", limit=2, position=first.next_position)

    assert ["3", "2", "1"] == [entry.event.id for entry in (*first.items, *second.items)]


def test_a_message_reads_back_as_it_was_planned(emulator: Emulator) -> None:
    """Planning twice keeps the first row; the row has every field."""
    ledger = DynamoLedger(emulator.table("events"))

    assert [True, False] == [ledger.plan(_message()), ledger.plan(_message(template="other"))]
    found = ledger.get("main", "m1")
    assert found is not None
    assert _message() == found.model_copy(update={"transitions": ()})
    assert ["planned"] == [step.status for step in found.transitions]
    assert [found] == list(ledger.of_campaign("main", "c1", limit=5, position=None).items)


def test_only_one_claim_wins_and_it_may_be_asked_twice(emulator: Emulator) -> None:
    """A lost answer is no lost claim: the holder's own token is recognised."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    claims = [ledger.claim(_message(), _claim(token)) for token in ("a", "b", "a")]

    assert [True, False, True] == claims
    found = ledger.get("main", "m1")
    assert found is not None
    assert ("claimed", "a", "h2") == (found.status, found.token, found.recipient)
    assert ["planned", "rendered", "claimed"] == [step.status for step in found.transitions]


def test_a_move_happens_only_under_its_conditions(emulator: Emulator) -> None:
    """Status, epoch and token must all fit, or nothing changes."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    ledger.claim(_message(), _claim("a"))
    wrong = Step(to="sent", at=NOW, from_statuses=("claimed",), token="b")
    late = Step(to="sent", at=NOW, from_statuses=("planned",))
    right = Step(to="sent", at=NOW, from_statuses=("claimed",), token="a", epoch=0, provider_id="x")

    assert [False, False, True] == [ledger.move("main", "m1", s) for s in (wrong, late, right)]
    found = ledger.get("main", "m1")
    assert found is not None
    assert ("sent", "x") == (found.status, found.provider_id)


def test_what_waits_is_found_when_its_moment_comes(emulator: Emulator) -> None:
    """Only rows that wait are in the index of due rows, and they leave it when they move."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    due = NOW + timedelta(minutes=30)
    ledger.move("main", "m1", Step(to="in_doubt", at=NOW, from_statuses=("planned",), due_at=due))

    assert () == ledger.before(NOW, limit=10)
    assert ["m1"] == [message.id for message in ledger.before(due, limit=10)]
    ledger.move("main", "m1", Step(to="unresolved", at=due, from_statuses=("in_doubt",)))
    assert () == ledger.before(due, limit=10)


def test_engagement_counts_the_first_time_only(emulator: Emulator) -> None:
    """An opening is noted once; a message that does not exist cannot be opened."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())

    assert [True, False] == [ledger.engage("main", "m1", "opened", at=NOW) for _ in range(2)]
    assert not ledger.engage("main", "nobody", "opened", at=NOW)


def test_the_newest_word_on_a_topic_is_in_force(emulator: Emulator, sealer: RootSealer) -> None:
    """A late report of an older consent does not undo a newer withdrawal."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    given = Consent(channel="email", topic="news", status="granted", evidence="form 7", at=NOW)
    taken = given.model_copy(update={"status": "withdrawn", "at": NOW + timedelta(hours=1)})

    assert given == store.record_consent("main", "p1", given)
    assert taken == store.record_consent("main", "p1", taken)
    assert taken == store.record_consent("main", "p1", given)
    assert (taken,) == store.look("main", "p1", "h1").consents


def test_a_suppression_is_seen_until_it_is_lifted(emulator: Emulator, sealer: RootSealer) -> None:
    """The look finds the address; lifting twice says that there was none."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    found = Suppression(handle="h1", reason="bounce", at=NOW)
    store.suppress("main", found)
    store.suppress("main", found.model_copy(update={"reason": "manual"}))

    assert (found,) == store.look("main", "p1", "h1").suppressions
    assert () == store.look("other", "p1", "h1").suppressions
    assert [True, False] == [store.release("main", "h1", "email") for _ in range(2)]


def test_counters_move_with_their_checkpoint_or_not_at_all(emulator: Emulator) -> None:
    """A batch that was folded before is refused as a whole."""
    counters = DynamoCounters(emulator.table("events"))
    changes = [CounterChange("main", "all", "opened", 2), CounterChange("main", "all", "sent", 1)]
    counters.fold("shard", before="", after="7", changes=changes)

    with pytest.raises(Conflict):
        counters.fold("shard", before="", after="9", changes=changes)
    assert "7" == counters.checkpoint("shard")
    assert {"all": {"opened": 2, "sent": 1}} == counters.read("main", ["all"])


def test_a_sealed_value_opens_only_for_its_subject(sealer: RootSealer) -> None:
    """A value moved to another person's row does not open."""
    sealed = sealer.seal("main", "p1", b"ada")

    assert b"ada" == sealer.open("main", "p1", sealed)
    with pytest.raises(Permanent):
        sealer.open("main", "p2", sealed)
