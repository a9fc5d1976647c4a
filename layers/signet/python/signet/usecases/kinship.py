"""Who was merged into whom: what merging and undoing it both need to know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from signet.domain.duplicate import DuplicatePair, PairStatus, pair_id
from signet.domain.events import MERGED, Event, Identifiers, Properties
from signet.domain.merge import Merge, Standing, own
from signet.domain.profile import Profile
from signet.domain.work import ApplyEvents, Work
from signet.errors import Conflict, Transient
from signet.ids import derived
from signet.ports import Clock, DuplicateStore, MergeStore, PermissionStore

SOURCE = "signet:merges"
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


def decide(made: Merge, status: PairStatus, *, by: str, office: Office, pair: str = "") -> None:
    """
    Keep with the pair what became of it; an undone merge is a rejection for good.

    Raises:
        Transient: Somebody else wrote the pair again and again meanwhile.
    """
    for _ in range(ATTEMPTS):
        try:
            return _decide(made, status, by=by, office=office, pair=pair)
        except Conflict:
            continue
    raise Transient(f"the pair was written {ATTEMPTS} times meanwhile")


def _decide(made: Merge, status: PairStatus, *, by: str, office: Office, pair: str) -> None:
    mine = pair_id(made.workspace, made.into, made.away)
    ids = {mine, made.pair, pair} - {""}
    known = office.duplicates.get_many(made.workspace, sorted(ids))
    if status == "rejected" and not known:
        known = {mine: _unfound(made, mine)}
    for one in known.values():
        if one.status == status:
            continue
        told = {"status": status, "decided_at": office.clock.now(), "decided_by": by}
        decided = one.model_copy(update=told)
        office.duplicates.save(decided, expected_version=one.version)


def _unfound(made: Merge, ident: str) -> DuplicatePair:
    """Write a pair that was merged by hand, without having been found."""
    return DuplicatePair(
        workspace=made.workspace,
        id=ident,
        profiles=(min(made.into, made.away), max(made.into, made.away)),
        zone="apart",
        score=0.0,
        probability=0.0,
        found_at=made.at,
    )


def told(made: Merge, kind: str, profile_id: str) -> ApplyEvents:
    """Write a merge, or its undoing, as an event of a profile's timeline."""
    at = made.at if kind == MERGED else made.undone_at or made.at
    event = Event(
        workspace=made.workspace,
        id=derived(made.workspace, kind, made.away, profile_id, at.isoformat()),
        source=SOURCE,
        type=kind,
        name="profile merged" if kind == MERGED else "profile unmerged",
        occurred_at=at,
        received_at=at,
        identifiers=Identifiers(profile_id=profile_id),
        properties=_properties(made, made.by if kind == MERGED else made.undone_by),
    )
    return ApplyEvents(events=(event,))


def _properties(made: Merge, by: str) -> Properties:
    return {
        "into": made.into,
        "from": made.away,
        "by": by,
        "duplicate": made.pair or None,
        "score": made.score,
        "probability": made.probability,
        "reasons": [reason.words for reason in made.reasons],
    }
