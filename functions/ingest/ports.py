"""What the ingest function needs from the world."""

from dataclasses import dataclass
from typing import Protocol

from signet.ports import (
    Certificates,
    Clock,
    KeyRing,
    MessageBook,
    PermissionStore,
    ProfileStore,
    Quarantine,
    Random,
    Sealer,
    SourceRegistry,
    WorkQueue,
)
from signet.runtime.idempotency import Once
from signet.templating.links import Kind, Link


class Links(Protocol):
    """Read and write the signed tokens in links."""

    def read(self, kind: Kind, token: str) -> Link:
        """
        Read a token of one kind.

        Raises:
            Missing: It is not one of ours.
        """

    def token(self, kind: Kind, *, workspace: str, message_id: str) -> str:
        """Write a token that needs no target."""


@dataclass(frozen=True, slots=True)
class Ports:
    """
    Every port of this function; `work` feeds preprocess, `engagement` feeds report.

    `public_url` is where people reach the HTTP API.
    """

    clock: Clock
    random: Random
    keys: KeyRing
    sealer: Sealer
    certificates: Certificates
    work: WorkQueue
    engagement: WorkQueue
    catalog: SourceRegistry
    ledger: MessageBook
    profiles: ProfileStore
    permissions: PermissionStore
    quarantine: Quarantine
    links: Links
    once: Once
    public_url: str
