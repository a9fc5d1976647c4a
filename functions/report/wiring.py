"""What report needs, and which adapters serve it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signet.adapters.aws import client
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.events import DynamoRing
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.stream import change
from signet.adapters.dynamodb.table import Table
from signet.adapters.eventbridge import EventBridgeFacts
from signet.adapters.lazy import LazySealer
from signet.adapters.provider_events import ses
from signet.adapters.s3 import S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters
from signet.clock import SystemClock
from signet.domain.work import NoteEngagement, read
from signet.errors import Poison
from signet.ports import Clock, DeadLetters, FactBus, Ledger, ObjectStore, PermissionStore
from signet.runtime.batch import each
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.report import Books, fold
from signet.usecases.settle import archive, note, settle


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    lake_bucket: str
    secret_id: str
    dead_letters_url: str
    bus_name: str


@dataclass(frozen=True)
class Ports:
    """Everything the handler touches."""

    ledger: Ledger
    permissions: PermissionStore
    facts: FactBus
    lake: ObjectStore
    books: Books
    clock: Clock
    dead_letters: DeadLetters


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    database = client("dynamodb")
    events = Table(database, settings.events_table)
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    lake = S3Objects(client("s3"), settings.lake_bucket)
    return Ports(
        ledger=DynamoLedger(events),
        permissions=DynamoPermissions(Table(database, settings.profiles_table), sealer),
        facts=EventBridgeFacts(client("events"), settings.bus_name),
        lake=lake,
        books=Books(counters=DynamoCounters(events), lake=lake, ring=DynamoRing(events)),
        clock=SystemClock(),
        dead_letters=SqsDeadLetters(client("sqs"), settings.dead_letters_url),
    )


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports; the stream's batches tell their shard, queues do not."""

    def one(body: str) -> None:
        detail = _provider_detail(body)
        if detail is None:
            _note(body, ports)
            return
        reported = ses.parse(detail)
        if reported is not None:
            settle(reported, ledger=ports.ledger, permissions=ports.permissions, facts=ports.facts)

    def handler(event: dict[str, Any], context: Any) -> Any:
        if "shardId" in event:
            return _fold(event, ports)
        archive(_bodies(event), lake=ports.lake, at=ports.clock.now())
        return each(event, context, handle=one, dead_letters=ports.dead_letters)

    return handler


def _fold(event: dict[str, Any], ports: Ports) -> dict[str, Any]:
    records = (change(record) for record in event.get("Records", []))
    batch = [found for found in records if found is not None]
    fold(event["shardId"], batch, at=ports.clock.now(), books=ports.books)
    return {"state": event.get("state", {}), "batchItemFailures": []}


def _note(body: str, ports: Ports) -> None:
    work = read(body)
    if not isinstance(work, NoteEngagement):
        raise Poison(f"kind: {work.kind} is not work of report")
    note(work, ledger=ports.ledger)


def _bodies(event: dict[str, Any]) -> list[str]:
    found = (record["body"] for record in event["Records"])
    return [body for body in found if _provider_detail(body) is not None]


def _provider_detail(body: str) -> dict[str, Any] | None:
    """Give the detail of an EventBridge envelope from SES, or None for work of our own."""
    try:
        envelope = json.loads(body)
    except ValueError:
        return None
    if isinstance(envelope, dict) and isinstance(envelope.get("detail"), dict):
        detail: dict[str, Any] = envelope["detail"]
        return detail
    return None
