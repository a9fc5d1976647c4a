"""Policy between a claim and its hand-over: holdout, sunset, hours and caps of the workspace."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.cleaning.whereabouts import place_of
from signet.domain.holdout import point
from signet.domain.message import Message
from signet.domain.place import Place
from signet.domain.waiting import CALL
from signet.domain.work import NoteEngagement
from signet.usecases.settle import note
from tests.unit.sending.desks import NOW, World

VIENNA = Place(country="AT", zones=("Europe/Vienna",))
NIGHT = [{"start": "21:00", "end": "08:00"}]
EVENING = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)  # 21:30 in Vienna
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # 08:00 in Vienna
UNIT = 1024
WEEKLY = {"most": 1, "within": "P7D"}


def marketing(world: World, name: str = "m1", **fields: object) -> None:
    """Deliver a marketing message of a person in Vienna."""
    about = {"topic": "news", "place": VIENNA, **fields}
    world.deliver(world.planned(name, **about))


def told(message: Message) -> tuple[str, str]:
    """Give what became of a message, and why."""
    return message.status, message.reason


@pytest.fixture
def world() -> World:
    """Give a world in which the person wants everything."""
    made = World()
    made.granted("news", "offers")
    return made


def test_a_message_waits_for_the_end_of_quiet_hours(world: World) -> None:
    """It is held until they end on the recipient's clock, then sent, and never in between."""
    world.policy(quiet_hours=NIGHT)
    world.clock.moment = EVENING
    marketing(world)

    assert ("held", "quiet_hours", MORNING) == (*told(world.message()), world.message().due_at)

    world.clock.moment = MORNING - timedelta(seconds=1)
    world.sweep()
    world.deliver(world.rendered())
    assert [] == world.mailer.sent

    world.clock.moment = MORNING
    world.sweep()
    world.deliver(world.rendered())
    assert ("sent", 1) == (world.status(), len(world.mailer.sent))
    # Why it waited is no reason for where it is now.
    assert "" == world.message().reason


def test_quiet_hours_hold_what_is_unclaimed_at_once(world: World) -> None:
    """A policy that is written after a message was planned is the one that counts."""
    world.clock.moment = EVENING
    work = world.planned(topic="news", place=VIENNA)
    world.policy(quiet_hours=NIGHT)
    world.deliver(work)

    assert ("held", []) == (world.status(), world.mailer.sent)


def test_quiet_hours_of_a_campaign_add_to_those_of_the_policy(world: World) -> None:
    """They ride in the gate; other campaigns know nothing of them."""
    world.campaign("active", topic="news", quiet_hours=NIGHT)
    world.clock.moment = EVENING
    marketing(world, campaign_id="c1")
    marketing(world, "m2")

    assert ["held", "sent"] == [world.status(name) for name in ("m1", "m2")]


def test_service_messages_know_no_hours_and_no_holdout(world: World) -> None:
    """Without a topic only suppressions are asked."""
    world.policy(
        quiet_hours=NIGHT, holdout=50, caps=[WEEKLY], sunset={"messages": 1, "after": "P1D"}
    )
    world.clock.moment = EVENING
    world.deliver(world.planned("m1"), world.planned("m2"))

    assert ["sent", "sent"] == [world.status(name) for name in ("m1", "m2")]
    assert {"gate", "suppression", "consent"} == {rule.rule for rule in world.message().decisions}
    assert world.profiles.get(("main#p#p1", "caps")) is None


@pytest.mark.parametrize(
    ("fields", "became"),
    [
        ({"place": Place()}, ("skipped", "zone_unknown")),
        ({"not_after": MORNING}, ("expired", "no_window_before_not_after")),
        ({"not_after": MORNING + timedelta(hours=1)}, ("held", "quiet_hours")),
    ],
)
def test_a_message_without_a_window_ends_with_the_reason(
    world: World, fields: dict[str, object], became: tuple[str, str]
) -> None:
    """Nothing waits for what cannot come."""
    world.policy(quiet_hours=NIGHT)
    world.clock.moment = EVENING
    marketing(world, **fields)

    assert became == told(world.message())


