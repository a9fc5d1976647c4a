"""What becomes of messages that wait: nothing is forgotten, nothing is repeated by guess."""

from datetime import timedelta
from typing import Any

import pytest

from signet.domain.message import Message, Status, Transition, shortened
from signet.domain.work import RenderMessages, WalkCampaign, read
from signet.errors import InDoubt, Permanent
from signet.ports import DeadLetter, Step
from signet.usecases.burial import bury, exhume
from signet.usecases.upkeep import LONGEST_LOG, beat
from signet.usecases.walk import Path, walk
from tests.unit.sending.desks import NOW, World


@pytest.fixture
def world() -> World:
    """Stand ready."""
    return World()


def renders(world: World) -> list[str]:
    """Give the messages for which render was given new work."""
    works = [read(body) for body in world.renders.bodies]
    return [m.message_id for w in works if isinstance(w, RenderMessages) for m in w.messages]


def doubtful(world: World, **fields: Any) -> None:
    """Let m1 be in doubt since a moment, its quiet period over."""
    world.mailer.answer = InDoubt("no answer")
    world.deliver(world.planned(**fields))
    world.mailer.answer = "provider-2"
    world.mailer.sent.clear()
    world.clock.advance(timedelta(minutes=40))


def test_a_planned_message_whose_work_was_lost_gets_new_work(world: World) -> None:
    """The row is the truth; the longer it waits, the more seldom it is looked at."""
    world.planned()
    world.clock.advance(timedelta(minutes=16))

    assert (1, 0) == (world.sweep().sent_on, world.sweep().sent_on)
    assert ["m1"] == renders(world)
    waits = world.message().due_at
    assert waits is not None and timedelta(minutes=16) == waits - world.clock.now()


def test_waiting_messages_do_not_hide_the_doubtful(world: World) -> None:
    """Hundreds of messages that wait leave the doubts behind them in reach."""
    doubtful(world)
    world.evidence.note(world.clock.now())
    for number in range(250):
        world.planned(f"w{number}", due_at=NOW)

    swept = world.sweep()

    assert (251, 250, 1) == (swept.looked, swept.sent_on, swept.resolved)
    assert "unresolved" == world.status()


def test_a_message_that_goes_round_keeps_its_log_short(world: World) -> None:
    """The row stays small however often it is held."""
    world.planned()
    for _ in range(40):
        hold = Step(to="held", at=NOW, from_statuses=("planned",), due_at=world.clock.now())
        world.ledger.move("main", "m1", hold)
        world.clock.advance(timedelta(minutes=1))
        world.sweep()

    assert LONGEST_LOG + 1 >= len(world.message().transitions)
    assert "planned" == world.message().transitions[0].status


def test_a_shortened_log_tells_all_that_a_message_has_been() -> None:
    """The counters count each status once, and the row must agree with them for ever."""
    been: tuple[Status, ...] = (
        "planned",
        "rendered",
        "claimed",
        "in_doubt",
        *["held", "planned"] * 9,
    )
    log = tuple(Transition(status=status, at=NOW + timedelta(n)) for n, status in enumerate(been))

    found = shortened(log, LONGEST_LOG)

    assert (LONGEST_LOG, set(been)) == (len(found), {step.status for step in found})
    assert (log[:5], log[-7:]) == (found[:5], found[5:])
    assert found == shortened(found, LONGEST_LOG)


def test_a_doubt_without_evidence_is_not_ended(world: World) -> None:
    """Silence means nothing while it is not known that events arrive: a canary is sent first."""
    doubtful(world)

    assert (0, "in_doubt") == (world.sweep().resolved, world.status())
    assert ["canary-"] == [mail.message_id[:7] for mail in world.mailer.sent]
    assert "-" == world.mailer.sent[0].workspace
    world.clock.advance(timedelta(minutes=2))
    world.evidence.note(world.clock.now())
    assert (1, "unresolved") == (world.sweep().resolved, world.status())


def test_one_canary_a_minute_is_enough(world: World) -> None:
    """Many doubts ask for evidence together."""
    doubtful(world)
    for _ in range(3):
        world.sweep()
        world.clock.advance(timedelta(seconds=31))

    assert 2 == len(world.mailer.sent)


def test_class_assured_is_sent_once_more_and_no_third_time(world: World) -> None:
    """After the quiet period the next epoch begins; the one after that never does."""
    doubtful(world, message_class="assured")
    world.evidence.note(world.clock.now())
    world.sweep()
    assert ("planned", 1) == (world.status(), world.message().epoch)
    world.sweep()
    assert ["m1"] == renders(world)
    world.mailer.answer = InDoubt("again no answer")
    world.deliver(world.rendered())
    assert (1, "in_doubt") == (world.mailer.sent[0].epoch, world.status())
    world.clock.advance(timedelta(minutes=40))
    world.evidence.note(world.clock.now())
    world.sweep()

    assert ("unresolved", 1) == (world.status(), len(world.mailer.sent))


def test_a_repeat_that_is_refused_says_that_the_first_may_have_arrived(world: World) -> None:
    """The record never claims to know what became of an earlier attempt."""
    doubtful(world, message_class="assured", topic="news")
    found = world.message()
    retried = Step(to="planned", at=NOW, from_statuses=("skipped", "in_doubt"), next_epoch=1)
    world.ledger.move("main", "m1", retried)
    world.deliver(world.rendered())

    assert found.epoch == 0
    assert "no_consent; an earlier attempt is unknown" == world.message().reason


