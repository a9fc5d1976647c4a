"""Who was merged into whom: what merging and undoing it both need to know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from signet.domain.merge import Merge, Standing, own
from signet.domain.profile import Profile
from signet.domain.work import Work
from signet.ports import Clock, DuplicateStore, MergeStore, PermissionStore

ATTEMPTS = 5


@dataclass(frozen=True)
class Office:
    """The ports that merging needs; `tell` sends work to preprocess."""

    merges: MergeStore
    duplicates: DuplicateStore
    permissions: PermissionStore
    clock: Clock
    tell: Callable[[Work], None]


def standing(workspace: str, profile_ids: Iterable[str], office: Office) -> dict[str, Standing]:
    """Read profiles' own rows, and those of everybody they lead to."""
    found: dict[str, Standing] = {}
    wanted = set(profile_ids)
    while wanted:
        found |= office.merges.standing(workspace, wanted)
        wanted = {one.merged_into for one in found.values() if one.merged_into} - set(found)
    return found


def end(profile_id: str, known: Mapping[str, Standing]) -> str:
    """Give the profile that a profile has become."""
    while known[profile_id].merged_into:
        profile_id = known[profile_id].merged_into
    return profile_id


def direct(workspace: str, profile_id: str, office: Office) -> list[Merge]:
    """Give the merges into a profile itself that are in force, first things first."""
    members = office.merges.members(workspace, profile_id)
    merges = office.merges.get_many(workspace, members).values() if members else ()
    mine = [made for made in merges if made.into == profile_id and made.undone_at is None]
    return sorted(mine, key=lambda made: (made.at, made.away))


def alone(survivor: Profile, office: Office) -> Profile:
    """Give what a survivor knows by itself, without what merges brought."""
    merges = direct(survivor.workspace, survivor.id, office)
    if not merges:
        return survivor
    brought = office.merges.standing(survivor.workspace, [made.away for made in merges])
    return own(survivor, merges[-1].before, [one.profile for one in brought.values()])
