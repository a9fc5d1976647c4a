"""Which adapter serves which port of the admin function."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from functions.admin.door import mount
from functions.admin.ports import Ports
from functions.admin.routes import ROUTES
from signet.adapters import aws
from signet.adapters.dynamodb.catalog import DynamoCatalog
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.gates import DynamoGates, DynamoSwitch
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.dynamodb.table import Table
from signet.adapters.provider_events import ses
from signet.adapters.s3 import S3Epoch, S3Objects, StoredTexts
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.clock import SystemClock
from signet.domain.principal import Principal
from signet.ids import SystemRandom
from signet.runtime import etag, http, settings
from signet.runtime.cursor import Cursors
from signet.runtime.idempotency import TableOnce
from signet.templating.render import Renderer

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Settings(settings.Settings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    idempotency_table: str
    content_bucket: str
    intake_bucket: str
    feedback_bucket: str
    secret_id: str
    public_url: str
    sender: str
    preprocess_queue_url: str
    render_queue_url: str
    deliver_queue_url: str
    report_queue_url: str
    upkeep_queue_url: str


class _Secrets:
    """The secret's ports; nothing is read before the first call asks."""

    def __init__(self, secrets: WorkspaceSecrets) -> None:
        self._secrets = secrets

    @cached_property
    def _cursors(self) -> Cursors:
        return Cursors(self._secrets.cursor_key())

    def cursors(self) -> Cursors:
        """Give the signer of cursors."""
        return self._cursors

    def find(self, key: str) -> Principal | None:
        """Give the principal of a key."""
        return self._secrets.keys.find(key)

    def seal(self, workspace: str, subject: str, plain: bytes) -> bytes:
        """Encrypt bytes for one subject."""
        return self._secrets.sealer.seal(workspace, subject, plain)

    def open(self, workspace: str, subject: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made."""
        return self._secrets.sealer.open(workspace, subject, sealed)

    def handle(self, workspace: str, kind: str, value: str) -> str:
        """Give the keyed hash of an identifier."""
        return self._secrets.sealer.handle(workspace, kind, value)


class _Back:
    """A work queue to which dead letters go back as they were."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._queue = SqsDeadLetters(client, queue_url)

    def send_raw(self, body: str) -> None:
        """Queue one body durably."""
        self._queue.bury(body, reason="redriven", receives=0)


def build() -> Ports:
    """Make the ports of the deployed function, without a call to the network."""
    env = Settings.from_env()
    secrets = _Secrets(WorkspaceSecrets(aws.client("secretsmanager"), env.secret_id))
    dynamodb = aws.client("dynamodb")
    profiles, events = Table(dynamodb, env.profiles_table), Table(dynamodb, env.events_table)
    return Ports(
        clock=SystemClock(),
        random=SystemRandom(),
        keys=secrets,
        sealer=secrets,
        catalog=DynamoCatalog(env.catalog_table),
        texts=StoredTexts(S3Objects(aws.client("s3"), env.content_bucket)),
        profiles=DynamoProfiles(profiles, secrets),
        events=DynamoEvents(events, secrets),
        ledger=DynamoLedger(events),
        permissions=DynamoPermissions(profiles, secrets),
        duplicates=DynamoDuplicates(profiles),
        merges=DynamoMerges(profiles, secrets),
        counters=DynamoCounters(events),
        quarantine=DynamoQuarantine(events, secrets),
        imports=DynamoImports(events, secrets),
        reports=ses.parse,
        intake=S3Objects(aws.client("s3"), env.intake_bucket),
        feedback=S3Objects(aws.client("s3"), env.feedback_bucket),
        feedback_index=DynamoFeedbackIndex(events, secrets),
        post_codes=S3Objects(aws.client("s3"), env.content_bucket),
        dead_letters=DynamoDeadLetterRows(events, secrets),
        queues=_queues(env),
        walks=SqsWorkQueue(aws.client("sqs"), env.upkeep_queue_url),
        gates=DynamoGates(
            events,
            Table(dynamodb, env.catalog_table),
            S3Epoch(aws.client("s3"), env.content_bucket),
        ),
        switch=DynamoSwitch(events),
        renderer=Renderer(keep=32),
        cursors=secrets.cursors,
        once=TableOnce(env.idempotency_table),
    )


def handler_of(ports: Ports) -> Handler:
    """Make the handler from any ports."""
    app = http.resolver()
    app.exception_handler(etag.Stale)(etag.answer_stale)
    for route in ROUTES:
        mount(app, route, ports)

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return app.resolve(dict(event), context)

    return handle


def _queues(env: Settings) -> dict[str, _Back]:
    sqs = aws.client("sqs")
    urls = {
        "preprocess": env.preprocess_queue_url,
        "render": env.render_queue_url,
        "deliver": env.deliver_queue_url,
        "report": env.report_queue_url,
        "upkeep": env.upkeep_queue_url,
    }
    return {name: _Back(sqs, url) for name, url in urls.items()}