def test_whatever_ends_a_repeat_says_that_the_first_may_have_arrived(world: World) -> None:
    """A provider's refusal and a dead letter end the second attempt, and tell of the first."""
    for name in ("m1", "m2"):
        world.planned(name, epoch=1, message_class="assured")
    world.mailer.answer = Permanent("MessageRejected")
    world.deliver(world.rendered())
    buried(world, "KeyError", world.message("m2"))

    assert ["rejected", "failed"] == [world.status(name) for name in ("m1", "m2")]
    assert "MessageRejected; an earlier attempt is unknown" == world.message("m1").reason
    assert "laid aside: KeyError; an earlier attempt is unknown" == world.message("m2").reason


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"not_after": NOW + timedelta(minutes=5)}, "expired"),
        ({"campaign_id": "gone"}, "cancelled"),
        ({"planned_at": NOW - timedelta(days=16)}, "failed"),
    ],
)
def test_what_can_never_leave_ends(world: World, fields: dict[str, Any], status: str) -> None:
    """Nothing waits for ever."""
    world.planned(**fields)
    world.clock.advance(timedelta(minutes=16))
    world.sweep()

    assert (status, []) == (world.status(), renders(world))


def test_a_paused_message_waits_on_until_its_campaign_is_resumed(world: World) -> None:
    """Upkeep sends nothing on its way that would be refused; the walk after a resume does."""
    world.planned(campaign_id="c1")
    world.campaign("paused")
    world.clock.advance(timedelta(minutes=16))
    world.sweep()
    assert [] == renders(world)
    world.campaign("active")

    path = Path(world.ledger, world.gates, world.renders, world.queue, world.clock)
    assert 1 == walk(WalkCampaign(workspace="main", campaign_id="c1"), path=path)
    assert ["m1"] == renders(world)


def test_a_resume_opens_nobodys_quiet_hours(world: World) -> None:
    """What waits for its hours goes on waiting; what waited for the campaign goes."""
    later = NOW + timedelta(hours=9)
    for name, reason in (("m1", "quiet_hours"), ("m2", "campaign_paused")):
        world.planned(name, campaign_id="c1", status="held", reason=reason, due_at=later)
    world.campaign("active")
    path = Path(world.ledger, world.gates, world.renders, world.queue, world.clock)
    walk(WalkCampaign(workspace="main", campaign_id="c1"), path=path)

    assert ["m2"] == renders(world)
    assert (later, "held") == (world.message("m1").due_at, world.status("m1"))


def test_a_walk_goes_through_every_page(world: World) -> None:
    """A cancelled campaign ends all its waiting messages, however many there are."""
    names = [f"m{number:03d}" for number in range(230)]
    for name in names:
        world.planned(name, campaign_id="c1")
    world.campaign("cancelled")
    path = Path(world.ledger, world.gates, world.renders, world.queue, world.clock)
    walk(WalkCampaign(workspace="main", campaign_id="c1"), path=path)
    while entries := world.queue.receive():
        for entry in entries:
            work = read(entry.body)
            assert isinstance(work, WalkCampaign)
            walk(work, path=path)
            world.queue.delete(entry.id)

    assert {"cancelled"} == {world.status(name) for name in names}


def test_a_walk_cancels_nothing_when_the_ledger_is_from_a_backup(world: World) -> None:
    """Gates that a restore shut still say what each campaign is."""
    world.planned(campaign_id="c1")
    world.campaign("active")
    world.epoch.value = 9
    path = Path(world.ledger, world.gates, world.renders, world.queue, world.clock)
    walk(WalkCampaign(workspace="main", campaign_id="c1"), path=path)

    assert "planned" == world.status()


def test_the_beat_rises_in_both_places_and_never_heals_a_backup(world: World) -> None:
    """A ledger that is behind stays so until somebody replays what it missed."""
    assert beat(gates=world.gates, epoch=world.epoch)
    assert (1, 1) == (world.gates.beat(), world.epoch.read())
    world.epoch.value = 9
    assert not beat(gates=world.gates, epoch=world.epoch)
    assert (1, 9) == (world.gates.beat(), world.epoch.read())


class Rows:
    """A list of dead letters."""

    def __init__(self) -> None:
        self.kept: list[DeadLetter] = []

    def add(self, letter: DeadLetter) -> None:
        """Keep a letter."""
        self.kept.append(letter)


def buried(world: World, reason: str, *messages: Message) -> Rows:
    """Bury deliver's work for messages, for a reason."""
    rows = Rows()
    body = RenderMessages.model_validate(
        {"messages": [{"workspace": "main", "message_id": m.id} for m in messages]}
    ).model_dump_json()
    letter = DeadLetter("main", "1", "render", reason, 8, body, NOW)
    bury(
        letter,
        rows=rows,  # type: ignore[arg-type]
        ledger=world.ledger,
        queues={"render": world.renders},
        clock=world.clock,
        silent="silent",
    )
    return rows


def test_work_that_fails_for_good_ends_its_message_until_it_is_driven_again(world: World) -> None:
    """A dead letter is a state; driving it again takes the state back."""
    world.planned()
    rows = buried(world, "KeyError", world.message())
    assert ("failed", "laid aside: KeyError") == (world.status(), world.message().reason)

    assert 1 == exhume(rows.kept[0].body, ledger=world.ledger, clock=world.clock)
    assert "planned" == world.status()
    assert 0 == exhume(rows.kept[0].body, ledger=world.ledger, clock=world.clock)


def test_an_outage_ends_no_message(world: World) -> None:
    """Work that was laid aside for a passing reason is not the message's fault."""
    world.planned()
    buried(world, "Transient: no answer", world.message())

    assert "planned" == world.status()


def test_a_pack_whose_function_died_is_taken_apart(world: World) -> None:
    """Only the culprit becomes a dead letter in the end."""
    world.planned("m1")
    world.planned("m2")
    rows = buried(world, "silent", world.message("m1"), world.message("m2"))

    assert ([], 2) == (rows.kept, len(world.renders.bodies))
    assert ["m1", "m2"] == renders(world)
