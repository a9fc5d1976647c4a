"""What the use cases need from the world; every port has an adapter and a fake."""

from signet.ports.content import Catalog, SourceRegistry, TemplateTexts
from signet.ports.figures import CounterChange, Counters, DeadLetter, DeadLetterRows, RecentRing
from signet.ports.messages import Claim, DueRows, Ledger, Mailer, MessageBook, Outgoing, Step
from signet.ports.people import EventStore, Page, PermissionStore, ProfileStore, TimelineEntry
from signet.ports.world import (
    Clock,
    DeadLetters,
    FactBus,
    KeyRing,
    ObjectStore,
    Random,
    Sealer,
    WorkQueue,
)

__all__ = [
    "Catalog",
    "Claim",
    "Clock",
    "CounterChange",
    "Counters",
    "DeadLetter",
    "DeadLetterRows",
    "DeadLetters",
    "DueRows",
    "EventStore",
    "FactBus",
    "KeyRing",
    "Ledger",
    "Mailer",
    "MessageBook",
    "ObjectStore",
    "Outgoing",
    "Page",
    "PermissionStore",
    "ProfileStore",
    "Random",
    "RecentRing",
    "Sealer",
    "SourceRegistry",
    "Step",
    "TemplateTexts",
    "TimelineEntry",
    "WorkQueue",
]
