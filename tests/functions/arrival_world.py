"""Preprocess over memory, as its queue wakes it: bodies in, profiles and quarantine out."""

import json
from collections.abc import Iterable
from typing import Any

from functions.preprocess.wiring import Ports, handler_of
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryObjects, SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.events import Event
from signet.domain.message import Message
from signet.domain.profile import Profile
from signet.domain.quarantine import Quarantined
from signet.domain.source import Source
from signet.domain.work import SettleMessage, read_as
from signet.usecases import ready_made
from signet.usecases.arrivals import Hall
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.inbound import MailRoom
from signet.usecases.planning import Planner
from signet.usecases.preprocess import Stores
from tests.clerks import clerk
from tests.fixed_clock import NOON, FixedClock

MESSAGE = "abcdefghijklmnopqrstuvwxyz234567"
READY_MADE = {
    "salesforce": "salesforce",
    "amazon_connect": "amazon_connect",
    "thermostats": "aws_iot",
    "social_mentions": "social_mentions",
    "inbound_mail": "inbound_mail",
}


class World:
    """One preprocess function with everything in memory and the ready-made sources registered."""

    def __init__(self, *, sources: Iterable[str] = READY_MADE) -> None:
        """Register these sources."""
        self.clock = FixedClock()
        self.sealer = RootSealer(b"r" * 64, SeededRandom("arrivals"))
        profiles, self.events_table, self.catalog_table = (
            MemoryTable(),
            MemoryTable(),
            MemoryTable(),
        )
        self.profiles_table = profiles
        self.profiles = DynamoProfiles(profiles, self.sealer)
        self.events = DynamoEvents(self.events_table, self.sealer)
        self.ledger = DynamoLedger(self.events_table)
        self.permissions = DynamoPermissions(profiles, self.sealer)
        self.quarantine = DynamoQuarantine(self.events_table, self.sealer)
        self.catalog = MemoryCatalog(MemoryTable())
        self.intake, self.reports = MemoryObjects(), MemoryQueue(self.clock)
        self.feedback = MemoryObjects()
        self.again, self.letters = MemoryQueue(self.clock), MemoryQueue(self.clock)
        for name in sources:
            self.register(name)
        self.handler = handler_of(self._ports())

    def _ports(self) -> Ports:
        planner = Planner(
            catalog=self.catalog,
            ledger=self.ledger,
            permissions=self.permissions,
            sealer=self.sealer,
            clock=self.clock,
        )
        return Ports(
            stores=Stores(
                profiles=self.profiles,
                events=self.events,
                sealer=self.sealer,
                planner=planner,
                queue=MemoryQueue(self.clock),
                again=self.again,
                feedback=FeedbackShelf(
                    self.feedback,
                    DynamoFeedbackIndex(self.events_table, self.sealer),
                    self.catalog,
                    self.sealer,
                ),
            ),
            imports=DynamoImports(self.events_table, self.sealer),
            clerk=clerk(self.profiles_table, self.sealer, clock=self.clock, again=self.again),
            quarantine=self.quarantine,
            intake=self.intake,
            feedback=self.feedback,
            room=MailRoom(
                hall=Hall(self.catalog, self.quarantine, self.clock),
                intake=self.intake,
                ledger=self.ledger,
                sealer=self.sealer,
                reports=self.reports,
            ),
            again=self.again,
            dead_letters=self.letters,
        )

    def register(self, name: str, **changes: Any) -> None:
        """Register a ready-made source under its name."""
        draft = ready_made.completed({"ready_made": READY_MADE[name], **changes})
        source = Source.model_validate({"workspace": "main", "name": name, **draft})
        self.catalog.save_source("main", source, expected_revision=0)

    def receive(self, *bodies: Any) -> list[str]:
        """Wake the function with bodies; give those that it wants to see again."""
        records = [
            {
                "messageId": str(place),
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
            }
            for place, body in enumerate(bodies)
        ]
        answer = self.handler({"Records": records}, None)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def mail(self, raw: bytes, *, key: str = "inbound/main/m1", size: int | None = None) -> Any:
        """Put a mail into the bucket, and give the news of it."""
        self.intake.put(key, raw)
        about = {"key": key, "size": len(raw) if size is None else size}
        return {
            "detail-type": "Object Created",
            "source": "aws.s3",
            "id": "e1",
            "time": NOON.isoformat(),
            "detail": {"bucket": {"name": "intake"}, "object": about},
        }

    def send(self, address: str = "ada@example.org", *, message_id: str = MESSAGE) -> Message:
        """Let a message to an address be on its way."""
        message = Message(
            workspace="main",
            id=message_id,
            status="sent",
            template="t",
            recipient=self.sealer.handle("main", "email", address),
            planned_at=NOON,
        )
        assert self.ledger.plan(message)
        return message

    @property
    def people(self) -> list[Profile]:
        """Everybody who is known, without write counters."""
        page = self.profiles.page("main", limit=100, position=None)
        return [one.model_copy(update={"version": 0}) for one in page.items]

    def events_of(self, profile: Profile) -> list[Event]:
        """Give a person's events, newest first."""
        page = self.events.timeline("main", profile.id, limit=100, position=None)
        return [entry.event for entry in page.items]

    @property
    def all_events(self) -> list[Event]:
        """Give the events of everybody."""
        return [event for profile in self.people for event in self.events_of(profile)]

    def laid_aside(self, workspace: str = "main") -> list[Quarantined]:
        """Give what lies in quarantine."""
        page = self.quarantine.page(workspace, status=None, limit=100, position=None)
        return list(page.items)

    @property
    def settled(self) -> list[SettleMessage]:
        """Give the reports that were queued."""
        return [read_as(body, SettleMessage) for body in self.reports.bodies]
