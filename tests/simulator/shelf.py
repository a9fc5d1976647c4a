"""The ports of one container of the simulator, over a wire on which every fault can happen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from tests.simulator.loop import ProcessClock
from tests.simulator.remote import Remote, RemoteMailer, RemoteQueue

if TYPE_CHECKING:
    from tests.simulator.world import World


class Shelf:
    """The ports of one container, made when they are asked for."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.random = SeededRandom(f"{world.seed}:{name}")
        self.clock = ProcessClock(world.loop)
        self.sealer = RootSealer(b"0" * 64, self.random)
        self.mailer = RemoteMailer(world)

    def __getattr__(self, name: str) -> Any:
        """Make a port; the next time it is there."""
        if name not in PORTS and name not in BEHIND:
            raise AttributeError(name)
        made = PORTS[name](self) if name in PORTS else self._remote(BEHIND[name])
        setattr(self, name, made)
        return made

    def _remote(self, name: str) -> Remote:
        return Remote(self.world, getattr(self.world, name), name)

    def queue(self, stage: str) -> RemoteQueue:
        """Give the way to a stage's queue."""
        return RemoteQueue(self.world, self.world.queues[stage], stage)

    def letters(self, stage: str) -> RemoteQueue:
        """Give the way to a stage's dead letters."""
        return RemoteQueue(self.world, self.world.queues[f"{stage}deadletters"], f"{stage}.letters")


# What is behind the wire, and its name in the world and in the trace.
BEHIND = {
    "profiles_table": "profiles",
    "events_table": "events",
    "catalog_table": "catalog",
    "content": "content",
    "lake": "lake",
    "facts": "facts",
    "epoch": "epoch",
}
PORTS: dict[str, Callable[[Shelf], Any]] = {
    "ledger": lambda shelf: DynamoLedger(shelf.events_table),
    "events": lambda shelf: DynamoEvents(shelf.events_table, shelf.sealer),
    "profiles": lambda shelf: DynamoProfiles(shelf.profiles_table, shelf.sealer),
    "quarantine": lambda shelf: DynamoQuarantine(shelf.events_table, shelf.sealer),
    "imports": lambda shelf: DynamoImports(shelf.events_table, shelf.sealer),
    "permissions": lambda shelf: DynamoPermissions(shelf.profiles_table, shelf.sealer),
    "feedback": lambda shelf: DynamoFeedbackIndex(shelf.events_table, shelf.sealer),
    "catalog": lambda shelf: MemoryCatalog(shelf.catalog_table),
    "gates": lambda shelf: DynamoGates(shelf.events_table, shelf.catalog_table, shelf.epoch),
}
