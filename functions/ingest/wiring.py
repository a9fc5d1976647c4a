"""Which adapter serves which port of the ingest function."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from functions.ingest.ports import Links, Ports
from functions.ingest.routes import app_of
from signet.adapters import aws
from signet.adapters.certificates import HttpsCertificates
from signet.adapters.dynamodb.plain import (
    PlainCatalog,
    PlainLedger,
    PlainPermissions,
    PlainProfiles,
    PlainQuarantine,
)
from signet.adapters.dynamodb.table import Table
from signet.adapters.secrets import WorkspaceSecrets
from signet.adapters.sqs import SqsWorkQueue
from signet.clock import SystemClock
from signet.domain.principal import Principal
from signet.ids import SystemRandom
from signet.runtime import settings
from signet.runtime.idempotency import TableOnce
from signet.templating.links import Kind, Link, LinkSigner

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Settings(settings.Settings):
    """The environment of this function."""

    profiles_table: str
    events_table: str
    catalog_table: str
    idempotency_table: str
    secret_id: str
    preprocess_queue_url: str
    report_queue_url: str
    public_url: str


class _Secrets:
    """The secret's ports; nothing is read before the first call asks."""

    def __init__(self, secrets: WorkspaceSecrets) -> None:
        self._secrets = secrets

    @cached_property
    def _links(self) -> LinkSigner:
        return LinkSigner(self._secrets.link_key())

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

    def read(self, kind: Kind, token: str) -> Link:
        """Read a signed link."""
        return self._links.read(kind, token)

    def token(self, kind: Kind, *, workspace: str, message_id: str) -> str:
        """Write a signed link that needs no target."""
        return self._links.token(kind, workspace=workspace, message_id=message_id)


def build() -> Ports:
    """Make the ports of the deployed function, without a call to the network."""
    env = Settings.from_env()
    secrets = _Secrets(WorkspaceSecrets(aws.client("secretsmanager"), env.secret_id))
    dynamodb, sqs = aws.client("dynamodb"), aws.client("sqs")
    profiles = Table(dynamodb, env.profiles_table)
    events = Table(dynamodb, env.events_table)
    links: Links = secrets
    return Ports(
        clock=SystemClock(),
        random=SystemRandom(),
        keys=secrets,
        sealer=secrets,
        certificates=HttpsCertificates(),
        work=SqsWorkQueue(sqs, env.preprocess_queue_url),
        engagement=SqsWorkQueue(sqs, env.report_queue_url),
        catalog=PlainCatalog(Table(dynamodb, env.catalog_table)),
        ledger=PlainLedger(events),
        profiles=PlainProfiles(profiles, secrets),
        permissions=PlainPermissions(profiles, secrets),
        quarantine=PlainQuarantine(events, secrets),
        links=links,
        once=TableOnce(env.idempotency_table),
        public_url=env.public_url,
    )


def handler_of(ports: Ports) -> Handler:
    """Make the handler from any ports."""
    app = app_of(ports)

    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one HTTP call."""
        return app.resolve(dict(event), context)

    return handler
