"""What people decide about pairs that may be one person."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from signet.domain.duplicate import DuplicatePair, PairStatus, Reason, Zone
from signet.domain.merge import Merge, Standing
from signet.errors import Conflict, Missing, Rejected
from signet.ports import DuplicateStore, ProfileStore
from signet.usecases.kinship import Office, end, standing
from signet.usecases.merging import Wish, merge
from signet.usecases.views import ProfileBrief, View, profile_brief


class MergeRequest(BaseModel):
    """Two profiles that are one person: which stays, and which becomes a part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    into: str = Field(min_length=1, max_length=128)
    away: str = Field(min_length=1, max_length=128, alias="from")


class AcceptRequest(BaseModel):
    """Which of the two stays; the one that was known first, where it is not said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    into: str | None = Field(default=None, min_length=1, max_length=128)


class RuleRequest(BaseModel):
    """Whether pairs beyond doubt are merged by themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    merge: StrictBool


class DuplicateView(View):
    """
    Two profiles that may be one person, as they are now, with what speaks for it.

    A profile that was merged away since is shown as what it became.
    """

    id: str
    status: PairStatus
    zone: Zone
    score: float
    probability: float
    reasons: tuple[Reason, ...]
    against: tuple[str, ...]
    profiles: tuple[ProfileBrief, ...]
    found_at: datetime
    decided_at: datetime | None
    decided_by: str


class MergeView(View):
    """Which profile became a part of which, by whom; and the undoing, if it was undone."""

    into: str
    away: str = Field(alias="from")
    at: datetime
    by: str
    duplicate: str
    score: float | None
    probability: float | None
    reasons: tuple[Reason, ...]
    undone_at: datetime | None
    undone_by: str


def accept(wanted: AcceptRequest, pair: DuplicatePair, *, by: str, office: Office) -> Merge:
    """
    Merge the two profiles of a pair.

    Effects: those of a merge.
    Idempotent: accepting what is accepted changes nothing.

    Raises:
        Rejected: `into` is neither of the two.
        Conflict: The pair was rejected, or one of the two is not there any more.
    """
    if pair.status == "rejected":
        raise Conflict("this pair was rejected; POST /v1/profiles/merge merges the two anyway")
    if wanted.into is not None and wanted.into not in pair.profiles:
        raise Rejected.field("into", "must be one of the two profiles of this pair")
    known = standing(pair.workspace, pair.profiles, office)
    if not set(pair.profiles) <= set(known):
        raise Conflict("one of the two profiles is not there any more")
    into, away = _chosen(wanted, pair, known)
    return merge(Wish(pair.workspace, into, away, by=by, pair=pair), office)


def _chosen(
    wanted: AcceptRequest, pair: DuplicatePair, known: Mapping[str, Standing]
) -> tuple[str, str]:
    """Give who stays and who goes, by what the two have become since the pair was found."""
    first = min(pair.profiles, key=lambda one: (known[one].profile.created_at, one))
    stays = wanted.into or first
    goes = next(one for one in pair.profiles if one != stays)
    into, away = end(stays, known), end(goes, known)
    if into != away:
        return into, away
    return into, goes if goes != into else stays


def reject(pair: DuplicatePair, *, by: str, office: Office) -> DuplicatePair:
    """
    Keep two profiles apart for good.

    Effects: duplicates.
    Idempotent: rejecting what is rejected changes nothing.

    Raises:
        Conflict: The two were merged, or somebody else decided in between.
    """
    if pair.status == "merged":
        raise Conflict("the two were merged; POST /v1/profiles/{id}/unmerge undoes that")
    if pair.status == "rejected":
        return pair
    told = {"status": "rejected", "decided_at": office.clock.now(), "decided_by": by}
    rejected = pair.model_copy(update=told)
    office.duplicates.save(rejected, expected_version=pair.version)
    return rejected


def find(workspace: str, pair_id: str, *, duplicates: DuplicateStore) -> DuplicatePair:
    """
    Read a pair.

    Raises:
        Missing: There is none of this id.
    """
    pair = duplicates.get_many(workspace, [pair_id]).get(pair_id)
    if pair is None:
        raise Missing("there is no such pair")
    return pair


def shown(
    workspace: str, pairs: tuple[DuplicatePair, ...], *, profiles: ProfileStore
) -> tuple[DuplicateView, ...]:
    """Show pairs with their profiles as they are now."""
    people = profiles.get_many(workspace, {one for pair in pairs for one in pair.profiles})
    return tuple(
        DuplicateView(
            **pair.model_dump(exclude={"workspace", "profiles", "version"}),
            profiles=tuple(profile_brief(people[one]) for one in pair.profiles if one in people),
        )
        for pair in pairs
    )


def merge_view(made: Merge) -> MergeView:
    """Show a merge."""
    shown = made.model_dump(exclude={"workspace", "before", "words", "version", "pair"})
    return MergeView(**shown, duplicate=made.pair)
