"""Keep where the traits of people come from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from signet.domain.events import Event
from signet.domain.lineage import Lineage, traced
from signet.ports import ProfileStore


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
