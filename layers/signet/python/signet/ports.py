"""What the use cases need from the world; every port has an AWS adapter and an in-memory one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.campaign import Campaign
from signet.domain.events import Event
from signet.domain.message import Engagement, Message, Rule, Status
from signet.domain.permission import Consent, Permission, Suppression
from signet.domain.principal import Principal
from signet.domain.profile import Profile
from signet.domain.source import Source
from signet.domain.template import Template, TemplateDraft, TemplateVersion
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


class WorkQueue(Protocol):
    """Send work to the one stage that does it."""

    def send(self, items: Sequence[Work]) -> None:
        """
        Queue work items durably.

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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `next_position` is None on the last one."""

    items: tuple[object, ...]
    next_position: str | None


class ProfileStore(Protocol):
    """People, and the handles that resolve to them."""

    def resolve(self, workspace: str, handles: Iterable[str]) -> dict[str, str]:
        """Give the profile id of each handle that is known."""

    def link(self, workspace: str, handle: str, profile_id: str) -> str:
        """Let a handle resolve to a profile unless it does already; give the owner's id."""

    def get_many(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """Read profiles, consistently; unknown ids are left out."""

    def save(self, profile: Profile, *, expected_version: int) -> None:
        """
        Write a profile over the version that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List profiles of a workspace."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a timeline, whose it is, and the messages it caused."""

    profile_id: str
    event: Event
    messages: tuple[str, ...]


class EventStore(Protocol):
    """The timelines: every event, once, under its profile."""

    def known(self, events: Sequence[Event]) -> frozenset[str]:
        """Give the keys of those events that have been closed already."""

    def add(self, profile_id: str, event: Event, *, messages: Sequence[str]) -> bool:
        """
        Close an event: write its row if it is not there.

        Args:
            messages: Ids of the messages this event made due.

        Returns:
            False when the row was there, which means that this is a repeat.
        """

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a profile's events with the messages they caused, newest first."""

    def recent(self, workspace: str, *, limit: int) -> tuple[TimelineEntry, ...]:
        """Give some of the newest events of a workspace, newest first."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim writes: the fence and what was about to be handed over."""

    token: str
    claimed_at: datetime
    lease_until: datetime
    body_hash: str
    template_version: int
    rendered_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """
    One conditional move of a message.

    The move happens only from one of `from_statuses` and, where given, under the same epoch and
    token. `fields` are written along with it.
    """

    to: Status
    at: datetime
    from_statuses: tuple[Status, ...]
    epoch: int | None = None
    token: str | None = None
    reason: str = ""
    provider_id: str = ""
    decisions: tuple[Rule, ...] = ()
    due_at: datetime | None = None
    profile_id: str = ""
    recipient: str = ""


class Ledger(Protocol):
    """The durable row per message, which moves only by recorded, conditional transitions."""

    def plan(self, message: Message) -> bool:
        """Write a planned message unless its row exists; False when it does."""

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read one message, consistently."""

    def get_many(self, workspace: str, message_ids: Sequence[str]) -> dict[str, Message]:
        """Read many messages, consistently; unknown ids are left out."""

    def claim(self, message: Message, claim: Claim) -> bool:
        """
        Take the right to hand a message over.

        Returns:
            False when another holds it or the message has moved on: lost is done.
        """

    def move(self, workspace: str, message_id: str, step: Step) -> bool:
        """Move a message; False when the conditions do not hold."""

    def engage(self, workspace: str, message_id: str, what: Engagement, *, at: datetime) -> bool:
        """Note the first opening or click; False when it was noted before."""

    def of_campaign(
        self, workspace: str, campaign_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List the messages of a campaign."""

    def recent(self, workspace: str, *, limit: int) -> tuple[Message, ...]:
        """Give some of the newest messages of a workspace, newest first."""


class PermissionStore(Protocol):
    """Consents by person, suppressions by address."""

    def look(self, workspace: str, profile_id: str, recipient: str) -> Permission:
        """Read a person's consents and an address's suppressions, consistently."""

    def record_consent(self, workspace: str, profile_id: str, consent: Consent) -> Consent:
        """Write a consent unless a newer one is there; give the one that is in force."""

    def suppress(self, workspace: str, suppression: Suppression) -> None:
        """Suppress an address; doing it twice keeps the first."""

    def release(self, workspace: str, handle: str, channel: str) -> bool:
        """Lift a suppression; False when there was none."""

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the suppressions of a workspace."""


class Catalog(Protocol):
    """What operators write, read-mostly."""

    def revision(self, workspace: str) -> int:
        """Give the number that grows with every change of the workspace's catalog."""

    def campaigns(self, workspace: str) -> tuple[Campaign, ...]:
        """List every campaign."""

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""

    def save_campaign(self, campaign: Campaign, *, expected_revision: int) -> None:
        """
        Write a campaign over the revision that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def templates(self, workspace: str) -> tuple[Template, ...]:
        """List every template."""

    def template(self, workspace: str, name: str) -> Template | None:
        """Read one template's head."""

    def save_template(self, template: Template, *, expected_revision: int) -> None:
        """Write a template's head over the revision that was read (0: it must not exist)."""

    def version(self, workspace: str, name: str, version: int) -> TemplateVersion | None:
        """Read one version."""

    def versions(self, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
        """List the versions of a template, oldest first."""

    def save_version(self, version: TemplateVersion, *, new: bool) -> None:
        """Write a version; a new one must not exist."""


class TemplateTexts(Protocol):
    """The immutable texts of template versions."""

    def write(self, workspace: str, name: str, draft: TemplateDraft) -> tuple[str, str]:
        """Keep a text under its own hash; give the content key and the SHA-256."""

    def read(self, content_key: str) -> TemplateDraft:
        """Read a text back."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail ready to hand over, to exactly one recipient."""

    workspace: str
    message_id: str
    epoch: int
    sender: str
    recipient: str
    raw: bytes


class Mailer(Protocol):
    """Hand mails to a provider; never retries by itself."""

    def send(self, outgoing: Outgoing) -> str:
        """
        Hand one mail over and give the provider's id.

        Raises:
            Transient: A definite refusal that may pass: nothing was taken.
            Permanent: A definite refusal for ever: nothing was taken.
            InDoubt: Whether it was taken is not known.
        """


@dataclass(frozen=True, slots=True)
class CounterChange:
    """An amount to add to one named counter of one scope of a workspace."""

    workspace: str
    scope: str
    name: str
    amount: int


class Counters(Protocol):
    """Sums of the ledger's transitions, exact under repeated batches."""

    def checkpoint(self, shard: str) -> str:
        """Give the last sequence number folded from a shard, or an empty string."""

    def fold(
        self, shard: str, *, before: str, after: str, changes: Sequence[CounterChange]
    ) -> None:
        """
        Add the changes and move the shard's checkpoint from `before` to `after`, all or nothing.

        Raises:
            Conflict: The checkpoint is not `before` any more.
        """

    def read(self, workspace: str, scopes: Sequence[str]) -> dict[str, dict[str, int]]:
        """Read every counter of the named scopes."""


class SourceRegistry(Protocol):
    """What ingest reads from the catalog."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one registered source."""

    def template_active(self, workspace: str, name: str) -> int | None:
        """Give the active version of a template, or None where there is none."""


class MessageBook(Protocol):
    """The two ledger operations that ingest needs."""

    def plan(self, message: Message) -> bool:
        """Write a planned message unless its row exists; False when it does."""

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read one message, consistently."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One queue body that could not be handled, and why; `position` is its place in the list."""

    position: str
    queue: str
    reason: str
    receives: int
    body: str
    buried_at: datetime


class DeadLetterRows(Protocol):
    """The dead letters as rows, to look at and to drive again."""

    def add(self, letter: DeadLetter) -> None:
        """Keep a dead letter; its position makes repeats harmless."""

    def page(self, *, queue: str | None, limit: int, position: str | None) -> Page:
        """List dead letters, oldest first."""

    def remove(self, position: str) -> bool:
        """Take a dead letter off the list; False when it was not there."""


class RecentRing(Protocol):
    """References to the newest rows, for people who watch."""

    def note(self, workspace: str, what: str, references: Sequence[str]) -> None:
        """Put references at the front of the ring `what` (events or messages)."""


class DueRows(Protocol):
    """Messages that wait for a moment."""

    def before(self, moment: datetime, *, limit: int) -> tuple[Message, ...]:
        """Give messages whose moment has come, oldest first."""
