"""Find a person, and change what is known about them by hand."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.cleaning.event import cleaned
from signet.domain.address import is_mailbox, mailbox
from signet.domain.events import IDENTIFIED, ORDINARY_TRUST, Event, Identifiers
from signet.domain.profile import ALIAS_KINDS, Profile, joined
from signet.errors import Missing, Rejected
from signet.ids import fresh
from signet.ports import Clock, EventStore, ProfileStore, Random, Sealer
from signet.usecases.identity import Directory
from signet.usecases.tracing import trace

SOURCE = "signet:admin"


class TraitsPatch(BaseModel):
    """Traits to set; null removes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    traits: dict[str, JsonValue] = Field(min_length=1, max_length=200)


@dataclass(frozen=True, slots=True)
class Registry:
    """The ports that knowing people needs."""

    profiles: ProfileStore
    events: EventStore
    sealer: Sealer
    clock: Clock
    random: Random


def find(workspace: str, profile_id: str, *, profiles: ProfileStore) -> Profile:
    """
    Read a profile.

    Raises:
        Missing: There is none of this id.
    """
    found = profiles.get_many(workspace, [profile_id]).get(profile_id)
    if found is None:
        raise Missing("there is no such profile")
    return found


def look_up(workspace: str, identifier: str, *, registry: Registry) -> Profile | None:
    """
    Find the profile that an identifier resolves to.

    Args:
        workspace: Where to look.
        identifier: A kind, a colon and a value, such as `email:ada@example.org`.
        registry: The ports.

    Raises:
        Rejected: The kind is not known, there is no value, or it is no address.
    """
    kind, _, value = identifier.partition(":")
    if kind not in ALIAS_KINDS or not value:
        raise Rejected.field("identifier", f"must be one of {', '.join(ALIAS_KINDS)}, then :value")
    if kind == "email":
        mailbox(value, field="identifier")
    directory = Directory(workspace, registry.profiles, registry.sealer)
    handle = directory.handle(kind, value)
    profile_id = registry.profiles.resolve(workspace, [handle]).get(handle)
    if profile_id is None:
        return None
    return registry.profiles.get_many(workspace, [profile_id]).get(profile_id)


def amend(profile: Profile, patch: TraitsPatch, *, registry: Registry) -> Profile:
    """
    Set and remove traits by hand; the timeline keeps it as an event.

    Effects: profiles, events.

    Raises:
        Rejected: The trait `email` is no address.
        Conflict: Somebody else changed the profile in between.
    """
    event = _event(profile, patch, registry)
    changed = joined(profile, event)
    if changed is profile:
        return profile
    version = profile.version
    changed = changed.model_copy(update={"version": version + 1})
    directory = Directory(profile.workspace, registry.profiles, registry.sealer)
    directory.load([event])
    directory.link(event, profile.id)
    directory.settle()
    registry.profiles.save(changed, expected_version=version)
    trace(profile.workspace, [(profile.id, event)], profiles=registry.profiles)
    registry.events.add(profile.id, event, messages=())
    return changed


def _event(profile: Profile, patch: TraitsPatch, registry: Registry) -> Event:
    email, phone = patch.traits.get("email"), patch.traits.get("phone")
    if email is not None and not is_mailbox(email):
        raise Rejected.field("traits.email", "must be exactly one e-mail address")
    now = registry.clock.now()
    ranks = [profile.traits[name].trust for name in patch.traits if name in profile.traits]
    written = Event(
        workspace=profile.workspace,
        id=fresh(registry.random.token(16), prefix="a"),
        source=SOURCE,
        type=IDENTIFIED,
        name="identify",
        occurred_at=now,
        received_at=now,
        claimed_at=now,
        # Who edits by hand has looked at what stands, and means to replace it.
        trust=max([ORDINARY_TRUST, *ranks]),
        identifiers=Identifiers(
            profile_id=profile.id,
            email=email if isinstance(email, str) else None,
            phone=phone if isinstance(phone, str) and phone else None,
        ),
        traits=patch.traits,
    )
    return cleaned(written)
