"""The stored person: identifiers, typed traits, and how new knowledge joins the old."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.domain.address import is_mailbox, normal
from signet.domain.events import ORDINARY_TRUST, Event
from signet.domain.lineage import Rank

ALIAS_KINDS = ("external_id", "anonymous_id", "email", "phone")


class Trait(BaseModel):
    """One fact about a person, with what decides whether another may take its place."""

    model_config = ConfigDict(frozen=True)

    value: JsonValue
    at: datetime
    event_key: str = ""
    trust: int = ORDINARY_TRUST

    @property
    def rank(self) -> Rank:
        """What decides between two facts; the greater one wins."""
        return self.trust, self.at, self.event_key


class Profile(BaseModel):
    """
    A person as Signet knows them.

    `version` counts writes and guards them: whoever saves must name the version it read.
    A trait whose value is None was removed; the removal is kept so that a late event with an
    older value cannot bring it back. `created_at` is when the first of their events was
    received, `updated_at` when the last one was that said something about them, if any did.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    version: int = Field(default=0, ge=0)
    identifiers: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    traits: dict[str, Trait] = Field(default_factory=dict)
    created_at: datetime
    updated_at: datetime

    def values(self) -> dict[str, JsonValue]:
        """Give the traits as plain values, without the removed ones."""
        return {n: trait.value for n, trait in self.traits.items() if trait.value is not None}

    def address(self, channel: str) -> str | None:
        """
        Give the address to send to on a channel: the trait, else the only identifier there is.

        A trait that was removed, or is no address, means that there is none; of several
        identifiers without a trait nobody can tell which one is in use. Spellings of one address
        are one.
        """
        trait = self.traits.get(channel)
        known = self.identifiers.get(channel, ())
        only = known[0] if len({normal(one) for one in known}) == 1 else None
        found = only if trait is None else trait.value
        return found if isinstance(found, str) and is_mailbox(found) else None


def joined(profile: Profile, event: Event) -> Profile:
    """
    Join what an event says into a profile.

    Of two values the one of the more trusted source stands; between equals the one that was so
    later, whenever it was heard; the event key breaks ties. So the result is the same for every
    order of events. Returns the profile itself, unchanged, where the event tells nothing new.
    """
    created_at = min(profile.created_at, event.received_at)
    changes = {
        "traits": {**profile.traits, **_newer_traits(profile, event)},
        "identifiers": _with_identifiers(profile, event),
        "created_at": created_at,
        "updated_at": _updated_at(profile, event, created_at),
    }
    if all(getattr(profile, name) == value for name, value in changes.items()):
        return profile
    return profile.model_copy(update=changes)


def as_first_told(profile: Profile, event: Event) -> Event:
    """
    Give an event the time and the trust under which the profile has it already, if it has.

    An event whose client gave no time is dated by its receipt, so each try of a call tells
    another time. The first that came through counts: profile, lineage and timeline say the same.
    """
    known = (trait for trait in profile.traits.values() if trait.event_key == event.key)
    first = next(known, None)
    if first is None or (first.at, first.trust) == (event.occurred_at, event.trust):
        return event
    return event.model_copy(update={"occurred_at": first.at, "trust": first.trust})


def _updated_at(profile: Profile, event: Event, created_at: datetime) -> datetime:
    if not event.traits:
        return profile.updated_at if profile.traits else created_at
    return max(profile.updated_at, event.received_at) if profile.traits else event.received_at


def _newer_traits(profile: Profile, event: Event) -> dict[str, Trait]:
    newer: dict[str, Trait] = {}
    for name, value in event.traits.items():
        told = Trait(value=value, at=event.occurred_at, event_key=event.key, trust=event.trust)
        known = profile.traits.get(name)
        if known is None or told.rank > known.rank:
            newer[name] = told
    return newer


def _with_identifiers(profile: Profile, event: Event) -> dict[str, tuple[str, ...]]:
    identifiers = dict(profile.identifiers)
    for kind in ALIAS_KINDS:
        value = getattr(event.identifiers, kind)
        known = identifiers.get(kind, ())
        if value is not None and value not in known:
            identifiers[kind] = tuple(sorted((*known, value)))
    return identifiers
