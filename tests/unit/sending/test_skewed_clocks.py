"""
One container's clock is five minutes ahead, or behind (bad input 57).

What is tolerated: a claim is doubted when its lease is truly over or up to ten minutes later, and
never earlier; a doubt ends, a window opens or closes up to five minutes early or late. Nothing is
handed over twice. Two clocks that are wrong in opposite directions are ten minutes apart: then a
claim may be doubted early, which costs a late answer and no second mail.
"""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.domain import pace
from signet.domain.consent import Consent
from signet.domain.waiting import LEASE, QUIET, SKEW
from tests.unit.sending.desks import NOW, World
from tests.unit.sending.two_clocks import SECOND, OffClock, Troubled, Two, die, hear

MINUTE = timedelta(minutes=1)
RIGHT = timedelta(0)
WRONG = {"fast": SKEW, "slow": -SKEW}


ONE_IS_WRONG = [(WRONG[how], RIGHT) for how in WRONG] + [(RIGHT, WRONG[how]) for how in WRONG]
APART = pytest.mark.parametrize(
    ("holder", "other"),
    ONE_IS_WRONG,
    ids=["holder fast", "holder slow", "other fast", "other slow"],
)


@APART
def test_nobody_doubts_or_takes_over_a_claim_before_its_lease_is_over(
    holder: timedelta, other: timedelta
) -> None:
    """Whoever looks on with a wrong clock sees a claim, for as long as the holder may send."""
    two = Two(holder, other)
    item, seen = two.world.planned(), []

    def looked_at() -> None:
        two.world.mailer.before = lambda: None
        for moment in (0, 1, 30, 59, 60):
            two.after(moment * SECOND)
            seen.append(two.look(item))

    two.world.mailer.before = looked_at
    two.first(item)

    assert ["claimed"] * 5 == seen
    assert ("sent", 1) == (two.world.status(), len(two.world.mailer.sent))


@APART
def test_claim_of_a_dead_container_is_doubted_after_its_lease(
    holder: timedelta, other: timedelta
) -> None:
    """Not a second early, and at most twice the skew late; it is never handed over again."""
    two = Two(holder, other)
    item = two.world.planned()
    die(two, item)

    doubted = two.until("in_doubt", item, within=LEASE + 3 * SKEW)

    assert LEASE < doubted <= LEASE + 2 * SKEW + 10 * SECOND
    assert [] == two.world.mailer.sent


@APART
def test_doubt_ends_unresolved_no_earlier_than_the_skew_allows(
    holder: timedelta, other: timedelta
) -> None:
    """Half an hour of silence may seem five minutes shorter or longer to a wrong clock."""
    two = Two(holder, other)
    item = two.world.planned()
    die(two, item)
    hear(two)

    ended = two.until("unresolved", item, within=timedelta(hours=1))

    assert LEASE + QUIET["once"] - SKEW <= ended <= LEASE + QUIET["once"] + SKEW + 3 * MINUTE
    assert {"-"} == {mail.workspace for mail in two.world.mailer.sent}


@APART
def test_second_hand_over_of_class_assured_waits_for_silence(
    holder: timedelta, other: timedelta
) -> None:
    """It comes once, and at least five of its ten minutes after the lease was truly over."""
    two = Two(holder, other)
    item = two.world.planned(message_class="assured")
    die(two, item)
    hear(two)

    again = two.until("sent", item, within=timedelta(hours=1))
    two.world.clock.advance(timedelta(hours=1))
    two.look(item)

    assert LEASE + QUIET["assured"] - SKEW <= again <= LEASE + QUIET["assured"] + SKEW + 3 * MINUTE
    assert ["m1"] == [mail.message_id for mail in two.world.mailer.sent if mail.workspace != "-"]


