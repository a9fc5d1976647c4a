"""Messages: the ledger and the provider."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from signet.domain.gate import Gate
from signet.domain.message import Engagement, Message, Rule, Status, Transition
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
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One conditional move of a message.

    The move happens only from one of `from_statuses` and, where given, under the same epoch and
    token. The other fields are written along with it; `log` replaces the log of transitions, and
    a step whose only `from_statuses` is where it leads adds nothing to the log.
    Without `due_at` the moment of the next look stays as it is.
    """

    to: Status
    at: datetime
    from_statuses: tuple[Status, ...]
    epoch: int | None = None
    token: str | None = None
    next_epoch: int | None = None
    reason: str = ""
    provider_id: str = ""
    decisions: tuple[Rule, ...] = ()
    due_at: datetime | None = None
    profile_id: str = ""
    recipient: str = ""
    mailbox: str = ""
    log: tuple[Transition, ...] | None = None


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
        Take the right to hand a message over; a held one only when its moment has come.

        Returns:
            False when another holds it or the message has moved on: lost is done.
        """

    def move(self, workspace: str, message_id: str, step: Step) -> bool:
        """Move a message; False when the conditions do not hold."""

    def postpone(self, message: Message, due_at: datetime) -> bool:
        """Look at a message later; False when it has moved on meanwhile."""

    def witness(self, message: Message) -> bool:
        """Let a row become what is known of it from elsewhere; False when it is as far already."""

    def engage(self, workspace: str, message_id: str, what: Engagement, *, at: datetime) -> bool:
        """Note the first opening or click; False when it was noted before."""

    def forget(self, message: Message) -> bool:
        """Take a message's decision record away; False when it has none or has moved since."""

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


class Progress(Protocol):
    """How far the lake was gone through for a workspace."""

    def reached(self, workspace: str) -> str:
        """Give the last file's name; empty before the first."""

    def reach(self, workspace: str, name: str, *, before: str) -> bool:
        """Note that a file was gone through; False when another has gone on from `before`."""


class DueRows(Protocol):
    """Messages that wait for a moment."""

    def due(self, moment: datetime) -> Iterator[Sequence[Message]]:
        """Give every message whose moment has come, in portions."""


class Gates(Protocol):
    """The gates of all workspaces, and the beat that tells a restored ledger from the living."""

    def look(self, workspace: str, campaign_ids: Collection[str]) -> Gate:
        """Read a workspace's gate and its campaigns, consistently."""

    def beat(self) -> int:
        """Give the beat as the ledger's own table has it; 0 before the first."""

    def raise_beat(self, before: int, after: int) -> bool:
        """Write the next beat over the one that was read; False when it is another."""


class Switch(Protocol):
    """Shut and open the gate of a workspace."""

    def stop(self, workspace: str, reason: str, *, at: datetime) -> None:
        """Shut the gate; doing it twice keeps the first reason."""

    def resume(self, workspace: str, *, seen: Mapping[str, int]) -> None:
        """Open the gate again; `seen` are the counters that are forgiven."""

    def forgiven(self, workspace: str) -> Mapping[str, int]:
        """Give the counters that were forgiven when the gate was opened last."""


@dataclass(frozen=True, slots=True)
class Grant:
    """How many mails may leave now, and how long the others had better wait."""

    count: int
    wait: timedelta


class Pacer(Protocol):
    """Keep within the provider's rate, together with everybody else who sends."""

    def take(self, wanted: int) -> Grant:
        """Take the right to send up to `wanted` mails."""

    def slow(self) -> None:
        """Tell everybody that the provider refused for sending too fast."""


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
            Throttled: A definite refusal of this pace: nothing was taken.
            Transient: A definite refusal that may pass: nothing was taken.
            Permanent: A definite refusal for ever: nothing was taken.
            InDoubt: Whether it was taken is not known.
        """

    def quota(self) -> float:
        """
        Ask how many mails a second the provider takes.

        Raises:
            Transient: It does not say.
        """


class AccountList(Protocol):
    """The provider's own list of addresses to which it sends nothing, for the whole account."""

    def add(self, address: str, *, complained: bool) -> None:
        """
        Put an address on the list.

        Raises:
            Transient: The provider does not take it.
        """

    def remove(self, address: str) -> None:
        """
        Take an address off the list, if it is there.

        Raises:
            Transient: The provider does not take it.
        """
