"""Whom an event is about: handles resolved to profiles, new people given derived ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from signet.cleaning import phone
from signet.cleaning.event import region_of
from signet.domain.address import names_nobody, normal
from signet.domain.events import Event, Identifiers
from signet.domain.profile import Profile
from signet.errors import Conflict
from signet.ids import derived
from signet.ports import ProfileStore, Sealer

_IDS = ("external_id", "anonymous_id")
_ADDRESSES = ("email", "phone")


@dataclass
class Directory:
    """
    What is known about the people of one pack, kept up to date while the pack is applied.

    `wanted` are the handles that are to resolve to somebody once they are linked.
    """

    workspace: str
    profiles: ProfileStore
    sealer: Sealer
    owners: dict[str, str] = field(default_factory=dict)
    people: dict[str, Profile] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)
    _named: dict[tuple[str, str], str] = field(default_factory=dict)
    _addressed: set[str] = field(default_factory=set)
    _called: dict[str, set[str]] = field(default_factory=dict)

    def load(self, events: Sequence[Event]) -> None:
        """Read every handle of the events, and the profiles they resolve to: two calls."""
        handles = {handle for event in events for _, handle in self.handles(event)}
        self.owners = self.profiles.resolve(self.workspace, handles)
        named = {event.identifiers.profile_id for event in events} - {None}
        wanted = {*self.owners.values(), *(pid for pid in named if pid)}
        found = self.profiles.get_many(self.workspace, wanted)
        # Who was merged into somebody else is that person, whatever name or handle leads there.
        self.heirs = {pid: person.id for pid, person in found.items()}
        self.people = {person.id: person for person in found.values()}

    def handles(self, event: Event) -> Iterator[tuple[str, str]]:
        """
        Give the kind and handle of each identifier of an event, strongest first.

        A phone that names nobody, such as `n/a`, is one only where there is nothing else.
        """
        found = list(self._said(event))
        named = [one for one in found if one[0] != "phone" or not names_nobody(one[1])]
        for kind, value in named or found:
            yield kind, self.handle(kind, value, region=region_of(event))

    @staticmethod
    def _said(event: Event) -> Iterator[tuple[str, str]]:
        for kind in (*_IDS, "previous_id", *_ADDRESSES):
            value = getattr(event.identifiers, kind)
            if value is None and kind in _ADDRESSES:
                trait = event.traits.get(kind)
                value = trait if isinstance(trait, str) and trait else None
            if value is not None:
                yield kind, value

    def handle(self, kind: str, value: str, *, region: str | None = None) -> str:
        """
        Give the handle of an identifier; a previous id may be of either kind of id.

        A phone number without a country's code is of the region.
        """
        shown = "external_id" if kind == "previous_id" else kind
        text = normal(value) if kind == "email" else value
        text = phone.matching(value, region=region) if kind == "phone" else text
        known = self._named.get((shown, text))
        if known is None:
            known = self.sealer.handle(self.workspace, shown, text)
            self._named[shown, text] = known
        return known

    def owner(self, event: Event) -> str:
        """Find the profile an event is about, or derive the id of a new one."""
        return self.heir(self.origin(event))

    def origin(self, event: Event) -> str:
        """
        Find the profile that an event names or that its handles lead to, or derive a new id.

        It may have been merged into another one since; what was derived from it stays the same.
        """
        if event.identifiers.profile_id is not None:
            return event.identifiers.profile_id
        known = dict(self.handles(event))
        for kind in self._deciding(known):
            owner = self.owners.get(known[kind])
            if owner is None or (kind == "phone" and self._shares(owner, known)):
                continue
            if self._fits(owner, event):
                return owner
        first = next(iter(known.values()))
        return "p" + derived(self.workspace, "profile", first, length=25)

    def heir(self, profile_id: str) -> str:
        """Give the profile that a profile has become, which is mostly itself."""
        return self.heirs.get(profile_id, profile_id)

    def link(self, event: Event, profile_id: str) -> None:
        """
        Let the event's identifiers resolve to its profile, once `settle` has been called.

        Somebody else's handle stays theirs: an address may be shared, and an id of another
        person is evidence against, not for.
        """
        for kind, handle in self.handles(event):
            if handle not in self.owners:
                self.owners[handle] = self.wanted[handle] = profile_id
            if kind == "email" and self.owners[handle] == profile_id:
                self._addressed.add(profile_id)
        if event.identifiers.external_id is not None:
            self._called.setdefault(profile_id, set()).add(event.identifiers.external_id)

    def settle(self) -> None:
        """
        Link what is wanted: one write for each new handle, in few calls.

        Raises:
            Conflict: A handle that was nobody's has been given to somebody in between, who may be
                the person whom an event is about.
        """
        if self.wanted and self.profiles.link_many(self.workspace, self.wanted) != self.wanted:
            raise Conflict("an identifier was linked by somebody else")

    def own(self, event: Event, profile_id: str) -> Event:
        """Give the event without the identifiers that resolve to somebody else."""
        theirs = {
            kind
            for kind, handle in self.handles(event)
            if self.heir(self.owners.get(handle, profile_id)) != profile_id
        }
        if not theirs:
            return event
        kept = event.identifiers.model_dump(exclude=theirs)
        return event.model_copy(update={"identifiers": Identifiers(**kept)})

    def _deciding(self, known: dict[str, str]) -> list[str]:
        """Ids decide before addresses; an address decides only where there is no id."""
        ids = [kind for kind in (*_IDS, "previous_id") if kind in known]
        return ids or [kind for kind in _ADDRESSES if kind in known]

    def _shares(self, owner: str, known: dict[str, str]) -> bool:
        """Tell whether a number is that of somebody with another address: families share one."""
        owner = self.heir(owner)
        person = self.people.get(owner)
        written = person is not None and person.identifiers.get("email")
        return "email" in known and (owner in self._addressed or bool(written))

    def _fits(self, owner: str, event: Event) -> bool:
        """Tell people apart: another external id is another person, whoever used the device."""
        external = event.identifiers.external_id
        person = self.people.get(self.heir(owner))
        if external is None or person is None or event.identifiers.previous_id is not None:
            return True
        # Within a pack somebody may be known by what was said a moment ago only.
        told = self._called.get(person.id, set())
        theirs = {*person.identifiers.get("external_id", ()), *told}
        return not theirs or external in theirs
