"""Two profiles that may be one person: what speaks for it, and what was decided."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from signet.ids import derived

Zone = Literal["merge", "review", "apart"]
PairStatus = Literal["open", "merged", "rejected"]


class Reason(BaseModel):
    """What one field says, in words and in bits; positive bits speak for one person."""

    model_config = ConfigDict(frozen=True)

    field: str
    level: str
    weight: float
    words: str


class DuplicatePair(BaseModel):
    """
    Two profiles that may be one person.

    `zone` says what the rule thinks, `against` what forbids a merge by rule, `status` what became
    of it: a pair that was rejected stays rejected, whatever the rule thinks later.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    profiles: tuple[str, str]
    status: PairStatus = "open"
    zone: Zone
    score: float
    probability: float
    reasons: tuple[Reason, ...] = ()
    against: tuple[str, ...] = ()
    found_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    version: int = Field(default=0, ge=0)


class MergeRule(BaseModel):
    """
    Whether pairs of the zone `merge` are merged by themselves, and who wanted that.

    Nothing merges by itself until a workspace wants it.
    """

    model_config = ConfigDict(frozen=True)

    merge: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""


def pair_id(workspace: str, one: str, other: str) -> str:
    """Derive the id of a pair, the same for both orders."""
    return "d" + derived(workspace, "duplicate", *sorted((one, other)), length=25)