def test_what_ends_a_message_stands_before_what_holds_it(world: World) -> None:
    """A person without consent is skipped at night, not held until the morning."""
    world.policy(quiet_hours=NIGHT)
    world.clock.moment = EVENING
    marketing(world, topic="sports")

    assert ("skipped", "no_consent") == told(world.message())


def test_a_lot_that_is_slow_hands_nothing_over_after_closing(world: World) -> None:
    """The clock is read again before each mail, and a call must end before the hours do."""
    world.policy(quiet_hours=NIGHT)
    closing = datetime(2026, 11, 24, 20, tzinfo=UTC)
    world.clock.moment = closing - CALL
    world.mailer.before = lambda: world.clock.advance(timedelta(seconds=1))
    items = [world.planned(name, topic="news", place=VIENNA) for name in ("m1", "m2")]
    world.deliver(*items)

    assert ["sent", "held"] == [world.status(name) for name in ("m1", "m2")]
    assert closing == world.message("m2").due_at


def test_a_cap_of_the_policy_counts_over_campaigns_and_single_messages(world: World) -> None:
    """A cap over all marketing is full after one of any kind; the hit says what it counts."""
    world.policy(caps=[WEEKLY])
    world.campaign("active", topic="offers")
    marketing(world)
    marketing(world, "m2", topic="offers", campaign_id="c1")
    hit = world.message("m2").decisions[-1]

    assert ("skipped", "capped:1 within P7D") == told(world.message("m2"))
    assert ("cap", "1", {"of": "all"}) == (hit.rule, hit.version, hit.inputs)


def test_a_cap_of_a_topic_leaves_other_topics_alone(world: World) -> None:
    """Only what is of its topic asks for a place, and only that is written."""
    world.policy(topics=[], caps=[{**WEEKLY, "topic": "news"}])
    for name, topic in (("m1", "news"), ("m2", "offers"), ("m3", "news")):
        marketing(world, name, topic=topic)

    assert ["sent", "sent", "skipped"] == [world.status(name) for name in ("m1", "m2", "m3")]


def test_caps_of_campaign_and_policy_are_one_write(world: World) -> None:
    """All of them are asked of one row, which is written once."""
    world.policy(caps=[{"most": 5, "within": "P1D"}, {"most": 9, "within": "P7D", "topic": "news"}])
    world.campaign("active", topic="news", caps=[WEEKLY])
    marketing(world, campaign_id="c1")
    row = world.profiles.get(("main#p#p1", "caps")) or {}

    assert 1 == row["revision"]
    assert {"caps": "1/P7D 5/P1D 9/P7D"} == world.message().decisions[-1].inputs


def test_holdout_keeps_the_same_people_over_versions(world: World) -> None:
    """Raising the percentage only adds people; who is held out gets no marketing."""
    people = [f"p{number}" for number in range(2000)]
    few = {one for one in people if point("main", one) < 5}
    more = {one for one in people if point("main", one) < 10}
    out = min(few)
    world.granted("news", profile_id=out)
    world.policy(holdout=5)
    marketing(world, profile_id=out)

    assert few < more
    assert 60 < len(few) < 140
    assert ("skipped", "holdout") == told(world.message())


def test_who_never_engages_is_left_in_peace_until_a_sign_of_life(world: World) -> None:
    """After so many messages and so long a silence nothing is sent; an opening ends it."""
    world.policy(sunset={"messages": 2, "after": "P10D"})
    for day, name in enumerate(("m1", "m2", "m3")):
        world.clock.moment = NOW + timedelta(days=day)
        marketing(world, name)
    world.clock.moment = NOW + timedelta(days=10)
    marketing(world, "m4")
    silent = world.message("m4").decisions[-1]

    assert ["sent"] * 3 == [world.status(name) for name in ("m1", "m2", "m3")]
    assert ("skipped", "sunset") == told(world.message("m4"))
    assert {"messages": "3", "since": "2026-11-24"} == silent.inputs

    opened = NoteEngagement(
        workspace="main", message_id="m3", engagement="opened", at=world.clock.moment
    )
    assert note(opened, ledger=world.ledger, silences=DynamoCaps(world.profiles))
    marketing(world, "m5")
    assert "sent" == world.status("m5")