@APART
@pytest.mark.parametrize("message_class", ["once", "assured"])
def test_canary_of_before_the_claim_ends_no_doubt(
    holder: timedelta, other: timedelta, message_class: str
) -> None:
    """A wrong clock may date it after the lease; it says nothing about the time since."""
    two = Two(holder, other)
    before = two.rounds.clock.now() - SECOND
    two.world.evidence.note(before)
    item = two.world.planned(message_class=message_class)
    die(two, item)

    for _ in range(120):
        two.world.clock.advance(MINUTE)
        two.look(item)

    assert ("in_doubt", before) == (two.world.status(), two.world.evidence.seen())
    assert {"-"} == {mail.workspace for mail in two.world.mailer.sent}


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
def test_window_closes_at_most_the_skew_early_or_late(error: timedelta) -> None:
    """Five minutes before its end a message still leaves, five minutes after it none does."""
    end = timedelta(hours=1)
    early, late = Two(error, RIGHT), Two(error, RIGHT)
    for two, moment in ((early, end - SKEW - SECOND), (late, end + SKEW)):
        two.after(moment)
        two.first(two.world.planned(not_after=NOW + end))

    assert ("sent", "expired") == (early.world.status(), late.world.status())


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
def test_held_message_is_not_sent_earlier_than_the_skew(error: timedelta) -> None:
    """What waits for a moment waits for it by some clock that is at most five minutes off."""
    two = Two(error, RIGHT)
    waits = timedelta(hours=1)
    item = two.world.planned(status="held", due_at=NOW + waits)
    two.after(waits - SKEW - SECOND)
    two.first(item)
    early = two.world.status()
    two.after(waits + SKEW)
    two.first(item)

    assert ("held", "sent") == (early, two.world.status())


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
def test_last_word_on_consent_counts_whatever_its_clock_says(error: timedelta) -> None:
    """Whoever withdraws after a grant has withdrawn, also where the grant is dated later."""
    two = Two(error, RIGHT)
    item = two.world.planned(topic="news")
    for status, at in (("granted", NOW + error), ("withdrawn", NOW)):
        consent = Consent(channel="email", topic="news", status=status, at=at)  # type: ignore[arg-type]
        two.world.permissions.record_consent("main", "p1", consent)

    two.first(item)

    assert ("skipped", []) == (two.world.status(), two.world.mailer.sent)


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
def test_everybody_goes_on_sending_beside_a_wrong_clock(error: timedelta) -> None:
    """A bucket that was filled in the future is no reason to stand still until then."""
    world = World()
    wrong, right = (
        DynamoPacer(world.events, "ses", clock=OffClock(world.clock, by), quota=lambda: 10.0)
        for by in (error, RIGHT)
    )
    wrong.take(10)
    granted = 0
    for _ in range(60):
        world.clock.advance(SECOND)
        granted += right.take(10).count

    assert 590 <= granted <= 610


def test_refusal_that_is_dated_later_hides_no_other() -> None:
    """Whoever is refused halves the pace, also where a clock that is ahead did so before."""
    full = pace.fresh(100.0, NOW)
    ahead = pace.slowed(replace(full, share=0.8), NOW + SKEW)

    assert ahead.share / 2 == pace.slowed(ahead, NOW).share


def test_two_clocks_that_are_wrong_in_opposite_ways_send_nothing_twice() -> None:
    """Ten minutes apart, one doubts what the other holds; the holder's answer is true still."""
    two = Two(-SKEW, SKEW)
    item, seen = two.world.planned(), []

    def looked_at() -> None:
        two.world.mailer.before = lambda: None
        seen.append(two.look(item))

    two.world.mailer.before = looked_at
    two.first(item)

    assert ["in_doubt"] == seen
    assert ("sent", 1) == (two.world.status(), len(two.world.mailer.sent))


@APART
@pytest.mark.parametrize("seed", range(5))
def test_no_schedule_of_wrong_clocks_sends_a_mail_twice(
    holder: timedelta, other: timedelta, seed: int
) -> None:
    """Slow answers, lost answers, deaths and repeated work: each message is taken at most once."""
    troubled = Troubled(Two(holder, other), random.Random(seed))  # noqa: S311 - drawn by the seed
    for _ in range(100):
        troubled.go_on()

    assert len(troubled.taken) > 10
    assert sorted(set(troubled.taken)) == sorted(troubled.taken)
