"""The real handlers of every function, wired to a world's remote ports."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.admin import wiring as admin
from functions.admin.ports import Ports as AdminPorts
from functions.deliver import wiring as deliver
from functions.ingest import wiring as ingest
from functions.ingest.ports import Ports as IngestPorts
from functions.preprocess import wiring as preprocess
from functions.render import wiring as render
from functions.report import wiring as report
from functions.upkeep import wiring as upkeep
from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.due_rows import DynamoDueRows
from signet.adapters.dynamodb.events import DynamoRing
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoSwitch
from signet.adapters.dynamodb.progress import DynamoProgress
from signet.adapters.dynamodb.roll import DynamoRoll
from signet.adapters.memory.world import MemoryAccountList
from signet.adapters.provider_events import ses
from signet.adapters.s3 import StoredTexts
from signet.adapters.secrets import SecretKeyRing
from signet.runtime.cursor import Cursors
from signet.templating.links import LinkSigner
from signet.templating.render import Renderer
from signet.templating.tracking import Tracker
from signet.usecases.arrivals import Hall
from signet.usecases.broadcasting import Tour
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.forgetting import Forgetter
from signet.usecases.inbound import MailRoom
from signet.usecases.planning import Planner
from signet.usecases.preprocess import Stores
from signet.usecases.render import Press
from signet.usecases.report import Books
from signet.usecases.restore import Archive
from signet.usecases.settle import Court
from signet.usecases.upkeep import Rounds
from signet.usecases.walk import Path
from tests.simulator.desks import LINKAGE, SENDER, clerk_of, desk_of
from tests.simulator.remote import KEYS, Slot, bus_of
from tests.simulator.shelf import Shelf

if TYPE_CHECKING:
    from tests.simulator.world import World

LINK_KEY = b"k" * 32
Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Container:
    """One container of a function: its handler, and the error of its clock in seconds."""

    name: str
    handler: Handler
    shelf: "Shelf"
    skew: float


@cache
def renderer() -> Renderer:
    """Give the renderer of this process: compiled templates are the same in every world."""
    return Renderer()


def container(world: "World", function: str, *, name: str, skew: float) -> Container:
    """Start a container."""
    shelf = Shelf(world, name)
    return Container(name, MAKERS[function](shelf), shelf, skew)


def _preprocess(shelf: Shelf) -> Handler:
    planner = Planner(
        catalog=shelf.catalog,
        ledger=shelf.ledger,
        permissions=shelf.permissions,
        sealer=shelf.sealer,
        clock=shelf.clock,
    )
    stores = Stores(
        profiles=shelf.profiles,
        events=shelf.events,
        sealer=shelf.sealer,
        planner=planner,
        queue=shelf.queue("render"),
        again=shelf.queue("preprocess"),
        feedback=FeedbackShelf(shelf.content, shelf.feedback, shelf.catalog, shelf.sealer),
    )
    return preprocess.handler_of(
        preprocess.Ports(
            stores=stores,
            imports=shelf.imports,
            clerk=clerk_of(shelf),
            quarantine=shelf.quarantine,
            intake=shelf.content,
            feedback=shelf.content,
            room=MailRoom(
                hall=Hall(shelf.catalog, shelf.quarantine, shelf.clock),
                intake=shelf.content,
                ledger=shelf.ledger,
                sealer=shelf.sealer,
                reports=shelf.queue("report"),
            ),
            again=shelf.queue("preprocess"),
            dead_letters=shelf.letters("preprocess"),
        )
    )


@dataclass
class _RenderPorts:
    press: Press
    again: Any
    dead_letters: Any


def _render(shelf: Shelf) -> Handler:
    press = Press(
        ledger=shelf.ledger,
        profiles=shelf.profiles,
        events=shelf.events,
        catalog=shelf.catalog,
        texts=StoredTexts(shelf.content),
        objects=shelf.content,
        queue=shelf.queue("deliver"),
        sealer=shelf.sealer,
        tracker=Tracker(LinkSigner(LINK_KEY), "https://signet.example.org"),
        renderer=renderer(),
        clock=shelf.clock,
        sender=SENDER,
    )
    ports: Any = _RenderPorts(press, shelf.queue("render"), shelf.letters("render"))
    return render.handler_of(ports)


def _deliver(shelf: Shelf) -> Handler:
    return deliver.handler_of(deliver.Ports(desk_of(shelf), shelf.letters("deliver")))


def _report(shelf: Shelf) -> Handler:
    ports = report.Ports(
        court=Court(
            shelf.ledger,
            shelf.permissions,
            shelf.catalog,
            shelf.facts,
            DynamoEvidence(shelf.events_table),
            DynamoCaps(shelf.profiles_table),
        ),
        account=MemoryAccountList(),
        books=Books(DynamoCounters(shelf.events_table), shelf.lake, DynamoRing(shelf.events_table)),
        quarantine=shelf.quarantine,
        switch=DynamoSwitch(shelf.events_table),
        lake=shelf.lake,
        sealer=shelf.sealer,
        clock=shelf.clock,
        dead_letters=shelf.letters("report"),
    )
    return report.handler_of(ports)


def _upkeep(shelf: Shelf) -> Handler:
    own = shelf.queue("upkeep")
    queues = {name: shelf.queue(name) for name in ("preprocess", "render", "deliver")}
    ports = upkeep.Ports(
        rounds=Rounds(
            due=DynamoDueRows(shelf.events_table),
            ledger=shelf.ledger,
            events=shelf.events,
            gates=shelf.gates,
            evidence=DynamoEvidence(shelf.events_table),
            mailer=shelf.mailer,
            queue=queues["render"],
            clock=shelf.clock,
            sender=SENDER,
        ),
        path=Path(shelf.ledger, shelf.gates, queues["render"], own, shelf.clock),
        tour=Tour(
            shelf.catalog,
            DynamoRoll(shelf.profiles_table),
            queues["preprocess"],
            own,
            shelf.clock,
        ),
        archive=Archive(shelf.ledger, shelf.lake, shelf.gates, shelf.epoch, own),
        forgetter=Forgetter(
            shelf.catalog,
            shelf.ledger,
            shelf.lake,
            DynamoProgress(shelf.events_table),
            own,
            shelf.clock,
        ),
        workspaces=SecretKeyRing(KEYS),
        epoch=shelf.epoch,
        rows=DynamoDeadLetterRows(shelf.events_table, shelf.sealer),
        queues=queues,
        dead_letters=shelf.letters("upkeep"),
        clock=shelf.clock,
    )
    return upkeep.handler_of(ports)


def _once(key: str, **named: Any) -> Any:
    return Slot.world.once(key, **named)


@cache
def _ingest_handler() -> Handler:
    ports: Any = IngestPorts(
        clock=Slot(lambda s: s.clock),
        random=Slot(lambda s: s.random),
        keys=SecretKeyRing(KEYS),
        sealer=Slot(lambda s: s.sealer),
        certificates=None,  # no source of these schedules is signed by one
        work=Slot(lambda s: s.queue("preprocess")),
        engagement=Slot(lambda s: s.queue("report")),
        catalog=Slot(lambda s: s.catalog),
        ledger=Slot(lambda s: s.ledger),
        profiles=Slot(lambda s: s.profiles),
        permissions=Slot(lambda s: s.permissions),
        quarantine=Slot(lambda s: s.quarantine),
        links=LinkSigner(LINK_KEY),
        once=_once,
        public_url="https://api.example",
    )
    return ingest.handler_of(ports)


@cache
def _admin_handler() -> Handler:
    cursors = Cursors(b"cursors")
    stages = ("preprocess", "render", "deliver", "report", "upkeep")
    ports: Any = AdminPorts(
        clock=Slot(lambda s: s.clock),
        random=Slot(lambda s: s.random),
        keys=SecretKeyRing(KEYS),
        sealer=Slot(lambda s: s.sealer),
        catalog=Slot(lambda s: s.catalog),
        texts=Slot(lambda s: StoredTexts(s.content)),
        profiles=Slot(lambda s: s.profiles),
        events=Slot(lambda s: s.events),
        ledger=Slot(lambda s: s.ledger),
        permissions=Slot(lambda s: s.permissions),
        **{name: Slot(port) for name, port in LINKAGE.items()},
        counters=Slot(lambda s: DynamoCounters(s.events_table)),
        quarantine=Slot(lambda s: s.quarantine),
        imports=Slot(lambda s: s.imports),
        reports=ses.parse,
        intake=Slot(lambda s: s.content),
        post_codes=Slot(lambda s: s.content),
        feedback=Slot(lambda s: s.content),
        feedback_index=Slot(lambda s: s.feedback),
        dead_letters=Slot(lambda s: DynamoDeadLetterRows(s.events_table, s.sealer)),
        queues={stage: Slot(lambda s, stage=stage: s.queue(stage)) for stage in stages},
        walks=Slot(lambda s: s.queue("upkeep")),
        gates=Slot(lambda s: s.gates),
        switch=Slot(lambda s: DynamoSwitch(s.events_table)),
        renderer=renderer(),
        cursors=lambda: cursors,
        once=_once,
    )
    return admin.handler_of(ports)


def _ingest(shelf: Shelf) -> Handler:
    Slot.world = shelf.world
    return _ingest_handler()


def _admin(shelf: Shelf) -> Handler:
    Slot.world = shelf.world
    return _admin_handler()


def _bus(shelf: Shelf) -> Handler:
    return bus_of(shelf.queue("preprocess"))


MAKERS: dict[str, Callable[[Shelf], Handler]] = {
    "ingest": _ingest,
    "admin": _admin,
    "bus": _bus,
    "preprocess": _preprocess,
    "render": _render,
    "deliver": _deliver,
    "report": _report,
    "upkeep": _upkeep,
}
