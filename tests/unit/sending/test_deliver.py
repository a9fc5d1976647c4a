"""Claim first, look after: what deliver does with every answer it can get."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.consent import Consent
from signet.domain.suppression import Suppression
from signet.domain.work import DeliverMessages, read
from signet.errors import InDoubt, Permanent, Poison, Throttled, Transient
from tests.unit.sending.desks import NOW, RAW, World


@pytest.fixture
def world() -> World:
    """Stand ready to deliver."""
    return World()


def fail_once(port: Any, name: str) -> list[str]:
    """Let the next call of one method of a port be refused, and tell how often that happened."""
    real: Callable[..., Any] = getattr(port, name)
    failed: list[str] = []

    def once(*given: Any, **named: Any) -> Any:
        if not failed:
            failed.append(name)
            raise Transient("made by a test")
        return real(*given, **named)

    setattr(port, name, once)
    return failed


def test_a_message_is_handed_over_once_however_often_the_work_comes(world: World) -> None:
    """The second claim finds the first; the recorded address is the one on the mail."""
    work = world.planned()
    for _ in range(3):
        world.deliver(work)

    found = world.message()
    assert ("sent", "provider-1", "h2") == (found.status, found.provider_id, found.recipient)
    assert [("ada@example.org", RAW)] == [(o.recipient, o.raw) for o in world.mailer.sent]


def test_the_look_asks_about_the_address_on_the_mail(world: World) -> None:
    """An address that changed after the plan is looked at as it is now."""
    work = world.planned()
    world.permissions.suppress("main", Suppression(handle="h2", reason="bounce", at=NOW))

    world.deliver(work)

    assert ("skipped", "suppressed:bounce") == (world.status(), world.message().reason)
    assert [] == world.mailer.sent


@pytest.mark.parametrize("status", ["granted", "withdrawn", None])
def test_marketing_needs_the_consent_of_this_moment(world: World, status: Any) -> None:
    """With a topic only a granted consent lets a message pass."""
    work = world.planned(topic="news")
    if status is not None:
        consent = Consent(channel="email", topic="news", status=status, at=NOW)
        world.permissions.record_consent("main", "p1", consent)

    world.deliver(work)

    assert ("sent" if status == "granted" else "skipped") == world.status()


@pytest.mark.parametrize(
    ("port", "method"),
    [("permissions", "look_many"), ("gates", "look"), ("mailer", "send")],
)
def test_a_fault_between_claim_and_hand_over_holds_the_message(
    world: World, port: str, method: str
) -> None:
    """Nothing was handed over, so nothing is in doubt: upkeep sends the message on its way."""
    work = world.planned()
    failed = fail_once(getattr(world, port), method)

    world.deliver(work)
    assert ("held", [method]) == (world.status(), failed)
    world.clock.advance(timedelta(minutes=1))
    world.sweep()
    world.deliver(world.rendered())

    assert "sent" == world.status()


def test_a_lost_claim_is_looked_for_and_used(world: World) -> None:
    """A claim whose answer was lost is our own, and no reason for doubt."""
    work, real = world.planned(), world.ledger.claim

    def lost(*given: Any) -> bool:
        real(*given)
        raise Transient("the answer was lost")

    world.ledger.claim = lost  # type: ignore[method-assign]
    world.deliver(work)

    assert ("sent", 1) == (world.status(), len(world.mailer.sent))


def test_one_refused_claim_holds_up_no_other(world: World) -> None:
    """The pack comes again for the one, and the others are done."""
    works = [world.planned("m1"), world.planned("m2")]
    fail_once(world.ledger, "claim")

    with pytest.raises(Transient):
        world.deliver(*works)
    assert ["planned", "sent"] == [world.status("m1"), world.status("m2")]
    world.deliver(*works)

    assert ("sent", 2) == (world.status("m1"), len(world.mailer.sent))


def test_a_damaged_body_is_found_before_anything_is_claimed(world: World) -> None:
    """The message stays as it was, the others of the pack are sent, the fault is told."""
    bad = world.planned("m1").model_copy(update={"body_hash": "0" * 64})
    with pytest.raises(Poison, match="hash"):
        world.deliver(bad, world.planned("m2"))

    assert ["planned", "sent"] == [world.status("m1"), world.status("m2")]


def test_too_fast_slows_everybody_and_holds_the_rest_of_the_lot(world: World) -> None:
    """A throttling answer is definite; the others of the lot are not even tried."""
    works = [world.planned(f"m{n}") for n in range(3)]
    world.mailer.answer = Throttled("TooManyRequestsException")

    world.deliver(*works)

    assert (["held"] * 3, 1) == ([world.status(f"m{n}") for n in range(3)], len(world.mailer.sent))
    assert 0 == world.pacer.take(1).count


def test_what_goes_beyond_the_pace_waits_unclaimed(world: World) -> None:
    """Without a token nothing is written: the work itself comes again a moment later."""
    works = [world.planned("m1"), world.planned("m2")]
    world.pacer.take(1)
    world.pacer.slow()
    world.clock.advance(timedelta(milliseconds=25))

    world.deliver(*works)

    assert (["sent", "planned"], 1) == (
        [world.status("m1"), world.status("m2")],
        len(world.queue.bodies),
    )
    (body,) = world.queue.bodies
    again = read(body)
    assert isinstance(again, DeliverMessages)
    assert ["m2"] == [item.message_id for item in again.messages]


def test_without_time_the_work_goes_back_unclaimed(world: World) -> None:
    """A function near its end claims nothing that it could not hand over."""
    world.deliver(world.planned(), time_left=timedelta(seconds=15))

    assert ("planned", 1) == (world.status(), len(world.queue.bodies))


def test_a_slow_provider_does_not_outlast_the_lease(world: World) -> None:
    """What could be handed over after its lease is held instead."""
    works = [world.planned(f"m{n}") for n in range(3)]
    world.mailer.before = lambda: world.clock.advance(timedelta(seconds=30))

    world.deliver(*works)

    assert ["sent", "sent", "held"] == [world.status(f"m{n}") for n in range(3)]


@pytest.mark.parametrize(
    ("answer", "status"), [(Permanent("MessageRejected"), "rejected"), (InDoubt("?"), "in_doubt")]
)
def test_other_answers_are_never_followed_by_a_second_try(
    world: World, answer: Exception, status: str
) -> None:
    """A refusal for ever and a lost answer both end the work."""
    work = world.planned()
    world.mailer.answer = answer
    for _ in range(3):
        world.deliver(work)

    assert (status, 1) == (world.status(), len(world.mailer.sent))


def test_a_claim_past_its_lease_is_doubted_not_taken_over(world: World) -> None:
    """Whoever held it may have handed it over before dying; a clock ahead doubts no earlier."""
    work = world.planned()
    world.mailer.answer = KeyboardInterrupt("the process was killed")  # type: ignore[assignment]
    world.mailer.before = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        world.deliver(work)
    world.clock.advance(timedelta(minutes=5))
    world.deliver(work)
    assert "claimed" == world.status()
    world.clock.advance(timedelta(minutes=2))

    world.deliver(work)

    assert ("in_doubt", 0) == (world.status(), len(world.mailer.sent))


def test_a_late_answer_is_true_also_where_somebody_doubts_already(world: World) -> None:
    """A process that slept through its lease still knows what the provider said."""
    work = world.planned()

    def doubted() -> None:
        world.clock.advance(timedelta(minutes=10))
        world.sweep()

    world.mailer.before = doubted
    world.deliver(work)

    assert ("sent", "provider-1") == (world.status(), world.message().provider_id)


def test_a_message_past_its_time_expires(world: World) -> None:
    """What is too late is not sent."""
    world.deliver(world.planned(not_after=NOW - timedelta(seconds=1)))

    assert ("expired", []) == (world.status(), world.mailer.sent)


def test_a_message_whose_time_passes_during_the_look_expires(world: World) -> None:
    """The claim was in time, the hand-over would not be."""
    work, real = world.planned(not_after=NOW + timedelta(seconds=20)), world.gates.look

    def slow(*given: Any) -> Any:
        world.clock.advance(timedelta(seconds=30))
        return real(*given)

    world.gates.look = slow  # type: ignore[method-assign]
    world.deliver(work)

    assert ("expired", []) == (world.status(), world.mailer.sent)


@pytest.mark.parametrize(
    ("campaign", "status"), [("active", "sent"), ("paused", "held"), ("cancelled", "cancelled")]
)
def test_a_message_obeys_its_campaign_after_the_claim(
    world: World, campaign: Any, status: str
) -> None:
    """What was claimed after a pause was acknowledged does not leave."""
    work = world.planned(campaign_id="c1")
    world.campaign(campaign)

    world.deliver(work)

    assert status == world.status()


def test_nothing_leaves_a_workspace_that_was_stopped(world: World) -> None:
    """The switch works at the moment of the claim; what waits is held, not lost."""
    work = world.planned()
    world.switch.stop("main", "wrong list", at=NOW)

    world.deliver(work)

    assert ("held", "wrong list", []) == (
        world.status(),
        world.message().reason,
        world.mailer.sent,
    )


def test_nothing_leaves_tables_that_come_from_a_backup(world: World) -> None:
    """A beat that is behind says that the ledger does not know what it has sent."""
    work = world.planned()
    world.epoch.value = 3

    world.deliver(work)

    assert ("held", []) == (world.status(), world.mailer.sent)


def test_a_held_message_is_not_sent_before_its_moment(world: World) -> None:
    """A second copy of the work does not shorten the wait."""
    work = world.planned()
    fail_once(world.mailer, "send")
    world.deliver(work)

    world.deliver(work)

    assert ("held", []) == (world.status(), world.mailer.sent)
