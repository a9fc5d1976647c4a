"""Frequency caps between a claim and its hand-over."""

from datetime import timedelta

import pytest

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.domain.cap import Cap, told
from signet.errors import Transient
from signet.ports import Reservation
from tests.unit.sending.desks import NOW, World

HOURLY = Cap(most=1, within=timedelta(hours=1))


def test_a_message_over_its_cap_is_skipped_with_the_cap_as_reason() -> None:
    """The second of two that are claimed together finds the place taken."""
    world = World()
    world.campaign("active", caps=(HOURLY,))
    works = [world.planned(name, campaign_id="c1") for name in ("m1", "m2")]
    world.deliver(*works)

    assert ["m1"] == [mail.message_id for mail in world.mailer.sent]
    assert ("skipped", "capped:1 within PT1H") == (world.status("m2"), world.message("m2").reason)
    assert "cap" == world.message("m2").decisions[-1].rule


def test_a_message_that_is_refused_takes_no_place() -> None:
    """Only what passes every other rule counts."""
    world = World()
    world.campaign("active", caps=(HOURLY,))
    world.deliver(world.planned("m1", campaign_id="c1", topic="news"))
    world.deliver(world.planned("m2", campaign_id="c1"))

    assert ["skipped", "sent"] == [world.status(name) for name in ("m1", "m2")]


def test_a_message_that_comes_again_keeps_its_own_place() -> None:
    """What was given back is not in its own way."""
    world = World()
    world.campaign("active", caps=(HOURLY,))
    work = world.planned(campaign_id="c1")
    world.mailer.answer = Transient("no connection")
    world.deliver(work)
    assert "held" == world.status()

    world.mailer.answer = "provider-1"
    world.clock.advance(timedelta(minutes=1))
    world.deliver(work)
    assert "sent" == world.status()


def test_a_cap_that_cannot_be_looked_at_lets_nothing_leave() -> None:
    """A failure between claim and hand-over gives the claim back."""
    world = World()
    world.campaign("active", caps=(HOURLY,))
    world.profiles.put = _busy  # type: ignore[method-assign]
    world.deliver(world.planned(campaign_id="c1"))

    assert [] == world.mailer.sent
    assert "held" == world.status()


def test_a_row_that_never_rests_is_tried_again_later() -> None:
    """Nothing is sent past a cap because the row was busy."""
    world = World()
    world.profiles.put = _busy  # type: ignore[method-assign]
    wanted = Reservation(message_id="m1", campaign_id="c1", caps=(HOURLY,), at=NOW)

    with pytest.raises(Transient, match="caps of a person"):
        DynamoCaps(world.profiles).reserve("main", ["p1"], wanted)


@pytest.mark.parametrize(
    ("days", "hours", "reason"),
    [
        (1, 0, "capped:3 within P1D"),
        (0, 6, "capped:3 within PT6H"),
        (1, 12, "capped:3 within P1DT12H"),
    ],
)
def test_a_cap_is_told_as_it_is_written(days: int, hours: int, reason: str) -> None:
    """The reason is in the words of the campaign."""
    assert reason == told(Cap(most=3, within=timedelta(days=days, hours=hours)))


def _busy(*_given: object, **_named: object) -> bool:
    return False
