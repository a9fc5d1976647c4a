"""What every store promises, on both emulators and in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoGates, DynamoSwitch
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.events import TRACKED, Event
from signet.domain.gate import Gate
from signet.domain.message import Message, Rule
from signet.domain.permission import Question, judge
from signet.domain.profile import Profile, Trait
from signet.domain.suppression import Suppression
from signet.errors import Conflict, Permanent
from signet.ports import Claim, CounterChange, Step
from tests.contracts.conftest import Emulator, Memory
from tests.fixed_clock import FixedClock

Ports = Memory | Emulator
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


def test_a_profile_reads_back_as_it_was_written(emulator: Ports, sealer: RootSealer) -> None:
    """Every trait survives sealing and storage, whatever it holds."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)
    traits = {"name": Trait(value={"ö": [1, 2.5, None, ""]}, at=NOW, event_key="e")}
    profile = Profile(workspace="main", id="p1", traits=traits, created_at=NOW, updated_at=NOW)
    store.save(profile, expected_version=0)

    found = store.get_many("main", ["p1", "p2"])

    assert {"p1": profile.model_copy(update={"version": 1})} == found
    assert store.exists("main", "p1")
    assert not store.exists("other", "p1")


def test_the_second_writer_of_a_profile_is_told(emulator: Ports, sealer: RootSealer) -> None:
    """A profile is written only over the version that was read."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)
    profile = Profile(workspace="main", id="p1", created_at=NOW, updated_at=NOW)
    store.save(profile, expected_version=0)

    with pytest.raises(Conflict):
        store.save(profile, expected_version=0)


def test_a_handle_belongs_to_whoever_came_first(emulator: Ports, sealer: RootSealer) -> None:
    """Linking a taken handle gives its owner and changes nothing."""
    store = DynamoProfiles(emulator.table("profiles"), sealer)

    assert ["p1", "p1"] == [store.link("main", "h", "p1"), store.link("main", "h", "p2")]
    assert {"h": "p1"} == store.resolve("main", ["h", "unknown"])


def test_an_event_is_closed_once_and_stays_known(emulator: Ports, sealer: RootSealer) -> None:
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


def test_a_timeline_comes_newest_first_in_pages(emulator: Ports, sealer: RootSealer) -> None:
    """Paging through a timeline gives every event once, in order."""
    store = DynamoEvents(emulator.table("events"), sealer)
    for day in (2, 1, 3):
        when = NOW + timedelta(days=day)
        store.add("p1", Event(workspace="main", id=str(day), source="s", type=TRACKED,
                              occurred_at=when, received_at=NOW), messages=[])  # fmt: skip
    first = store.timeline("main", "p1", limit=2, position=None)
    second = store.timeline("main", "p1", limit=2, position=first.next_position)

    assert ["3", "2", "1"] == [entry.event.id for entry in (*first.items, *second.items)]


def test_a_message_reads_back_as_it_was_planned(emulator: Ports) -> None:
    """Planning twice keeps the first row; the row has every field."""
    ledger = DynamoLedger(emulator.table("events"))

    assert [True, False] == [ledger.plan(_message()), ledger.plan(_message(template="other"))]
    found = ledger.get("main", "m1")
    assert found is not None
    assert _message() == found.model_copy(update={"transitions": ()})
    assert ["planned"] == [step.status for step in found.transitions]
    assert [found] == list(ledger.of_campaign("main", "c1", limit=5, position=None).items)


def test_only_one_claim_wins_and_it_may_be_asked_twice(emulator: Ports) -> None:
    """A lost answer is no lost claim: the holder's own token is recognised."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    claims = [ledger.claim(_message(), _claim(token)) for token in ("a", "b", "a")]

    assert [True, False, True] == claims
    found = ledger.get("main", "m1")
    assert found is not None
    assert ("claimed", "a", "h2") == (found.status, found.token, found.recipient)
    assert ["planned", "rendered", "claimed"] == [step.status for step in found.transitions]


def test_a_move_happens_only_under_its_conditions(emulator: Ports) -> None:
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


def test_a_step_on_the_spot_is_no_transition(emulator: Ports) -> None:
    """What completes a planned message is written, and the log has no second `planned`."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message(profile_id=None))
    step = Step(to="planned", at=NOW, from_statuses=("planned",), profile_id="p7")

    assert ledger.move("main", "m1", step)
    found = ledger.get("main", "m1")
    assert found is not None
    assert ("p7", ["planned"]) == (found.profile_id, [one.status for one in found.transitions])


def test_a_held_message_is_not_claimed_before_its_moment(emulator: Ports) -> None:
    """Work that comes twice must not shorten the wait."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    early, late = _claim("a"), replace(_claim("b"), claimed_at=NOW + timedelta(minutes=5))
    held = Step(to="held", at=NOW, from_statuses=("planned",), due_at=late.claimed_at)
    ledger.move("main", "m1", held)

    assert [False, True] == [ledger.claim(_message(), claim) for claim in (early, late)]


def test_a_message_that_moved_is_not_postponed(emulator: Ports) -> None:
    """Upkeep never touches what went on meanwhile."""
    ledger = DynamoLedger(emulator.table("events"))
    due = NOW + timedelta(minutes=10)
    ledger.plan(_message(due_at=due))
    seen = ledger.get("main", "m1")
    assert seen is not None

    assert ledger.postpone(seen, due + timedelta(minutes=10))
    assert not ledger.postpone(seen, due + timedelta(minutes=20))


