"""A broadcast reaches everybody who was there at its launch, each once, whatever is repeated."""

from datetime import timedelta

import pytest

from signet.adapters.dynamodb.roll import DynamoRoll
from signet.adapters.memory.queue import MemoryQueue
from signet.domain.broadcast import SOURCE, broadcast_message, considering
from signet.domain.campaign import Campaign, CampaignDraft, CampaignStatus, due
from signet.domain.events import CONSIDERED, Event, Identifiers
from signet.domain.profile import Profile
from signet.domain.work import ApplyEvents, StartBroadcast, read_as
from signet.usecases import broadcasting
from signet.usecases.broadcasting import Tour, start
from signet.usecases.merging import Wish, merge
from signet.usecases.preprocess import apply
from tests.fixed_clock import FixedClock
from tests.unit.people.people import People

CLOCK = FixedClock()
NOW = CLOCK.now()
BEGIN = StartBroadcast(workspace="main", campaign_id="c1")


class Shop:
    """People, a broadcast to them, and upkeep's way to tell of them."""

    def __init__(self, *named: str) -> None:
        self.people = People()
        self.table = self.people.profiles_table
        self.ledger = self.people.stores.planner.ledger
        self.catalog = self.people.stores.planner.catalog
        self.queue, self.own = MemoryQueue(CLOCK), MemoryQueue(CLOCK)
        self.tour = Tour(self.catalog, DynamoRoll(self.table), self.queue, self.own, CLOCK)
        self.save("active", named, revision=1)

    def save(self, status: CampaignStatus, named: tuple[str, ...] = (), *, revision: int) -> None:
        """Let the broadcast be in a state."""
        audience = {"profile_ids": named} if named else {"all": True}
        draft = CampaignDraft.model_validate(
            {"name": "n", "kind": "broadcast", "audience": audience, "template": "t", "topic": "x"}
        )
        campaign = Campaign(
            workspace="main", id="c1", revision=revision, status=status, draft=draft,
            launched_at=NOW, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        self.catalog.save_campaign(campaign, expected_revision=revision - 1)

    def known(self, *ids: str, late: timedelta = timedelta(0)) -> None:
        """Let people be known since a moment."""
        for pid in ids:
            person = Profile(workspace="main", id=pid, created_at=NOW + late, updated_at=NOW + late)
            self.people.profiles.save(person, expected_version=0)

    def merge(self, into: str, away: str) -> None:
        """Let one person be another."""
        merge(Wish("main", into, away, by="somebody"), self.people.office)

    def walk(self, work: StartBroadcast = BEGIN) -> None:
        """Walk the audience from a place to its end."""
        start(work, tour=self.tour)
        while self.own.entries:
            body = self.own.entries.pop(min(self.own.entries)).body
            start(read_as(body, StartBroadcast), tour=self.tour)

    def told(self) -> list[Event]:
        """Give the events that preprocess was told of."""
        bodies = [entry.body for _, entry in sorted(self.queue.entries.items())]
        return [event for body in bodies for event in read_as(body, ApplyEvents).events]

    def consider(self) -> None:
        """Let preprocess do what it was told."""
        for entry in self.queue.entries.values():
            apply(read_as(entry.body, ApplyEvents), self.people.stores)

    def considered(self) -> list[str]:
        """Give whose messages there are, one for each."""
        page = self.ledger.of_campaign("main", "c1", limit=100, position=None)
        return sorted(message.profile_id for message in page.items)  # type: ignore[attr-defined]


def test_everybody_is_considered_once_when_work_and_events_are_repeated() -> None:
    """A walk that comes twice tells the same events, and each leaves one message."""
    shop = Shop()
    shop.known("p1", "p2", "p3")
    shop.walk()
    shop.walk()
    shop.consider()
    shop.consider()

    assert 6 == len(shop.told())
    assert ["p1", "p2", "p3"] == shop.considered()


def test_walk_goes_on_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page leaves the next one as work, and a page that is repeated tells nobody new."""
    monkeypatch.setattr(broadcasting, "PAGE", 2)
    shop = Shop()
    shop.known(*(f"p{n}" for n in range(5)))
    start(BEGIN, tour=shop.tour)

    assert 2 == len(shop.told())
    assert 1 == len(shop.own.entries)

    shop.walk()
    shop.consider()

    assert [f"p{n}" for n in range(5)] == shop.considered()


def test_named_audience_goes_on_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """People who were named are told of in portions, and nobody else is."""
    monkeypatch.setattr(broadcasting, "PAGE", 2)
    shop = Shop("p4", "p0", "p2")
    shop.known(*(f"p{n}" for n in range(5)))
    shop.walk()
    shop.consider()

    assert ["p0", "p2", "p4"] == shop.considered()


def test_who_became_known_after_the_launch_is_not_considered() -> None:
    """The audience is frozen at the launch."""
    shop = Shop()
    shop.known("p1")
    shop.known("p2", late=timedelta(seconds=1))
    shop.walk()
    shop.consider()

    assert ["p1"] == shop.considered()


def test_who_was_merged_away_is_considered_once_as_who_they_are() -> None:
    """Both rows lead to the one who stayed, by one event."""
    shop = Shop()
    shop.known("p1", "p2")
    shop.merge("p1", "p2")
    shop.walk()
    shop.consider()

    assert ["p1"] == shop.considered()
    assert 1 == len({event.key for event in shop.told()})


def test_merge_into_somebody_newer_keeps_the_older_one_in_the_audience() -> None:
    """Who was there at the launch is considered as who they have become since."""
    shop = Shop()
    shop.known("p1")
    shop.known("p2", late=timedelta(seconds=1))
    shop.merge("p2", "p1")
    shop.walk()
    shop.consider()

    assert ["p2"] == shop.considered()


@pytest.mark.parametrize(("into", "away"), [("p1", "p2"), ("p2", "p1")])
def test_merge_between_two_pieces_of_work_leaves_one_message(into: str, away: str) -> None:
    """The message that was planned before the merge is the one of both."""
    shop = Shop()
    shop.known("p1", "p2")
    shop.walk()
    one, other = shop.told()
    apply(ApplyEvents(events=(one,)), shop.people.stores)
    shop.merge(into, away)
    apply(ApplyEvents(events=(other,)), shop.people.stores)

    assert [one.identifiers.profile_id] == shop.considered()


def test_pause_lets_the_walk_go_on_and_cancel_stops_it() -> None:
    """Messages of a paused broadcast wait; a cancelled one considers nobody more."""
    shop = Shop()
    shop.known("p1")
    shop.save("paused", revision=2)
    shop.walk()
    shop.consider()

    assert ["p1"] == shop.considered()

    shop.known("p0")
    late = considering("main", "c1", "p0", launched_at=NOW, now=NOW)
    shop.save("cancelled", revision=3)

    assert 0 == start(BEGIN, tour=shop.tour)

    apply(ApplyEvents(events=(late,)), shop.people.stores)

    assert ["p1"] == shop.considered()


def test_message_is_found_by_campaign_and_person_alone() -> None:
    """Nobody needs to look for the message of a broadcast."""
    shop = Shop("p1")
    shop.known("p1")
    shop.walk()
    shop.consider()
    found = shop.ledger.get("main", broadcast_message("main", "c1", "p1", channel="email"))

    assert found is not None
    assert ("skipped", "no_address") == (found.status, found.reason)
    assert [("address", "refuse")] == [(rule.rule, rule.verdict) for rule in found.decisions]


def test_event_of_another_source_sets_off_no_broadcast() -> None:
    """Only the event that a launch told counts, whatever type or name somebody writes."""
    shop = Shop()
    campaigns = shop.catalog.campaigns("main")
    ours = considering("main", "c1", "p1", launched_at=NOW, now=NOW)
    forged = [
        ours.model_copy(update={"source": "shop"}),
        ours.model_copy(update={"type": "signet.event.tracked"}),
        ours.model_copy(update={"properties": {"campaign_id": "c2"}}),
    ]

    assert ["c1"] == [campaign.id for campaign in due(campaigns, ours)]
    assert [(), (), ()] == [due(campaigns, event) for event in forged]


def test_considering_sets_off_no_triggered_campaign() -> None:
    """A campaign that waits for the event's name would otherwise answer every broadcast."""
    draft = CampaignDraft.model_validate(
        {"name": "n", "on": {"event": "considered for a broadcast"}, "template": "t"}
    )
    waiting = Campaign(
        workspace="main", id="c2", status="active", draft=draft, created_at=NOW, updated_at=NOW
    )
    event = considering("main", "c1", "p1", launched_at=NOW, now=NOW)
    clicked = Event(
        workspace="main", id="e", source="shop", type="t", name=event.name, occurred_at=NOW,
        received_at=NOW, identifiers=Identifiers(external_id="ada"),
    )  # fmt: skip

    assert (SOURCE, CONSIDERED) == (event.source, event.type)
    assert () == due((waiting,), event)
    assert (waiting,) == due((waiting,), clicked)
