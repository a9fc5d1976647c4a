"""What upkeep needs, and which adapters serve it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signet.adapters.aws import client
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.secrets import WorkspaceSecrets
from signet.clock import SystemClock
from signet.ports import Clock, DeadLetterRows
from signet.runtime.dead_letters import each_letter
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.upkeep import bury, sweep


class Settings(BaseSettings):
    """The environment of this function."""

    events_table: str
    secret_id: str


@dataclass(frozen=True)
class Ports:
    """Everything the handler touches."""

    ledger: DynamoLedger
    rows: DeadLetterRows
    clock: Clock


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    events = Table(client("dynamodb"), settings.events_table)
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    return Ports(
        ledger=DynamoLedger(events),
        rows=DynamoDeadLetterRows(events, sealer),
        clock=SystemClock(),
    )


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports; a schedule names its duty, a queue brings records."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        if event.get("duty") == "sweep":
            return {"unresolved": sweep(due=ports.ledger, ledger=ports.ledger, clock=ports.clock)}
        return each_letter(
            event,
            context,
            now=ports.clock.now(),
            keep=lambda letter: bury(letter, rows=ports.rows),
        )

    return handler
