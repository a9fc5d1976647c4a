"""What preprocess needs, and which adapters serve it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.preprocess.work import Desks, does
from signet.adapters.aws import client
from signet.adapters.dynamodb.catalog import DynamoCatalog
from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.plain import PlainCatalog
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.s3 import S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.clock import SystemClock
from signet.ports import DeadLetters, ImportBook, ObjectStore, Quarantine, Sealer, WorkQueue
from signet.runtime.batch import each, remaining
from signet.runtime.quarantining import Told
from signet.runtime.requesting import Alert
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.arrivals import Hall
from signet.usecases.duplicates import Finder
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.inbound import MailRoom
from signet.usecases.kinship import Office
from signet.usecases.planning import Planner
from signet.usecases.preprocess import Stores
from signet.usecases.ruling import Clerk


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    intake_bucket: str
    feedback_bucket: str
    secret_id: str
    preprocess_queue_url: str
    render_queue_url: str
    report_queue_url: str
    dead_letters_url: str


@dataclass(frozen=True)
class Ports:
    """
    Everything the handler touches.

    `intake` holds files and mails as they arrived, `feedback` what people said; `room` is what
    bodies from outside need.
    """

    stores: Stores
    imports: ImportBook
    clerk: Clerk
    quarantine: Quarantine
    intake: ObjectStore
    feedback: ObjectStore
    room: MailRoom
    again: WorkQueue
    dead_letters: DeadLetters


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    database = client("dynamodb")
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    profiles = Table(database, settings.profiles_table)
    events = Table(database, settings.events_table)
    catalog, ledger = DynamoCatalog(settings.catalog_table), DynamoLedger(events)
    feedback = S3Objects(client("s3"), settings.feedback_bucket)
    intake = S3Objects(client("s3"), settings.intake_bucket)
    quarantine = Told(DynamoQuarantine(events, sealer))
    registry = PlainCatalog(Table(database, settings.catalog_table))
    permissions = DynamoPermissions(profiles, sealer)
    again = SqsWorkQueue(client("sqs"), settings.preprocess_queue_url)
    return Ports(
        stores=Stores(
            profiles=DynamoProfiles(profiles, sealer),
            events=DynamoEvents(events, sealer),
            sealer=sealer,
            planner=Planner(catalog, ledger, permissions, sealer, SystemClock()),
            queue=SqsWorkQueue(client("sqs"), settings.render_queue_url),
            again=again,
            feedback=FeedbackShelf(
                feedback, Alert(DynamoFeedbackIndex(events, sealer)), catalog, sealer
            ),
        ),
        imports=DynamoImports(events, sealer),
        clerk=_clerk(profiles, sealer, again),
        quarantine=quarantine,
        intake=intake,
        feedback=feedback,
        room=MailRoom(
            hall=Hall(registry, quarantine, SystemClock()),
            intake=intake,
            ledger=ledger,
            sealer=sealer,
            reports=SqsWorkQueue(client("sqs"), settings.report_queue_url),
        ),
        again=again,
        dead_letters=SqsDeadLetters(client("sqs"), settings.dead_letters_url),
    )


def _clerk(table: Table, sealer: Sealer, again: WorkQueue) -> Clerk:
    duplicates, clock = DynamoDuplicates(table), SystemClock()
    return Clerk(
        finder=Finder(DynamoProfiles(table, sealer), duplicates, sealer, clock),
        office=Office(
            merges=DynamoMerges(table, sealer),
            duplicates=duplicates,
            permissions=DynamoPermissions(table, sealer),
            clock=clock,
            tell=lambda work: again.send([work]),
        ),
    )


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports."""
    desks = Desks(
        ports.stores,
        clerk=ports.clerk,
        imports=ports.imports,
        intake=ports.intake,
        room=ports.room,
        again=ports.again,
    )

    def handler(event: dict[str, Any], context: Any) -> Any:
        return each(
            event,
            context,
            handle=lambda body: does(body, desks, left=lambda: remaining(context)),
            dead_letters=ports.dead_letters,
            again=ports.again,
        )

    return handler
