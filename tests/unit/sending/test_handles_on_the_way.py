"""From plan to hand-over, a message knows every handle under which it may be suppressed."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.domain.events import MESSAGE_REQUESTED, Event, Identifiers
from signet.domain.message import Message
from signet.domain.profile import Profile, Trait
from signet.domain.suppression import Suppression
from signet.domain.template import TemplateDraft
from signet.domain.work import DeliverMessage, DeliverMessages, RenderMessages
from signet.templating.links import LinkSigner
from signet.templating.render import Renderer
from signet.templating.tracking import Tracker
from signet.usecases.planning import About, Planned, Planner
from signet.usecases.render import Press, render
from tests.unit.sending.desks import NOW, World

TAGGED, PLAIN = "Ada+Shop@example.org", "ada@example.org"
WORK, PHONE = "ada.l@work.example", "+442079460000"


@dataclass
class Texts:
    """One text for every template."""

    def read(self, content_key: str) -> TemplateDraft:
        """Give it."""
        return TemplateDraft(subject=content_key, text="Hello")


@dataclass
class Road:
    """Plan, render and deliver over the same stores."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        """Put the stages together, and let Ada be known by two addresses and a phone."""
        world, sealer = self.world, self.world.desk.sealer
        self.planner = Planner(world.catalog, world.ledger, world.permissions, sealer, world.clock)
        profiles, nothing = DynamoProfiles(world.profiles, sealer), None
        rest: Any = nothing
        self.press = Press(
            ledger=world.ledger,
            profiles=profiles,
            events=rest,
            catalog=rest,
            texts=Texts(),
            objects=world.desk.objects,
            queue=world.queue,
            sealer=sealer,
            tracker=Tracker(LinkSigner(b"k" * 32), "https://signet.example.org"),
            renderer=Renderer(),
            clock=world.clock,
            sender=world.desk.sender,
        )
        self.press.kept["main", "t", 1] = TemplateDraft(subject="Hello", text="Hello")
        self.ada = Profile(
            workspace="main",
            id="ada",
            identifiers={"email": (PLAIN, TAGGED, WORK), "phone": (PHONE,)},
            traits={"email": Trait(value=TAGGED, at=NOW)},
            created_at=NOW,
            updated_at=NOW,
        )
        profiles.save(self.ada, expected_version=0)

    def handle(self, kind: str, value: str) -> str:
        """Give a handle."""
        return self.world.desk.sealer.handle("main", kind, value)

    def suppress(self, kind: str, value: str, **more: Any) -> None:
        """Suppress an address."""
        found = Suppression(handle=self.handle(kind, value), at=NOW, **more)
        self.world.permissions.suppress("main", found)

    def plan(self) -> Planned:
        """Plan a message to Ada."""
        self.world.ledger.plan(
            Message(workspace="main", id="m1", template="t", template_version=1,
                    profile_id="ada", planned_at=NOW)
        )  # fmt: skip
        event = Event(
            workspace="main", id="e1", source="signet:messages", type=MESSAGE_REQUESTED,
            occurred_at=NOW, received_at=NOW, identifiers=Identifiers(profile_id="ada"),
            properties={"message_id": "m1", "data": {}},
        )  # fmt: skip
        (planned,) = self.planner.requested(About(event, self.ada, "ada"))
        return planned

    def render(self, planned: Planned) -> DeliverMessage:
        """Render a planned message."""
        assert planned.render is not None
        render(RenderMessages(messages=(planned.render,)), self.press)
        (entry,) = self.world.queue.receive()
        (item,) = DeliverMessages.model_validate_json(entry.body).messages
        return item


@pytest.fixture
def road() -> Road:
    """Give a road."""
    return Road()


def test_a_message_knows_the_handle_of_its_address_without_the_tag(road: Road) -> None:
    """The plan, the work and the claim have both; the work has those of other addresses too."""
    planned = road.plan()
    row = road.world.message()
    item = road.render(planned)
    road.world.deliver(item)

    recipient = road.handle("email", "ada+shop@example.org")
    mailbox = road.handle("email", PLAIN)
    assert (recipient, mailbox) == (row.recipient, row.mailbox) == (item.recipient, item.mailbox)
    assert (road.handle("email", WORK), road.handle("phone", PHONE)) == item.also
    assert "sent" == road.world.status()
    assert (recipient, mailbox) == (road.world.message().recipient, road.world.message().mailbox)


SUPPRESSED = [
    (("email", PLAIN), {}),
    (("email", "ada+shop@example.org"), {}),
    (("email", WORK), {"scope": "channel"}),
    (("email", WORK), {"scope": "global"}),
    (("phone", PHONE), {"scope": "global", "channel": "sms"}),
]


@pytest.mark.parametrize(("place", "more"), SUPPRESSED)
def test_a_suppression_stands_when_a_message_is_planned(
    road: Road, place: tuple[str, str], more: dict[str, str]
) -> None:
    """The decision in the row says which one it was, and since when."""
    road.suppress(*place, **more)
    planned = road.plan()
    row = road.world.message()

    assert (None, "skipped") == (planned.render, row.status)
    (rule,) = [rule for rule in row.decisions if rule.verdict == "refuse"]
    said = {"scope": "address", "channel": "email", **more, "since": NOW.isoformat()}
    assert ("suppressed:manual", said) == (rule.reason, rule.inputs)


@pytest.mark.parametrize(("place", "more"), SUPPRESSED)
def test_a_suppression_stands_after_the_claim(
    road: Road, place: tuple[str, str], more: dict[str, str]
) -> None:
    """What was asked for after the mail was written is seen by the look."""
    item = road.render(road.plan())
    road.suppress(*place, **more)
    road.world.deliver(item)

    assert "skipped" == road.world.status()
    assert [] == road.world.mailer.sent


@pytest.mark.parametrize("place", [("email", WORK), ("phone", PHONE)])
def test_another_address_of_the_person_is_another_address(
    road: Road, place: tuple[str, str]
) -> None:
    """A suppression of it alone is not widened to the one that is written to."""
    road.suppress(*place)
    road.world.deliver(road.render(road.plan()))

    assert "sent" == road.world.status()


def test_a_mail_to_a_changed_address_is_the_new_addresss_own(road: Road) -> None:
    """The row then has no handle of the old one's form, so a bounce is not held against it."""
    planned = road.plan()
    newer = {"email": Trait(value=WORK, at=NOW + timedelta(days=1))}
    moved = road.ada.model_copy(update={"traits": newer, "version": 1})
    road.press.profiles.save(moved, expected_version=1)
    road.world.deliver(road.render(planned))

    assert (road.handle("email", WORK), "") == (
        road.world.message().recipient,
        road.world.message().mailbox,
    )