def test_a_row_becomes_what_is_known_of_it_elsewhere(emulator: Ports) -> None:
    """A row from a backup catches up; one that is as far already stays."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())
    behind = ledger.get("main", "m1")
    ledger.claim(_message(), _claim("a"))
    ahead = ledger.get("main", "m1")
    assert behind is not None and ahead is not None

    assert not ledger.witness(behind)
    restored = DynamoLedger(emulator.table("restored"))
    restored.plan(_message())
    assert restored.witness(ahead)
    assert not restored.witness(ahead)
    assert ahead == restored.get("main", "m1")


def test_engagement_counts_the_first_time_only(emulator: Ports) -> None:
    """An opening is noted once; a message that does not exist cannot be opened."""
    ledger = DynamoLedger(emulator.table("events"))
    ledger.plan(_message())

    assert [True, False] == [ledger.engage("main", "m1", "opened", at=NOW) for _ in range(2)]
    assert not ledger.engage("main", "nobody", "opened", at=NOW)


def test_the_last_word_on_a_topic_is_in_force(emulator: Ports, sealer: RootSealer) -> None:
    """Whoever speaks last means it, also where their clock is behind the one before."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    given = Consent(channel="email", topic="news", status="granted", evidence="form 7", at=NOW)
    taken = given.model_copy(update={"status": "withdrawn", "at": NOW - timedelta(minutes=4)})

    first = store.record_consent("main", "p1", given)
    assert first.receipt
    assert given == first.model_copy(update={"receipt": ""})
    kept = store.record_consent("main", "p1", taken)
    assert ("withdrawn", NOW + timedelta(microseconds=1)) == (kept.status, kept.at)
    assert (kept,) == store.look("main", "p1", "h1").consents


def test_many_are_looked_at_in_the_order_asked(emulator: Ports, sealer: RootSealer) -> None:
    """One call answers for all, also for people nobody knows anything of."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    store.suppress("main", Suppression(handle="h2", reason="bounce", at=NOW))
    found = store.look_many("main", [("p1", ["h1"]), ("p2", ["h2"]), ("p1", ["h2"])])

    assert [0, 1, 1] == [len(permission.suppressions) for permission in found]


def test_each_reason_suppresses_an_address_once(emulator: Ports, sealer: RootSealer) -> None:
    """The look finds every reason; lifting takes them all, and says when there was none."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    found = Suppression(handle="h1", reason="bounce", at=NOW)
    manual = found.model_copy(update={"reason": "manual"})
    for one in (found, manual, found.model_copy(update={"at": NOW + timedelta(days=1)})):
        store.suppress("main", one)

    assert (found, manual) == store.look("main", "p1", "h1").suppressions
    assert (found, manual) == store.suppressions("main", limit=10, position=None).items
    assert () == store.look("other", "p1", "h1").suppressions
    assert [(found, manual), ()] == [store.release("main", "h1") for _ in range(2)]
    assert () == store.look("main", "p1", "h1").suppressions


def test_suppression_of_one_topic_leaves_the_others(emulator: Ports, sealer: RootSealer) -> None:
    """It refuses its own topic only, and stands beside one of the same reason for another."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    news = Suppression(handle="h1", reason="asked", scope="topic", topic="news", at=NOW)
    for one in (news, news.model_copy(update={"topic": "offers"})):
        store.suppress("main", one)
    permission = store.look("main", "p1", "h1")
    asked = [Question("email", t, NOW, frozenset({"h1"})) for t in ("news", "offers", "x", None)]
    rules = [judge(permission, one)[0] for one in asked]

    assert ["refuse", "refuse", "pass", "pass"] == [rule.verdict for rule in rules]
    assert "suppressed:asked" == rules[0].reason


def test_a_gate_is_shut_by_a_stop_and_by_a_backup(emulator: Ports) -> None:
    """A ledger whose beat is behind is from a backup; a stop is of one workspace."""
    events, epoch = emulator.table("events"), emulator.epoch()
    gates = DynamoGates(events, emulator.table("catalog"), epoch)
    switch = DynamoSwitch(events)

    assert Gate() == gates.look("main", ())
    assert [True, False] == [gates.raise_beat(0, 1), gates.raise_beat(0, 1)]
    epoch.advance(0, 1)
    switch.stop("main", "wrong list", at=NOW)
    switch.stop("main", "again", at=NOW)
    assert ("wrong list", "") == (gates.look("main", ()).shut, gates.look("other", ()).shut)
    switch.resume("main", seen={"day:x:sent": 4})
    assert {"day:x:sent": 4} == switch.forgiven("main")
    epoch.advance(1, 2)
    assert gates.look("main", ()).shut
    assert 1 == gates.beat()


def test_the_newest_canary_counts(emulator: Ports) -> None:
    """A canary that comes back late takes nothing back."""
    evidence = DynamoEvidence(emulator.table("events"))
    assert (None, None) == (evidence.seen(), evidence.asked())
    for minutes in (5, 3):
        evidence.note(NOW + timedelta(minutes=minutes))
        evidence.ask(NOW + timedelta(minutes=minutes))

    assert NOW + timedelta(minutes=5) == evidence.seen() == evidence.asked()


def test_a_pace_is_shared_and_slows_for_everybody(emulator: Ports) -> None:
    """Two senders draw on one bucket, leased in lots; a refusal empties it."""
    table, clock = emulator.table("events"), FixedClock(NOW)
    one, two = (DynamoPacer(table, "ses", clock=clock, quota=lambda: 10.0) for _ in range(2))

    assert [4, 5, 0] == [one.take(4).count, two.take(8).count, two.take(3).count]
    clock.advance(timedelta(seconds=10))
    one.slow()
    assert 0 == two.take(1).count
    clock.advance(timedelta(seconds=1))
    assert 5 == two.take(9).count


def test_counters_move_with_their_checkpoint_or_not_at_all(emulator: Ports) -> None:
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
