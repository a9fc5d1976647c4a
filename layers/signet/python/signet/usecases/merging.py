"""Let two profiles be one."""

from dataclasses import dataclass
from itertools import product

from signet.domain.duplicate import DuplicatePair, pair_id
from signet.domain.events import MERGED
from signet.domain.merge import Merge, Standing, united
from signet.domain.profile import Profile
from signet.errors import Conflict, Rejected, Transient
from signet.usecases.kinship import ATTEMPTS, Office, alone, end, standing
from signet.usecases.verdicts import decide, told


@dataclass(frozen=True)
class Wish:
    """Who wants which profiles merged, and the pair that it rests on, if one was found."""

    workspace: str
    into: str
    away: str
    by: str
    pair: DuplicatePair | None = None


def merge(wish: Wish, office: Office) -> Merge:
    """
    Let one profile be the other from now on.

    Traits and identifiers are joined by what counts most; the words of both count for both, the
    strictest first. Handles, messages, events and links of the one that goes lead to the other.

    Effects: merges, duplicates, preprocess queue (the entry in the timeline).
    Idempotent: merging what is merged already changes nothing.

    Raises:
        Rejected: One of them does not exist, or they are one already the other way round.
        Conflict: It was merged into somebody else, or somebody rejected that two of those who
            would become one are one person.
        Transient: The two were written again and again meanwhile.
    """
    for _ in range(ATTEMPTS):
        survivor, away = _both(wish, office)
        if away.merged_into:
            return _finished(_standing_merge(wish, survivor, office), wish, office)
        _demand_nobody_rejected(wish, survivor, office)
        made = _made(wish, survivor.profile, away.profile, office=office)
        try:
            office.merges.merge(made, united(survivor.profile, away.profile), away.profile)
        except Conflict:
            continue
        return _finished(made, wish, office)
    raise Transient(f"the two profiles were written {ATTEMPTS} times meanwhile")


def _both(wish: Wish, office: Office) -> tuple[Standing, Standing]:
    known = standing(wish.workspace, [wish.into, wish.away], office)
    for field, ident in (("into", wish.into), ("from", wish.away)):
        if ident not in known:
            raise Rejected.field(field, "there is no such profile")
    survivor = end(wish.into, known)
    if survivor == wish.away:
        raise Rejected.field("from", "must be another profile than the one it is merged into")
    return known[survivor], known[wish.away]


def _standing_merge(wish: Wish, survivor: Standing, office: Office) -> Merge:
    """Give the merge that made one of them long ago."""
    heir = end(wish.away, standing(wish.workspace, [wish.away], office))
    if heir != survivor.profile.id:
        raise Conflict(f"it was merged into {heir} already; undo that first")
    return office.merges.get_many(wish.workspace, [wish.away])[wish.away]


def _demand_nobody_rejected(wish: Wish, survivor: Standing, office: Office) -> None:
    """Refuse to make one of two whom somebody has told apart, through whatever chain."""
    ids = [survivor.profile.id, wish.away]
    groups = [(ident, *office.merges.members(wish.workspace, ident)) for ident in ids]
    asked = pair_id(wish.workspace, wish.into, wish.away)
    pairs = {pair_id(wish.workspace, one, other) for one, other in product(*groups)} - {asked}
    for pair in office.duplicates.get_many(wish.workspace, sorted(pairs)).values():
        if pair.status == "rejected":
            one, other = pair.profiles
            raise Conflict(f"{one} and {other} would become one, and that was rejected")


def _made(wish: Wish, survivor: Profile, away: Profile, *, office: Office) -> Merge:
    whom = [(survivor.id, ()), (away.id, ())]
    looked = office.permissions.look_many(wish.workspace, whom)
    words = tuple(word for one in looked for word in one.consents)
    before = office.merges.get_many(wish.workspace, [away.id]).get(away.id)
    pair = wish.pair
    return Merge(
        workspace=wish.workspace,
        into=survivor.id,
        away=away.id,
        # What was said before the merge must not seem to have been said after it.
        at=max([office.clock.now(), *(word.at for word in words)]),
        by=wish.by,
        pair=pair.id if pair else "",
        score=pair.score if pair else None,
        probability=pair.probability if pair else None,
        reasons=pair.reasons if pair else (),
        before=alone(survivor, office),
        words=words,
        version=before.version if before else 0,
    )


def _finished(made: Merge, wish: Wish, office: Office) -> Merge:
    """Keep the decision and tell the timeline, which a call before may have left undone."""
    pair = wish.pair.id if wish.pair else ""
    decide(made, "merged", by=wish.by, office=office, pair=pair)
    office.tell(told(made, MERGED, made.into))
    return made
