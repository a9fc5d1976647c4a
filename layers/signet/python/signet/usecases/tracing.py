"""Keep where the traits of people come from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from signet.domain.events import Event
from signet.domain.lineage import Lineage, traced
from signet.domain.profile import as_first_told
from signet.ports import ProfileStore, Sealer
from signet.usecases.identity import Directory


def trace(workspace: str, told: Iterable[tuple[str, Event]], *, profiles: ProfileStore) -> None:
    """
    Join events into the lineages of their profiles, each a profile id and an event.

    Costs nothing where no event says anything about a person.

    Effects: profiles.
    Idempotent: by each event's key.

    Raises:
        Conflict: Somebody else wrote a lineage in between.
    """
    by_profile: dict[str, list[Event]] = defaultdict(list)
    for profile_id, event in told:
        if event.traits:
            by_profile[profile_id].append(event)
    if by_profile:
        _trace(workspace, by_profile, profiles)


def _trace(
    workspace: str, by_profile: Mapping[str, Sequence[Event]], profiles: ProfileStore
) -> None:
    known = profiles.lineages(workspace, by_profile)
    changed: list[Lineage] = []
    for profile_id, events in by_profile.items():
        before = known.get(profile_id) or Lineage(workspace=workspace, profile_id=profile_id)
        after = before
        for event in events:
            after = traced(after, event)
        if after is not before:
            changed.append(after)
    if changed:
        profiles.save_lineages(changed)


def retrace(repeats: Iterable[Event], profiles: ProfileStore, sealer: Sealer) -> None:
    """
    Let lineage say what profiles say of events that were closed already.

    Tries of one call may tell different times where its client told none. One that was cut off
    after it wrote the profile comes again, and finds the event closed by another that ranked
    lower. Costs nothing where the client told the time.

    Effects: profiles.
    Idempotent: by each event's key.

    Raises:
        Conflict: Somebody else wrote a lineage in between.
    """
    by_workspace: dict[str, list[Event]] = defaultdict(list)
    for event in repeats:
        if event.traits and event.occurred_at != event.claimed_at:
            by_workspace[event.workspace].append(event)
    for workspace, events in by_workspace.items():
        directory = Directory(workspace, profiles, sealer)
        directory.load(events)
        trace(workspace, _standing(events, directory), profiles=profiles)


def _standing(events: Iterable[Event], directory: Directory) -> Iterator[tuple[str, Event]]:
    """Give the events that still decide a trait, as the profile has them."""
    for event in events:
        profile_id = directory.owner(event)
        person = directory.people.get(profile_id)
        if person and any(trait.event_key == event.key for trait in person.traits.values()):
            yield profile_id, as_first_told(person, event)
