"""Preprocess over tables in memory, for tests of who somebody is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryObjects, SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.events import Event
from signet.domain.work import ApplyEvents, JoinVisitor, read
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.kinship import Office
from signet.usecases.planning import Planner
from signet.usecases.preprocess import Stores, apply
from signet.usecases.visits import join
from tests.fixed_clock import FixedClock


@dataclass
class People:
    """Preprocess over tables in memory."""

    profiles_table: MemoryTable = field(default_factory=MemoryTable)
    events_table: MemoryTable = field(default_factory=MemoryTable)

    def __post_init__(self) -> None:
        sealer = RootSealer(b"r" * 64, SeededRandom("people"))
        self.profiles = DynamoProfiles(self.profiles_table, sealer)
        self.events = DynamoEvents(self.events_table, sealer)
        self.sealer, clock = sealer, FixedClock()
        catalog = MemoryCatalog(MemoryTable())
        index = DynamoFeedbackIndex(self.events_table, sealer)
        planner = Planner(
            catalog=catalog,
            ledger=DynamoLedger(self.events_table),
            permissions=DynamoPermissions(self.profiles_table, sealer),
            sealer=sealer,
            clock=clock,
        )
        self.again = MemoryQueue(clock)
        self.office = Office(
            merges=DynamoMerges(self.profiles_table, sealer),
            duplicates=DynamoDuplicates(self.profiles_table),
            permissions=DynamoPermissions(self.profiles_table, sealer),
            clock=clock,
            tell=lambda work: self.again.send([work]),
        )
        self.stores = Stores(
            profiles=self.profiles,
            events=self.events,
            sealer=sealer,
            planner=planner,
            queue=MemoryQueue(clock),
            again=self.again,
            feedback=FeedbackShelf(MemoryObjects(), index, catalog, sealer),
        )

    def take(self, packs: Sequence[Sequence[Event]]) -> None:
        """Apply packs of events, one after the other."""
        for pack in packs:
            apply(ApplyEvents(events=tuple(pack)), self.stores)

    def settle(self) -> None:
        """Do what preprocess asked itself for, but for looks for duplicates."""
        while self.again.entries:
            body = self.again.entries.pop(min(self.again.entries)).body
            match read(body):
                case ApplyEvents() as work:
                    apply(work, self.stores)
                case JoinVisitor() as work:
                    join(work, self.office)
