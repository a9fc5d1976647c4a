"""What deliver needs, and which adapters serve it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signet.adapters.aws import client
from signet.adapters.channels.ses import SesMailer
from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.s3 import S3Epoch, S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.clock import SystemClock
from signet.domain.work import DeliverMessages, read_as
from signet.ids import SystemRandom
from signet.ports import DeadLetters
from signet.runtime.batch import each, remaining
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.deliver import Desk, deliver
from signet.usecases.look import Lookout


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    content_bucket: str
    secret_id: str
    deliver_queue_url: str
    dead_letters_url: str
    configuration_set: str
    sender: str


@dataclass(frozen=True)
class Ports:
    """Everything the handler touches."""

    desk: Desk
    dead_letters: DeadLetters


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    database, clock = client("dynamodb"), SystemClock()
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    people = Table(database, settings.profiles_table)
    events = Table(database, settings.events_table)
    catalog = Table(database, settings.catalog_table)
    mailer = SesMailer(client("sesv2", retries=False), settings.configuration_set)
    desk = Desk(
        ledger=DynamoLedger(events),
        lookout=Lookout(
            permissions=DynamoPermissions(people, sealer),
            gates=DynamoGates(events, catalog, S3Epoch(client("s3"), settings.content_bucket)),
            caps=DynamoCaps(people),
        ),
        mailer=mailer,
        pacer=DynamoPacer(events, f"ses:{settings.sender}", clock=clock, quota=mailer.quota),
        objects=S3Objects(client("s3"), settings.content_bucket),
        queue=SqsWorkQueue(client("sqs"), settings.deliver_queue_url),
        sealer=sealer,
        clock=clock,
        random=SystemRandom(),
        sender=settings.sender,
    )
    return Ports(desk, SqsDeadLetters(client("sqs"), settings.dead_letters_url))


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        def one(body: str) -> None:
            work = read_as(body, DeliverMessages)
            deliver(work, ports.desk, time_left=lambda: remaining(context))

        return each(
            event, context, handle=one, dead_letters=ports.dead_letters, again=ports.desk.queue
        )

    return handler
