"""What render needs, and which adapters serve it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from signet.adapters.aws import client
from signet.adapters.dynamodb.catalog import DynamoCatalog
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.s3 import S3Objects, StoredTexts
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.clock import SystemClock
from signet.domain.work import RenderMessages, read_as
from signet.ports import DeadLetters, WorkQueue
from signet.runtime.batch import each
from signet.runtime.settings import Settings as BaseSettings
from signet.templating.links import LinkSigner
from signet.templating.render import Renderer
from signet.templating.tracking import Tracker
from signet.usecases.render import Press, render


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    content_bucket: str
    secret_id: str
    render_queue_url: str
    deliver_queue_url: str
    dead_letters_url: str
    public_url: str
    sender: str


@dataclass
class Ports:
    """Everything the handler touches; the press is made at first use, when the secret is read."""

    settings: Settings
    secrets: WorkspaceSecrets
    again: WorkQueue
    dead_letters: DeadLetters

    @cached_property
    def press(self) -> Press:
        """Everything rendering needs."""
        settings = self.settings
        database = client("dynamodb")
        sealer = LazySealer(self.secrets)
        objects = S3Objects(client("s3"), settings.content_bucket)
        events = Table(database, settings.events_table)
        return Press(
            ledger=DynamoLedger(events),
            events=DynamoEvents(events, sealer),
            profiles=DynamoProfiles(Table(database, settings.profiles_table), sealer),
            catalog=DynamoCatalog(settings.catalog_table),
            texts=StoredTexts(objects),
            objects=objects,
            queue=SqsWorkQueue(client("sqs"), settings.deliver_queue_url),
            sealer=sealer,
            tracker=Tracker(LinkSigner(self.secrets.link_key()), settings.public_url),
            renderer=Renderer(),
            clock=SystemClock(),
            sender=settings.sender,
        )


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    return Ports(
        settings=settings,
        secrets=WorkspaceSecrets(client("secretsmanager"), settings.secret_id),
        again=SqsWorkQueue(client("sqs"), settings.render_queue_url),
        dead_letters=SqsDeadLetters(client("sqs"), settings.dead_letters_url),
    )


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports."""

    def one(body: str) -> None:
        render(read_as(body, RenderMessages), ports.press)

    def handler(event: dict[str, Any], context: Any) -> Any:
        return each(event, context, handle=one, dead_letters=ports.dead_letters, again=ports.again)

    return handler
