"""
Somebody says no while a thousand messages are being claimed (bad input 46).

Invariant I3: nothing leaves under a claim that was written after the no was acknowledged. What
was claimed before may still leave, for as long as its lease lasts, which is a minute.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from signet.domain.waiting import LEASE
from tests.unit.sending.races import Act, Race

# When a message met the no: it had left, left under an earlier claim, was caught, was refused.
MOMENTS = {"before", "late", "caught", "refused"}
SEEDS = range(6)
TOPIC, CAMPAIGN = "news", "c1"
# A lot of five claims is written, looked at, handed over and settled in about so many calls; each
# seed begins at another of them.
CALLS = 24
EVERYBODY = "everybody"


def granted(race: Race, person: str) -> None:
    """Let a person consent."""
    body = {"topic": TOPIC, "status": "granted"}
    race.ask("POST", f"/v1/profiles/{person}/consents", body, about="a yes")


def withdrawn(race: Race, person: str) -> None:
    """Let a person withdraw their consent."""
    body = {"topic": TOPIC, "status": "withdrawn"}
    race.ask("POST", f"/v1/profiles/{person}/consents", body, about=person)


def unsubscribed(race: Race, person: str) -> None:
    """Let a person use the one click of a mail they have."""
    number = race.persons.index(person)
    token = race.links.token("unsubscribe", workspace="main", message_id=f"m{number}")
    race.ask("POST", f"/u/{token}", "List-Unsubscribe=One-Click", about=person)


def suppressed(race: Race, person: str) -> None:
    """Let an operator suppress a person's address."""
    race.ask("POST", "/v1/suppressions", {"address": race.address(person)}, about=person)


def paused(race: Race) -> None:
    """Let an operator pause the campaign."""
    race.ask("POST", f"/v1/campaigns/{CAMPAIGN}/pause", {}, about=EVERYBODY)


def cancelled(race: Race) -> None:
    """Let an operator cancel the campaign."""
    race.ask("POST", f"/v1/campaigns/{CAMPAIGN}/cancel", {}, about=EVERYBODY)


def stopped(race: Race) -> None:
    """Let an operator stop all sending."""
    race.ask("POST", "/v1/sending/stop", {"reason": "wrong list"}, about=EVERYBODY)


# What a message becomes that was claimed after the no, and the reason that its row gives.
PERSONAL: dict[str, tuple[Callable[..., None], tuple[str, str]]] = {
    "withdrawn": (withdrawn, ("skipped", "consent_withdrawn")),
    "unsubscribed": (unsubscribed, ("skipped", "suppressed:unsubscribed")),
    "suppressed": (suppressed, ("skipped", "suppressed:manual")),
}
GENERAL: dict[str, tuple[Act, tuple[str, str]]] = {
    "paused": (paused, ("held", "campaign_paused")),
    "cancelled": (cancelled, ("cancelled", "campaign_cancelled")),
    "stopped": (stopped, ("held", "stopped by an operator: wrong list")),
}


def opened(seed: str, *, people: int) -> Race:
    """Prepare a race in which everything is allowed."""
    race = Race(seed, people=people, topic=TOPIC, campaign_id=CAMPAIGN)
    race.world.campaign("active")
    for person in race.persons:
        granted(race, person)
    race.acknowledged.clear()
    return race


def refused_at(race: Race, message_id: str) -> datetime | None:
    """Tell when the answer came after which a message was not to be claimed."""
    who = EVERYBODY if EVERYBODY in race.acknowledged else race.person(message_id)
    return race.acknowledged.get(who)


def judged(race: Race, becomes: tuple[str, str]) -> Counter[str]:
    """
    Hold every message against the invariant, by when its claim was written.

    Returns:
        How many left before the no, how many left after it under a claim of before it, how many
        had such a claim and were caught, and how many were claimed after it and refused.
    """
    left = {mail.message_id: mail.at for mail in race.taken}
    assert len(left) == len(race.taken)
    seen: Counter[str] = Counter()
    for item in race.items:
        ident = item.message_id
        claim, no, row = race.claims[ident], refused_at(race, ident), race.world.message(ident)
        in_time = no is None or claim < no
        assert row.lease_until is not None and row.lease_until <= claim + LEASE
        assert in_time or becomes == (row.status, row.reason), ident
        if ident not in left:
            assert row.status != "sent"
            seen["caught" if in_time else "refused"] += 1
            continue
        assert in_time and left[ident] <= row.lease_until, ident
        seen["late" if no is not None and no < left[ident] else "before"] += 1
    return seen


def raced(races: list[Race], becomes: tuple[str, str]) -> Counter[str]:
    """Run races and judge them; every message of each is accounted for."""
    total: Counter[str] = Counter()
    for race in races:
        race.run()
        assert not race.plans
        total += judged(race, becomes)
    assert len(races) * 1000 == total.total()
    return total


@pytest.mark.parametrize("how", PERSONAL)
def test_one_persons_no_is_obeyed_by_every_later_claim(
    how: str, show: Callable[[str], None]
) -> None:
    """A thousand messages for one person, who says no at every point of a lot of claims."""
    act, becomes = PERSONAL[how]
    races = [opened(f"one {seed}", people=1) for seed in SEEDS]
    for seed, race in zip(SEEDS, races, strict=True):
        calls = seed * CALLS // len(SEEDS)
        race.plan(race.drawn.randint(100, 900), calls, partial(act, person="p0"))

    total = raced(races, becomes)
    show(f"one person, {how}: {dict(total)}")
    assert total.keys() == MOMENTS


@pytest.mark.parametrize("how", PERSONAL)
def test_many_peoples_no_is_obeyed_by_every_later_claim(
    how: str, show: Callable[[str], None]
) -> None:
    """A thousand people with a message each; three hundred say no about when theirs is claimed."""
    act, becomes = PERSONAL[how]
    race = opened("many", people=1000)
    for number in race.drawn.sample(range(100, 900), 300):
        claims = number + race.drawn.randint(-60, 30)
        race.plan(claims, race.drawn.randint(0, CALLS), partial(act, person=f"p{number}"))

    total = raced([race], becomes)
    show(f"many people, {how}: {dict(total)}")
    assert total.keys() == MOMENTS
    assert total["refused"] > 50


@pytest.mark.parametrize("how", GENERAL)
def test_operators_no_is_obeyed_by_every_later_claim(how: str, show: Callable[[str], None]) -> None:
    """A campaign that is paused or cancelled and a workspace that is stopped hold as a person's."""
    act, becomes = GENERAL[how]
    races = [opened(f"all {seed}", people=10) for seed in SEEDS]
    for seed, race in zip(SEEDS, races, strict=True):
        race.plan(race.drawn.randint(100, 900), seed * CALLS // len(SEEDS), act)

    total = raced(races, becomes)
    show(f"everybody, {how}: {dict(total)}")
    assert total.keys() == MOMENTS
