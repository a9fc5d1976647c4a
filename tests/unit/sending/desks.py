"""Deliver and upkeep over stores in memory, with a provider that answers as it is told."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.due_rows import DynamoDueRows
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoGates, DynamoSwitch
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryEpoch, MemoryObjects, SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.campaign import Campaign, CampaignDraft, CampaignStatus
from signet.domain.consent import Consent
from signet.domain.message import Message
from signet.domain.place import NOWHERE, Place
from signet.domain.policy import Policy, PolicyDraft
from signet.domain.waiting import FIRST_LOOK
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.ports import Outgoing
from signet.usecases.bodies import digest, sealed
from signet.usecases.deliver import Desk, deliver
from signet.usecases.look import Lookout
from signet.usecases.upkeep import Rounds, Swept, sweep
from tests.fixed_clock import FixedClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RAW = b"Subject: Hello\r\n\r\nHello"
LONG = timedelta(minutes=15)


@dataclass
class ToldMailer:
    """A provider that answers as it is told, and counts."""

    answer: Exception | str = "provider-1"
    sent: list[Outgoing] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, outgoing: Outgoing) -> str:
        """Take a mail, or raise."""
        self.before()
        self.sent.append(outgoing)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def quota(self) -> float:
        """Take a hundred mails a second."""
        return 100.0


@dataclass
class World:
    """A desk and the rounds of upkeep over the same stores."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    mailer: ToldMailer = field(default_factory=ToldMailer)
    events: MemoryTable = field(default_factory=MemoryTable)
    profiles: MemoryTable = field(default_factory=MemoryTable)
    campaigns: MemoryTable = field(default_factory=MemoryTable)
    epoch: MemoryEpoch = field(default_factory=MemoryEpoch)
    # Where the person is whenever a message to them is rendered.
    place: Place = NOWHERE

    def __post_init__(self) -> None:
        random = SeededRandom("desk")
        sealer = RootSealer(b"0" * 64, random)
        self.ledger = DynamoLedger(self.events)
        self.permissions = DynamoPermissions(self.profiles, sealer)
        self.gates = DynamoGates(self.events, self.campaigns, self.epoch)
        self.switch, self.evidence = DynamoSwitch(self.events), DynamoEvidence(self.events)
        self.catalog = MemoryCatalog(self.campaigns)
        self.queue, self.renders = MemoryQueue(self.clock), MemoryQueue(self.clock)
        self.pacer = DynamoPacer(self.events, "ses", clock=self.clock, quota=self.mailer.quota)
        self.desk = Desk(
            ledger=self.ledger,
            lookout=Lookout(self.permissions, self.gates, DynamoCaps(self.profiles)),
            mailer=self.mailer,
            pacer=self.pacer,
            objects=MemoryObjects(),
            queue=self.queue,
            sealer=sealer,
            clock=self.clock,
            random=random,
            sender="Signet <hello@example.org>",
        )
        self.rounds = Rounds(
            due=DynamoDueRows(self.events),
            ledger=self.ledger,
            events=DynamoEvents(self.events, sealer),
            gates=self.gates,
            evidence=self.evidence,
            mailer=self.mailer,
            queue=self.renders,
            clock=self.clock,
            sender="Signet <hello@example.org>",
        )

    def planned(self, name: str = "m1", **fields: Any) -> DeliverMessage:
        """Plan a message and give the work that would deliver it."""
        message = Message(
            workspace="main", id=name, template="t", profile_id="p1", recipient="h1",
            planned_at=NOW, due_at=NOW + FIRST_LOOK,
        )  # fmt: skip
        self.place = fields.pop("place", self.place)
        self.ledger.plan(message.model_copy(update=fields))
        return self.rendered(name)

    def rendered(self, name: str = "m1") -> DeliverMessage:
        """Give the work that would deliver a message."""
        body = sealed(
            "ada@example.org", RAW, workspace="main", message_id=name, sealer=self.desk.sealer
        )
        return DeliverMessage(
            workspace="main",
            message_id=name,
            template_version=1,
            recipient="h2",
            place=self.place,
            rendered_at=NOW,
            body_hash=digest(RAW),
            body=base64.b64encode(body).decode(),
        )

    def deliver(self, *items: DeliverMessage, time_left: timedelta = LONG) -> None:
        """Deliver a pack."""
        deliver(DeliverMessages(messages=items), self.desk, time_left=lambda: time_left)

    def sweep(self) -> Swept:
        """Do a round of upkeep."""
        return sweep(self.rounds, time_left=lambda: LONG)

    def campaign(self, status: CampaignStatus, *, name: str = "c1", **fields: Any) -> None:
        """Let a campaign be in a state."""
        draft = CampaignDraft.model_validate(
            {"name": "Thanks", "on": {"event": "Order"}, "template": "t", **fields}
        )
        known = self.catalog.campaign("main", name)
        revision = known.revision if known else 0
        campaign = Campaign(
            workspace="main", id=name, revision=revision + 1, status=status, draft=draft,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        self.catalog.save_campaign(campaign, expected_revision=revision)

    def policy(self, **draft: Any) -> None:
        """Let a policy be in force, the next version after the one before."""
        known = self.catalog.policy("main")
        version = known.version + 1 if known else 1
        written = PolicyDraft.model_validate({"postal_address": "Ring 1, Wien", **draft})
        self.catalog.save_policy(Policy(workspace="main", version=version, draft=written))

    def granted(self, *topics: str, profile_id: str = "p1", at: datetime = NOW) -> None:
        """Let a person want to hear about topics."""
        for topic in topics:
            said = Consent(channel="email", topic=topic, status="granted", at=at)
            self.permissions.record_consent("main", profile_id, said)

    def message(self, name: str = "m1") -> Message:
        """Give a message as it is."""
        found = self.ledger.get("main", name)
        assert found is not None
        return found

    def status(self, name: str = "m1") -> str:
        """Give a message's status."""
        return self.message(name).status
