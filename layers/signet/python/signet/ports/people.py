"""People: profiles, timelines, permissions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.cap import Cap, Use
from signet.domain.choices import Settings
from signet.domain.consent import Consent
from signet.domain.events import Event
from signet.domain.lineage import Lineage
from signet.domain.permission import Permission
from signet.domain.policy import Sunset
from signet.domain.profile import Profile
from signet.domain.receipt import Particulars, Receipt
from signet.domain.suppression import Strike, Suppression, Which


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `next_position` is None on the last one."""

    items: tuple[object, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on the roll: who a profile is after its last merge, and since when it is there."""

    profile_id: str
    since: datetime


class Roll(Protocol):
    """Everybody of a workspace, without anything that is known of them."""

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List everybody, each as Known; profiles that were merged away are listed, too."""


class ProfileStore(Protocol):
    """People, and the handles that resolve to them."""

    def resolve(self, workspace: str, handles: Iterable[str]) -> dict[str, str]:
        """Give the profile id of each handle that is known."""

    def link(self, workspace: str, handle: str, profile_id: str) -> str:
        """Let a handle resolve to a profile unless it does already; give the owner's id."""

    def link_many(self, workspace: str, handles: Mapping[str, str]) -> dict[str, str]:
        """Let handles resolve each to its profile unless they do already; give their owners."""

    def get_many(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """Read profiles, consistently; unknown ids are left out."""

    def save(self, profile: Profile, *, expected_version: int) -> None:
        """
        Write a profile over the version that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def save_many(self, profiles: Sequence[Profile]) -> None:
        """
        Write profiles, each over its version (0: it must not exist), in few calls.

        Raises:
            Conflict: Somebody else wrote one of them in between; the others may be written.
        """

    def lineages(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Lineage]:
        """Read where the traits of people come from; who has no lineage yet is left out."""

    def save_lineage(self, lineage: Lineage, *, expected_version: int) -> None:
        """
        Write a lineage over the version that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def save_lineages(self, lineages: Sequence[Lineage]) -> None:
        """
        Write lineages, each over its version (0: it must not exist), in few calls.

        Raises:
            Conflict: Somebody else wrote one of them in between; the others may be written.
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

    def origins(self, events: Sequence[Event]) -> dict[str, str]:
        """Give the keys of those events that have been closed, with the origin of each."""

    def add_many(self, entries: Sequence[TimelineEntry]) -> frozenset[str]:
        """
        Close events: write each one's row if it is not there, in few calls.

        Returns:
            The keys of those whose row was not there.
        """

    def get_many(self, workspace: str, event_keys: Sequence[str]) -> dict[str, TimelineEntry]:
        """Read events by their keys; those that are not closed are left out."""

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a profile's events with the messages they caused, newest first."""

    def recent(self, workspace: str, *, limit: int) -> tuple[TimelineEntry, ...]:
        """Give some of the newest events of a workspace, newest first."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """
    A message that wants a place under each cap that concerns it, from a moment on.

    With a `sunset` it also wants to be one of the few that may stay unanswered; `heard_at` is when
    the person last said that they want to hear.
    """

    message_id: str
    campaign_id: str
    caps: tuple[Cap, ...]
    at: datetime
    channel: str = "email"
    topic: str = ""
    sunset: Sunset | None = None
    heard_at: datetime | None = None

    @property
    def use(self) -> Use:
        """The message as caps count it."""
        return Use(self.campaign_id, self.channel, self.topic)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What a person got without a sign of life: how many messages, and since when."""

    messages: int
    since: datetime


class Caps(Protocol):
    """Who got how much of what: the places under frequency caps."""

    def reserve(
        self, workspace: str, everyone: Sequence[str], wanted: Reservation
    ) -> Cap | Unanswered | None:
        """
        Take a place under every cap, or give the cap that leaves none, or the silence.

        What any of the profiles that are one person now has got counts; the place is the first's.

        Idempotent: by the message's id; a repeat moves its place to the later moment.
        """


class Silences(Protocol):
    """Who has not engaged since how many messages."""

    def broken(self, workspace: str, profile_id: str, *, at: datetime) -> bool:
        """
        Forget a silence that began before this moment; False where there is none.

        Idempotent: by what it does.
        """


# A profile id, and the handles under which addresses of this person may be suppressed.
Whom = tuple[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tally:
    """
    A strike that is to be counted against an address, and what follows from it.

    Args:
        occasion: What the strike is; each is counted by itself.
        strike: The message that gave it; each counts once.
        most: How many of the newest are kept.
        then: Gives what the strikes, oldest first, make of the address.
    """

    occasion: str
    strike: Strike
    most: int
    then: Callable[[Sequence[Strike]], Sequence[Suppression]]


ANY = Which()


class SuppressionStore(Protocol):
    """Suppressions by address, whatever becomes of the person's profile."""

    def suppress(self, workspace: str, suppression: Suppression, *, renew: bool = False) -> None:
        """Suppress an address; the first of the same stays, or with `renew` the last moment."""

    def release(self, workspace: str, handle: str, which: Which = ANY) -> tuple[Suppression, ...]:
        """Lift those suppressions of an address that are meant, and give them."""

    def standing(self, workspace: str, *handles: str) -> tuple[Suppression, ...]:
        """Read the suppressions of addresses, consistently."""

    def count(self, workspace: str, handle: str, tally: Tally) -> None:
        """Count a strike against an address, and suppress it where that makes too many."""

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the suppressions of a workspace."""


class PermissionStore(SuppressionStore, Protocol):
    """Consents by person, suppressions by address."""

    def look(self, workspace: str, profile_id: str, *handles: str) -> Permission:
        """Read a person's consents and the suppressions of their addresses, consistently."""

    def look_many(self, workspace: str, whom: Sequence[Whom]) -> list[Permission]:
        """Read what is allowed to many, consistently."""

    def members_of(
        self, workspace: str, profile_ids: Collection[str]
    ) -> dict[str, tuple[str, ...]]:
        """Give who was merged into each of these people; those without anybody are left out."""

    def record_consent(
        self,
        workspace: str,
        profile_id: str,
        consent: Consent,
        *,
        particulars: Particulars = ...,
        guard: Callable[[Consent | None], None] | None = None,
    ) -> Consent:
        """
        Write a person's word over whatever stands, and its receipt, both or neither.

        Args:
            workspace: Whose row it is.
            profile_id: Whose word it is.
            consent: The word.
            particulars: What the receipt says beyond the word.
            guard: Called with the word that stands right before the new one is written over it;
                what it raises leaves everything as it is.

        Returns:
            The word as it is in force, with the id of its receipt.
        """

    def ask_consent(self, workspace: str, pending: Receipt) -> None:
        """Write the receipt of a pending consent, which changes no word; a repeat is harmless."""

    def receipts(self, workspace: str, profile_id: str) -> tuple[Receipt, ...]:
        """Give the receipts of everybody who is one person now, oldest first."""

    def words_at(self, workspace: str, profile_id: str, at: datetime) -> tuple[Consent, ...]:
        """Give the words that were in force for a profile at a moment, with the merges of then."""

    def choose(
        self, workspace: str, profile_id: str, settings: Settings, *, over: Settings | None = None
    ) -> bool:
        """
        Write a person's own settings over those that they chose earlier.

        Args:
            workspace: Whose row it is.
            profile_id: Whose settings they are.
            settings: The settings.
            over: Where given, only over exactly these, which is all that the row may have.

        Returns:
            False when others stand, and nothing was written.
        """
