"""Two profiles become one, and one becomes two again as if nothing had been."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.consent import Consent
from signet.domain.duplicate import Reason
from signet.domain.profile import Profile, Trait


class Merge(BaseModel):
    """
    One profile that was merged into another, with all that it takes to undo it.

    `before` is the survivor as it was, without what other merges brought; `words` are the
    consents of both at that moment. `undone_at` is None while the merge is in force.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    into: str
    away: str
    at: datetime
    by: str
    pair: str = ""
    score: float | None = None
    probability: float | None = None
    reasons: tuple[Reason, ...] = ()
    before: Profile
    words: tuple[Consent, ...] = ()
    undone_at: datetime | None = None
    undone_by: str = ""
    version: int = Field(default=0, ge=0)


class Standing(BaseModel):
    """A profile's own row; `merged_into` names the survivor where it was merged away."""

    model_config = ConfigDict(frozen=True)

    profile: Profile
    merged_into: str = ""


def united(survivor: Profile, *others: Profile) -> Profile:
    """
    Join what is known about several profiles into one, the survivor.

    Each trait is the one that counts most among all, whoever had it; the result does not depend
    on the order.
    """
    traits: dict[str, Trait] = dict(survivor.traits)
    for other in others:
        for name, trait in other.traits.items():
            if name not in traits or trait.rank > traits[name].rank:
                traits[name] = trait
    return survivor.model_copy(
        update={
            "traits": traits,
            "identifiers": _identifiers([survivor, *others]),
            "created_at": min(one.created_at for one in (survivor, *others)),
            "updated_at": max(one.updated_at for one in (survivor, *others)),
        }
    )


def own(current: Profile, before: Profile, others: Sequence[Profile]) -> Profile:
    """
    Give what a survivor knows without what others brought.

    Args:
        current: The survivor as it is.
        before: The survivor as it was before the last of the others came.
        others: The profiles that were merged into it.

    Returns:
        What it was, and what was learned since: that stays with the survivor, because nobody can
        tell whose it would have been. Where nothing was learned it is what it was, to the byte.
    """
    sources = [before, *others]
    learned = {
        name: trait
        for name, trait in current.traits.items()
        if all(source.traits.get(name) != trait for source in sources)
    }
    known = _identifiers(sources)
    new = {
        kind: tuple(value for value in values if value not in known.get(kind, ()))
        for kind, values in current.identifiers.items()
    }
    new = {kind: values for kind, values in new.items() if values}
    if not learned and not new:
        return before.model_copy(update={"version": current.version})
    return united(
        before.model_copy(update={"version": current.version, "updated_at": current.updated_at}),
        before.model_copy(update={"traits": learned, "identifiers": new}),
    )


def _identifiers(people: Iterable[Profile]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for person in people:
        for kind, values in person.identifiers.items():
            known = found.get(kind, ())
            found[kind] = known if set(values) <= set(known) else tuple(sorted({*known, *values}))
    return found
