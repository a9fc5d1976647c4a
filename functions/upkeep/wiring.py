"""What upkeep needs, and which adapters serve it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from signet.adapters.aws import client
from signet.adapters.channels.ses import SesMailer
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.due_rows import DynamoDueRows
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.plain import PlainCatalog
from signet.adapters.dynamodb.progress import DynamoProgress
from signet.adapters.dynamodb.roll import DynamoRoll
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer, LazyWorkspaces
from signet.adapters.s3 import S3Epoch, S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.clock import SystemClock
from signet.domain.work import ForgetDecisions, ReplayLake, StartBroadcast, WalkCampaign, read
from signet.errors import Poison
from signet.ports import (
    Clock,
    DeadLetter,
    DeadLetterRows,
    DeadLetters,
    SendEpoch,
    WorkQueue,
    Workspaces,
)
from signet.runtime.batch import each, remaining
from signet.runtime.dead_letters import WITHOUT_A_WORD, each_letter, is_letter
from signet.runtime.observability import warn
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.broadcasting import Tour, start
from signet.usecases.burial import bury
from signet.usecases.forgetting import Forgetter, forget
from signet.usecases.forgetting import begin as begin_forgetting
from signet.usecases.restore import Archive, replay
from signet.usecases.upkeep import Rounds, beat, sweep
from signet.usecases.walk import Path, walk


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    content_bucket: str
    lake_bucket: str
    secret_id: str
    preprocess_queue_url: str
    render_queue_url: str
    deliver_queue_url: str
    upkeep_queue_url: str
    dead_letters_url: str
    configuration_set: str
    sender: str


@dataclass(frozen=True)
class Ports:
    """Everything the handler touches; `queues` are the work queues by their stages' names."""

    rounds: Rounds
    path: Path
    tour: Tour
    archive: Archive
    forgetter: Forgetter
    workspaces: Workspaces
    epoch: SendEpoch
    rows: DeadLetterRows
    queues: Mapping[str, WorkQueue]
    dead_letters: DeadLetters
    clock: Clock


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    database, sqs, clock = client("dynamodb"), client("sqs"), SystemClock()
    events, catalog = (
        Table(database, settings.events_table),
        Table(database, settings.catalog_table),
    )
    secrets = WorkspaceSecrets(client("secretsmanager"), settings.secret_id)
    sealer, lake = LazySealer(secrets), S3Objects(client("s3"), settings.lake_bucket)
    epoch, ledger = S3Epoch(client("s3"), settings.content_bucket), DynamoLedger(events)
    gates, own = DynamoGates(events, catalog, epoch), SqsWorkQueue(sqs, settings.upkeep_queue_url)
    queues = {
        "preprocess": SqsWorkQueue(sqs, settings.preprocess_queue_url),
        "render": SqsWorkQueue(sqs, settings.render_queue_url),
        "deliver": SqsWorkQueue(sqs, settings.deliver_queue_url),
    }
    return Ports(
        rounds=Rounds(
            due=DynamoDueRows(events),
            ledger=ledger,
            events=DynamoEvents(events, sealer),
            gates=gates,
            evidence=DynamoEvidence(events),
            mailer=SesMailer(client("sesv2", retries=False), settings.configuration_set),
            queue=queues["render"],
            clock=clock,
            sender=settings.sender,
        ),
        path=Path(ledger, gates, queues["render"], own, clock),
        tour=_tour(Table(database, settings.profiles_table), catalog, queues, own=own),
        archive=Archive(ledger, lake, gates, epoch, onwards=own),
        forgetter=Forgetter(
            PlainCatalog(catalog), ledger, lake, DynamoProgress(events), own, clock
        ),
        workspaces=LazyWorkspaces(secrets),
        epoch=epoch,
        rows=DynamoDeadLetterRows(events, sealer),
        queues=queues,
        dead_letters=SqsDeadLetters(sqs, settings.dead_letters_url),
        clock=clock,
    )


def _tour(
    people: Table, catalog: Table, queues: Mapping[str, WorkQueue], *, own: WorkQueue
) -> Tour:
    """Give the way through the audience of a broadcast."""
    roll = DynamoRoll(people)
    return Tour(PlainCatalog(catalog), roll, queues["preprocess"], own, SystemClock())


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports; a schedule names its duty, a queue brings records."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        if "duty" in event:
            return _DUTIES[event["duty"]](ports, context)
        if is_letter(event):
            keep = _keeper(ports)
            return each_letter(event, context, now=ports.clock.now(), keep=keep)
        return each(
            event,
            context,
            handle=lambda body: _work(body, ports, time_left=lambda: remaining(context)),
            dead_letters=ports.dead_letters,
            again=ports.path.onwards,
        )

    return handler


def _keeper(ports: Ports) -> Callable[[DeadLetter], None]:
    def keep(letter: DeadLetter) -> None:
        kept = bury(
            letter,
            rows=ports.rows,
            ledger=ports.rounds.ledger,
            queues=ports.queues,
            clock=ports.clock,
            silent=WITHOUT_A_WORD,
        )
        if kept:
            # An alarm counts this line; the reason's first word is the kind of error.
            kind = letter.reason.partition(":")[0]
            warn("dead letter kept", workspace=letter.workspace, queue=letter.queue, kind=kind)

    return keep


def _work(body: str, ports: Ports, *, time_left: Callable[[], timedelta]) -> None:
    work = read(body)
    if isinstance(work, WalkCampaign):
        walk(work, path=ports.path)
    elif isinstance(work, StartBroadcast):
        start(work, tour=ports.tour)
    elif isinstance(work, ReplayLake):
        replay(work, archive=ports.archive)
    elif isinstance(work, ForgetDecisions):
        forget(work, ports.forgetter, time_left=time_left)
    else:
        raise Poison(f"kind: {work.kind} is not work of this stage")


def _sweep(ports: Ports, context: Any) -> dict[str, int]:
    return asdict(sweep(ports.rounds, time_left=lambda: remaining(context)))


def _beat(ports: Ports, _context: Any) -> dict[str, bool]:
    living = beat(gates=ports.rounds.gates, epoch=ports.epoch)
    if not living:
        warn("ledger behind the beat")  # an alarm counts this line
    return {"living": living}


def _forget(ports: Ports, _context: Any) -> dict[str, int]:
    return {"workspaces": begin_forgetting(ports.workspaces.workspaces(), ports.forgetter)}


_DUTIES: dict[str, Callable[[Ports, Any], dict[str, Any]]] = {
    "sweep": _sweep,
    "beat": _beat,
    "forget": _forget,
}
