"""What deliver needs, and which adapters serve it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signet.adapters.aws import client
from signet.adapters.channels.ses import SesMailer
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.s3 import S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters
from signet.clock import SystemClock
from signet.domain.work import DeliverMessages, read
from signet.errors import Poison
from signet.ids import SystemRandom
from signet.ports import DeadLetters
from signet.runtime.batch import each
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.deliver import Desk, deliver


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    content_bucket: str
    secret_id: str
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
    database = client("dynamodb")
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    desk = Desk(
        ledger=DynamoLedger(Table(database, settings.events_table)),
        permissions=DynamoPermissions(Table(database, settings.profiles_table), sealer),
        mailer=SesMailer(client("sesv2", retries=False), settings.configuration_set),
        objects=S3Objects(client("s3"), settings.content_bucket),
        sealer=sealer,
        clock=SystemClock(),
        random=SystemRandom(),
        sender=settings.sender,
    )
    return Ports(desk, SqsDeadLetters(client("sqs"), settings.dead_letters_url))


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports."""

    def one(body: str) -> None:
        work = read(body)
        if not isinstance(work, DeliverMessages):
            raise Poison(f"kind: {work.kind} is not work of deliver")
        deliver(work, ports.desk)

    def handler(event: dict[str, Any], context: Any) -> Any:
        return each(event, context, handle=one, dead_letters=ports.dead_letters)

    return handler
