"""What every stage needs of the world: time, chance, secrets, queues, objects."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from signet.domain.principal import Principal
from signet.domain.work import Work


class Clock(Protocol):
    """Tell the time."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""


class Random(Protocol):
    """Draw randomness."""

    def token(self, size_bytes: int) -> bytes:
        """Draw unpredictable bytes."""


class Sealer(Protocol):
    """Seal personal data, and name addresses without holding them."""

    def seal(self, workspace: str, subject: str, plain: bytes) -> bytes:
        """Encrypt bytes for one subject (a profile id or another owner of the key)."""

    def open(self, workspace: str, subject: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for the same workspace and subject."""

    def handle(self, workspace: str, kind: str, value: str) -> str:
        """Give the keyed hash by which an address or identifier is looked up."""


class KeyRing(Protocol):
    """Know the callers' keys."""

    def find(self, key: str) -> Principal | None:
        """Give the principal of a key, or None for a key that is not known."""


class Workspaces(Protocol):
    """Know who is at home in this deployment."""

    def workspaces(self) -> frozenset[str]:
        """Give every workspace that somebody has a key of."""


class WorkQueue(Protocol):
    """Send work to the one stage that does it."""

    def send(self, items: Sequence[Work], *, delay: timedelta = timedelta(0)) -> None:
        """
        Queue work items durably.

        Args:
            items: What is wanted.
            delay: How long they stay hidden, at most fifteen minutes.

        Raises:
            Transient: Not every item was taken; repeat all of them.
        """


class DeadLetters(Protocol):
    """Put aside what cannot be handled, with the reason."""

    def bury(self, body: str, *, reason: str, receives: int) -> None:
        """Move one queue body to the dead letters of its queue."""


class FactBus(Protocol):
    """Publish facts that many may care about."""

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """Put CloudEvents on the bus."""


class ObjectStore(Protocol):
    """Keep objects by key."""

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> None:
        """Write an object; with `if_absent`, an existing one is kept and that is success."""

    def get(self, key: str) -> bytes:
        """
        Read an object.

        Raises:
            Missing: There is no such object.
        """

    def stream(self, key: str, *, start: int = 0, tag: str = "") -> Iterator[bytes]:
        """
        Read an object piece by piece, from one of its bytes on; it is never held whole.

        Args:
            key: Its key.
            start: The first byte that is wanted.
            tag: Only this state of it, by its entity tag; any where it is empty.

        Raises:
            Missing: There is no such object, or it is in another state by now.
        """

    def upload_link(self, key: str, lifetime: timedelta) -> str:
        """Give a link under which anybody may write this one object by PUT, for a while."""

    def names(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """Give the keys that begin with a prefix, in order, from behind one on."""


class SendEpoch(Protocol):
    """
    A number that grows with every beat of upkeep, kept where no restored table takes it back.

    The gate's own row holds the same number: a row that is behind is from a backup.
    """

    def read(self) -> int:
        """Give the epoch; 0 before the first beat."""

    def advance(self, before: int, after: int) -> bool:
        """Write the next epoch over the one that was read; False when it is another."""


class Evidence(Protocol):
    """Whether the provider's events arrive: only then is silence about a message evidence."""

    def seen(self) -> datetime | None:
        """Give when the newest canary was sent that has come back."""

    def asked(self) -> datetime | None:
        """Give when the newest canary was sent."""

    def ask(self, at: datetime) -> None:
        """Note that a canary is sent."""

    def note(self, sent_at: datetime) -> None:
        """Note that the canary of this moment came back."""