def test_opening_a_message_whose_record_is_gone_ends_a_silence(world: World) -> None:
    """Whether it was counted is not known any more, so the person gets the benefit."""
    world.policy(sunset={"messages": 1, "after": "P1D"})
    marketing(world)
    assert world.ledger.forget(world.message())
    world.clock.moment = NOW + timedelta(days=2)
    opened = NoteEngagement(
        workspace="main", message_id="m1", engagement="opened", at=world.clock.moment
    )
    note(opened, ledger=world.ledger, silences=DynamoCaps(world.profiles))
    marketing(world, "m2")

    assert "sent" == world.status("m2")


def test_an_engagement_writes_nothing_more_where_nobody_counts(world: World) -> None:
    """Without such a policy the person's row is not touched, and not even asked."""
    marketing(world)
    opened = NoteEngagement(workspace="main", message_id="m1", engagement="clicked", at=NOW)
    silences = DynamoCaps(world.profiles)
    silences.broken = pytest.fail  # type: ignore[assignment, method-assign]

    assert note(opened, ledger=world.ledger, silences=silences)


def test_a_new_consent_is_a_sign_of_life(world: World) -> None:
    """Whoever says again that they want to hear is written to again."""
    world.policy(sunset={"messages": 1, "after": "P1D"})
    marketing(world)
    world.clock.moment = NOW + timedelta(days=2)
    world.granted("news", at=NOW + timedelta(days=1))
    marketing(world, "m2")

    assert "sent" == world.status("m2")


def test_the_row_of_a_message_stays_within_a_kilobyte(show: Callable[[str], None]) -> None:
    """Every guard is on, the person may be anywhere in America, and it was held before."""
    world = World()
    person, campaign = "p" + "a" * 26, "c" + "b" * 26
    world.granted("product-news", profile_id=person)
    world.policy(
        quiet_hours=NIGHT,
        holdout=0.001,
        caps=[WEEKLY, {"most": 3, "within": "P30D", "topic": "product-news"}],
        sunset={"messages": 20, "after": "P180D"},
    )
    world.campaign(
        "active", topic="product-news", caps=[{"most": 2, "within": "P7D"}], name=campaign
    )
    america = place_of({"country": "US"})
    world.mailer.answer = "0102019abc" + "d" * 50
    work = world.planned(
        "m" * 32, topic="product-news", place=america, profile_id=person, campaign_id=campaign,
        template="spring-newsletter", event_key="e" * 32, recipient="h" * 43, mailbox="i" * 43,
    )  # fmt: skip
    world.deliver(work)
    world.clock.moment = world.message("m" * 32).due_at or NOW
    world.sweep()
    world.deliver(work.model_copy(update={"body_hash": work.body_hash, "recipient": "h" * 43}))
    row = world.events.get(("main#m#" + "m" * 32, "message")) or {}

    rules = world.message("m" * 32).decisions
    show(f"bytes of a message's row with every guard: {sized(row)}, {len(rules)} rules")
    assert ("sent", 10) == (row["status"], len(rules))
    assert sized(row) <= UNIT


def sized(value: object) -> int:
    """Weigh a value as DynamoDB does: names, texts, digits by two, and the frames of lists."""
    match value:
        case dict():
            return 3 + sum(len(name) + 1 + sized(inner) for name, inner in value.items())
        case list():
            return 3 + sum(1 + sized(inner) for inner in value)
        case bytes():
            return len(value)
        case int() | float():
            return len(str(value)) // 2 + 2
        case _:
            return len(str(value).encode())
