"""What became of a pair: kept with it, and told to the timelines."""

from signet.domain.duplicate import DuplicatePair, PairStatus, pair_id
from signet.domain.events import MERGED, Event, Identifiers, Properties
from signet.domain.merge import Merge
from signet.domain.work import ApplyEvents
from signet.errors import Conflict, Transient
from signet.ids import derived
from signet.usecases.kinship import ATTEMPTS, Office

SOURCE = "signet:merges"


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
