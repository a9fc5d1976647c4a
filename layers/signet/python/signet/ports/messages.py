"""Messages: the ledger and the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.message import Engagement, Message, Rule, Status
from signet.ports.people import Page


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim writes: the fence and what was about to be handed over."""

    token: str
    claimed_at: datetime
    lease_until: datetime
    recipient: str
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


class MessageBook(Protocol):
    """The two ledger operations that ingest needs."""

    def plan(self, message: Message) -> bool:
        """Write a planned message unless its row exists; False when it does."""

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read one message, consistently."""


class DueRows(Protocol):
    """Messages that wait for a moment."""

    def before(self, moment: datetime, *, limit: int) -> tuple[Message, ...]:
        """Give messages whose moment has come, oldest first."""


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
