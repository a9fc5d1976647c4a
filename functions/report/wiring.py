"""What report needs, and which adapters serve it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from signet.adapters.aws import client
from signet.adapters.channels.ses_account import SesAccountList
from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.events import DynamoRing
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoSwitch
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.plain import PlainCatalog
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.dynamodb.stream import change, change_laid_aside
from signet.adapters.dynamodb.table import Table
from signet.adapters.eventbridge import EventBridgeFacts
from signet.adapters.lazy import LazySealer
from signet.adapters.provider_events import ses
from signet.adapters.s3 import S3Objects
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters
from signet.clock import SystemClock
from signet.domain.quarantine import Quarantined
from signet.domain.report import Change
from signet.domain.work import (
    HOME,
    FoldChange,
    MirrorSuppression,
    NoteEngagement,
    SettleMessage,
    read,
)
from signet.errors import Poison, Rejected, Transient
from signet.ports import AccountList, Clock, DeadLetters, ObjectStore, Quarantine, Sealer, Switch
from signet.runtime.batch import each, reason
from signet.runtime.observability import alarm, tell_quarantined, warn
from signet.runtime.settings import Settings as BaseSettings
from signet.usecases.mirroring import mirror
from signet.usecases.quarantine import keep_report
from signet.usecases.report import Books, fold, fold_late
from signet.usecases.reputation import watch
from signet.usecases.settle import Court, archive, note, settle


class Settings(BaseSettings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    lake_bucket: str
    secret_id: str
    dead_letters_url: str
    bus_name: str


@dataclass(frozen=True)
class Ports:
    """Everything the handler touches."""

    court: Court
    account: AccountList
    books: Books
    quarantine: Quarantine
    switch: Switch
    lake: ObjectStore
    sealer: Sealer
    clock: Clock
    dead_letters: DeadLetters


def build() -> Ports:
    """Choose the adapters by the environment."""
    settings = Settings.from_env()
    database = client("dynamodb")
    events = Table(database, settings.events_table)
    sealer = LazySealer(WorkspaceSecrets(client("secretsmanager"), settings.secret_id))
    people = Table(database, settings.profiles_table)
    lake = S3Objects(client("s3"), settings.lake_bucket)
    return Ports(
        court=Court(
            ledger=DynamoLedger(events),
            permissions=DynamoPermissions(people, sealer),
            policies=PlainCatalog(Table(database, settings.catalog_table)),
            facts=EventBridgeFacts(client("events"), settings.bus_name),
            evidence=DynamoEvidence(events),
            silences=DynamoCaps(people),
        ),
        # Our own rows decide, so one try is enough.
        account=SesAccountList(partial(client, "sesv2", retries=False)),
        books=Books(counters=DynamoCounters(events), lake=lake, ring=DynamoRing(events)),
        quarantine=DynamoQuarantine(events, sealer),
        switch=DynamoSwitch(events),
        lake=lake,
        sealer=sealer,
        clock=SystemClock(),
        dead_letters=SqsDeadLetters(client("sqs"), settings.dead_letters_url),
    )


def handler_of(ports: Ports) -> Callable[[dict[str, Any], Any], Any]:
    """Make the handler from any ports; the stream's batches tell their shard, queues do not."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        if "shardId" in event:
            return _fold(event, ports)
        strays: list[Quarantined] = []

        def one(body: str) -> None:
            detail = _provider_detail(body)
            if detail is None:
                _work(body, ports)
            else:
                strays.extend(_settle(body, detail, ports))

        archive(_bodies(event), lake=ports.lake, sealer=ports.sealer, at=ports.clock.now())
        answer = each(event, context, handle=one, dead_letters=ports.dead_letters)
        tell_quarantined(strays)
        return answer

    return handler


def _settle(body: str, detail: dict[str, Any], ports: Ports) -> list[Quarantined]:
    """
    Settle by a provider event, or quarantine it where it is about no message of ours.

    Such an event is the home workspace's, whatever its tags say: they prove nothing.
    """
    try:
        reported = ses.parse(detail)
        if reported is not None:
            settle(reported, court=ports.court)
    except Rejected as error:
        at = ses.told_at(json.loads(body), now=ports.clock.now())
        return [keep_report(error, detail, workspace=HOME, at=at, quarantine=ports.quarantine)]
    return []


def _fold(event: dict[str, Any], ports: Ports) -> dict[str, Any]:
    shard = event["shardId"]
    read_in = (_change(record, shard, ports) for record in event.get("Records", []))
    batch = [found for found in read_in if found is not None]
    fold(shard, batch, books=ports.books)
    _watch(batch, ports)
    return {"state": event.get("state", {}), "batchItemFailures": []}


def _change(record: dict[str, Any], shard: str, ports: Ports) -> Change | None:
    """Read a record; one that cannot be read is laid aside, so that its shard goes on."""
    try:
        return change(record)
    except Poison as error:
        alarm("change laid aside", error, shard=shard)
        sequence = str(record.get("dynamodb", {}).get("SequenceNumber", ""))
        late = FoldChange(shard=shard, sequence=sequence, record=json.dumps(record))
        ports.dead_letters.bury(late.model_dump_json(), reason=reason(error), receives=1)
        return None


def _watch(batch: list[Change], ports: Ports) -> None:
    bad = {"bounced", "complained"}
    hit = {c.workspace for c in batch if c.after is not None and c.after.status in bad}
    stopped = watch(
        sorted(hit), at=ports.clock.now(), counters=ports.books.counters, switch=ports.switch
    )
    for workspace, why in stopped.items():
        warn("sending stopped", workspace=workspace, reason=why)  # an alarm counts this line


def _work(body: str, ports: Ports) -> None:
    work = read(body)
    if isinstance(work, NoteEngagement):
        note(work, ledger=ports.court.ledger, silences=ports.court.silences)
    elif isinstance(work, SettleMessage):
        settle(work.event, court=ports.court)
    elif isinstance(work, MirrorSuppression):
        _mirror(work, ports)
    elif isinstance(work, FoldChange):
        found = change_laid_aside(work.record)
        if found is not None:
            fold_late(work.shard, found, books=ports.books)
    else:
        raise Poison(f"kind: {work.kind} is not work of this stage")


def _mirror(work: MirrorSuppression, ports: Ports) -> None:
    try:
        mirror(
            work,
            sealer=ports.sealer,
            suppressions=ports.court.permissions,
            account=ports.account,
        )
    except Transient as error:
        alarm("suppression not mirrored", error, workspace=work.workspace)


def _bodies(event: dict[str, Any]) -> list[str]:
    found = (record["body"] for record in event["Records"])
    return [body for body in found if _provider_detail(body) is not None]


def _provider_detail(body: str) -> dict[str, Any] | None:
    """Give the detail of an EventBridge envelope from SES, or None for work of our own."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(envelope, dict) and isinstance(envelope.get("detail"), dict):
        detail: dict[str, Any] = envelope["detail"]
        return detail
    return None
