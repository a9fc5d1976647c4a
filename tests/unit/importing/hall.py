"""Imports in memory: every port, the work done in the order of the queue, kills where wanted."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.preprocess.work import Desks, does
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
from signet.adapters.memory.world import MemoryObjects, SeededRandom, SetClock, tag_of
from signet.adapters.sealer import RootSealer
from signet.domain.importing import FileFormat, ImportedFile, RowFault
from signet.domain.mapping import FieldMapping
from signet.domain.profile import Profile
from signet.domain.quarantine import Quarantined
from signet.domain.source import Source
from signet.ports.store import Store
from signet.usecases.arrivals import Hall as Doorstep
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.importing import announcing, showing
from signet.usecases.importing.announcing import Porch, Wanted
from signet.usecases.inbound import MailRoom
from signet.usecases.planning import Planner
from signet.usecases.preprocess import Stores

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLENTY = timedelta(minutes=1)


class Killed(Exception):
    """The process died here."""


@dataclass
class Mortal:
    """A table whose user dies at a call, before or after it is done."""

    table: MemoryTable
    life: "Life"

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.table, name)

        def call(*given: Any, **named: Any) -> Any:
            self.life.spend()
            found = method(*given, **named)
            self.life.spend()
            return found

        return call


@dataclass
class Life:
    """So many moments until the process dies; None for ever."""

    left: int | None = None

    def spend(self) -> None:
        """Come one moment nearer."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@dataclass
class Hall:
    """Everything that an import touches."""

    life: Life = field(default_factory=Life)
    left: Callable[[], timedelta] = lambda: PLENTY

    def __post_init__(self) -> None:
        """Put the ports together."""
        self.clock, self.random = SetClock(NOW), SeededRandom("imports")
        self.people_table, self.events_table = MemoryTable(), MemoryTable()
        profiles: Store = Mortal(self.people_table, self.life)  # type: ignore[assignment]
        events: Store = Mortal(self.events_table, self.life)  # type: ignore[assignment]
        self.sealer = RootSealer(b"0" * 64, self.random)
        self.catalog = MemoryCatalog(MemoryTable())
        self.objects = MemoryObjects()
        self.queue = MemoryQueue(self.clock)
        self.permissions = DynamoPermissions(profiles, self.sealer)
        self.profiles = DynamoProfiles(profiles, self.sealer)
        self.quarantine = DynamoQuarantine(events, self.sealer)
        self.book = DynamoImports(events, self.sealer)
        ledger = DynamoLedger(events)
        room = MailRoom(
            hall=Doorstep(self.catalog, self.quarantine, self.clock),
            intake=self.objects,
            ledger=ledger,
            sealer=self.sealer,
            reports=MemoryQueue(self.clock),
        )
        clerk: Any = None  # looks for duplicates, of which none are asked for here
        self.desks = Desks(
            self._stores(events, ledger),
            clerk=clerk,
            imports=self.book,
            intake=self.objects,
            room=room,
            again=self.queue,
        )
        self._news = itertools.count(1)

    def _stores(self, events: Store, ledger: DynamoLedger) -> Stores:
        planner = Planner(self.catalog, ledger, self.permissions, self.sealer, self.clock)
        return Stores(
            profiles=self.profiles,
            events=DynamoEvents(events, self.sealer),
            sealer=self.sealer,
            planner=planner,
            queue=MemoryQueue(self.clock),
            again=MemoryQueue(self.clock),
            feedback=FeedbackShelf(
                self.objects, DynamoFeedbackIndex(events, self.sealer), self.catalog, self.sealer
            ),
        )

    def source(self, name: str = "crm", **mapping: Any) -> None:
        """Register a source."""
        source = Source(
            kind="crm", workspace="main", name=name, mapping=FieldMapping.model_validate(mapping)
        )
        self.catalog.save_source("main", source, expected_revision=0)

    def announce(self, *, source: str = "crm", form: FileFormat = "auto") -> ImportedFile:
        """Announce a file."""
        porch = Porch(self.book, self.catalog, self.objects, self.clock, self.random)
        return announcing.announce(Wanted(source, "a.csv", form), workspace="main", hall=porch)

    def arrives(self, key: str, body: bytes, *, number: int | None = None) -> str:
        """Let an object arrive, and give the news of it."""
        self.objects.put(key, body)
        news = {
            "detail-type": "Object Created",
            "source": "aws.s3",
            "time": self.clock.now().isoformat(),
            "detail": {
                "bucket": {"name": "intake"},
                "object": {
                    "key": key,
                    "etag": tag_of(body),
                    "sequencer": str(number or next(self._news)),
                },
            },
        }
        return json.dumps(news)

    def send(self, body: bytes, *, form: FileFormat = "auto") -> ImportedFile:
        """Import a file from its announcement to its last verdict."""
        self.clock.advance(timedelta(seconds=1))
        file = self.announce(form=form)
        self.do(self.arrives(file.key, body))
        self.work()
        return self.get(file)

    def do(self, body: str) -> None:
        """Do what one queue body asks for."""
        does(body, self.desks, left=self.left)

    def work(self) -> int:
        """Do all that is queued; give how many bodies that were."""
        done = 0
        while entries := self.queue.receive():
            for entry in entries:
                self.do(entry.body)
                self.queue.delete(entry.id)
                done += 1
        return done

    def get(self, file: ImportedFile) -> ImportedFile:
        """Read a file anew."""
        found = self.book.get(file.workspace, file.id)
        assert found is not None
        return found

    def faults(self, file: ImportedFile) -> tuple[RowFault, ...]:
        """Give the first faults of a file."""
        return showing.first_faults(file, book=self.book)

    def laid_aside(self) -> list[Quarantined]:
        """Give all that lies in quarantine, oldest row first."""
        page = self.quarantine.page("main", status=None, limit=1000, position=None)
        return [item for item in page.items if isinstance(item, Quarantined)]

    def people(self) -> Iterator[Profile]:
        """Give everybody."""
        for item in self.profiles.page("main", limit=10_000, position=None).items:
            assert isinstance(item, Profile)
            yield item

    def person(self, kind: str, value: str) -> Profile:
        """Find somebody by an identifier."""
        handle = self.sealer.handle("main", kind, value)
        owner = self.profiles.resolve("main", [handle])[handle]
        return self.profiles.get_many("main", [owner])[owner]


def counts(file: ImportedFile) -> tuple[int, int, int, int]:
    """Give the rows of a file as read, accepted, duplicate and quarantined."""
    rows = file.rows
    return rows.read, rows.accepted, rows.duplicate, rows.quarantined
