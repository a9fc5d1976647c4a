"""What operators see of pairs and merges, and what they say about them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from signet.domain.duplicate import DuplicatePair, PairStatus, Reason, Zone
from signet.domain.merge import Merge
from signet.ports import ProfileStore
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
