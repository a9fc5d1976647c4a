"""Policy when messages are planned: what waits for its hours is no work, and it is not lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.cleaning.whereabouts import place_of
from signet.domain.events import Event
from signet.domain.message import Message
from signet.domain.profile import Profile, Trait
from signet.domain.work import RenderMessages, read_as
from signet.usecases.planning import About, Planned, Planner
from tests.unit.sending.desks import NOW, World

NIGHT = [{"start": "21:00", "end": "08:00"}]
EVENING = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)  # 21:30 in Vienna
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # 08:00 in Vienna


class Desk(World):
    """A world with a planner, in the evening of a person in Vienna who wants news."""

    def __post_init__(self) -> None:
        """Begin in the evening."""
        super().__post_init__()
        self.planner = Planner(
            self.catalog, self.ledger, self.permissions, self.desk.sealer, self.clock
        )
        self.granted("news", at=NOW - timedelta(days=1))
        self.clock.moment = EVENING

    def plan(self, **traits: Any) -> Planned:
        """Plan what an order makes due."""
        return self.about(self.planner.due, "Order", traits)[0]

    def requested(self, **fields: Any) -> Planned:
        """Complete a message that somebody asked for."""
        message = Message(workspace="main", id="t1", template="t", planned_at=EVENING, **fields)
        self.ledger.plan(message)
        return self.about(self.planner.requested, "asked", {})[0]

    def about(self, how: Any, name: str, traits: dict[str, Any]) -> tuple[Planned, ...]:
        """Let the planner consider an event of the person."""
        known = {"email": "ada@example.org", "country": "AT", **traits}
        person = Profile(
            workspace="main",
            id="p1",
            traits={name: Trait(value=value, at=NOW) for name, value in known.items()},
            created_at=NOW,
            updated_at=NOW,
        )
        event = Event(
            workspace="main", id="e1", source="shop", type="signet.event.tracked", name=name,
            occurred_at=NOW, received_at=NOW, properties={"message_id": "t1"},
        )  # fmt: skip
        self.planner.refresh("main")
        found: tuple[Planned, ...] = how(About(event, person, "p1"))
        return found


@pytest.fixture
def desk() -> Desk:
    """Give a desk with a campaign about news, and quiet hours."""
    made = Desk()
    made.campaign("active", topic="news")
    made.policy(quiet_hours=NIGHT)
    return made


def test_a_message_is_planned_as_held_until_its_hours_open(desk: Desk) -> None:
    """There is no work for it, and upkeep finds it when its time has come, not before."""
    planned = desk.plan()
    message = desk.message(planned.message_id)

    assert planned.render is None
    assert ("held", "quiet_hours", MORNING) == (message.status, message.reason, message.due_at)

    desk.clock.moment = MORNING - timedelta(seconds=1)
    assert 0 == desk.sweep().sent_on
    desk.clock.moment = MORNING
    assert 1 == desk.sweep().sent_on
    (entry,) = desk.renders.entries.values()
    (work,) = read_as(entry.body, RenderMessages).messages
    assert ("planned", message.id) == (desk.status(message.id), work.message_id)


def test_a_message_that_somebody_asked_for_waits_as_well(desk: Desk) -> None:
    """Marketing that was asked for by a call keeps the same hours."""
    planned = desk.requested(topic="news")
    message = desk.message("t1")

    assert (None, "held", MORNING) == (planned.render, message.status, message.due_at)
    desk.clock.moment = MORNING
    assert 1 == desk.sweep().sent_on


def test_a_service_message_leaves_at_night(desk: Desk) -> None:
    """It is asked for no hours, so it is work at once."""
    planned = desk.requested()

    assert planned.render is not None
    assert "planned" == desk.status("t1")


@pytest.mark.parametrize(
    ("campaign", "traits", "became"),
    [
        ({"not_after": MORNING}, {}, ("expired", "no_window_before_not_after")),
        ({}, {"country": None}, ("skipped", "zone_unknown")),
        ({"quiet_hours": [{"start": "07:00", "end": "12:00"}]}, {}, ("held", "quiet_hours")),
    ],
)
def test_a_message_without_a_window_ends_when_it_is_planned(
    desk: Desk, campaign: dict[str, Any], traits: dict[str, Any], became: tuple[str, str]
) -> None:
    """It is counted with its reason, and nobody looks at it again."""
    desk.campaign("active", topic="news", **campaign)
    planned = desk.plan(**traits)
    message = desk.message(planned.message_id)

    assert became == (message.status, message.reason)
    assert planned.render is None
    opening = datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert message.due_at == (opening if message.status == "held" else None)


def test_a_policy_is_in_force_for_the_very_next_event(desk: Desk) -> None:
    """It is kept under the revision of the catalog, which every write raises."""
    desk.policy()
    assert desk.plan().render is not None


def test_who_moved_is_asked_for_the_clock_where_they_are_now(desk: Desk) -> None:
    """A message waits for a place's hours; when it is rendered, the person may be elsewhere."""
    planned = desk.plan(country="US")  # noon in Hawaii, 15:30 in New York
    assert "planned" == desk.status(planned.message_id)

    desk.place = place_of({"country": "AT"})
    desk.deliver(desk.rendered(planned.message_id))

    assert ("held", MORNING) == (
        desk.status(planned.message_id), desk.message(planned.message_id).due_at
    )  # fmt: skip
