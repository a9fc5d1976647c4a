"""Find people who may be one person, and keep the pairs for whoever decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signet.domain.duplicate import DuplicatePair, pair_id
from signet.domain.work import FindDuplicates
from signet.errors import Conflict, Transient
from signet.linkage.blocking import blocks
from signet.linkage.records import Record
from signet.linkage.verdict import judge
from signet.ports import Clock, DuplicateStore, ProfileStore, Sealer
from signet.usecases.suspects import comparable

ATTEMPTS = 5


@dataclass(frozen=True)
class Finder:
    """The ports that finding duplicates needs."""

    profiles: ProfileStore
    duplicates: DuplicateStore
    sealer: Sealer
    clock: Clock


def find(work: FindDuplicates, finder: Finder) -> tuple[DuplicatePair, ...]:
    """
    Compare people with everybody they share a block with, and keep the pairs worth a look.

    Effects: duplicates.
    Idempotent: a pair has one row; what was decided about it stays.

    Returns:
        The pairs that wait for a decision.

    Raises:
        Transient: The same pairs were written again and again meanwhile.
    """
    for _ in range(ATTEMPTS):
        try:
            return _found(work, finder)
        except Conflict:
            continue
    raise Transient(f"the same pairs were written {ATTEMPTS} times meanwhile")


def _found(work: FindDuplicates, finder: Finder) -> tuple[DuplicatePair, ...]:
    read = finder.profiles.get_many(work.workspace, work.profile_ids)
    people = {person.id: person for person in read.values()}
    met = _met(work.workspace, [comparable(person) for person in people.values()], finder)
    others = {ident for two in met for ident in two} - set(people)
    heirs = finder.profiles.get_many(work.workspace, others)
    everybody = {**people, **{person.id: person for person in heirs.values()}}
    pairs = {
        tuple(sorted(heirs[ident].id if ident in heirs else ident for ident in two)) for two in met
    }
    records = {ident: comparable(person) for ident, person in everybody.items()}
    judged = [
        _pair(work.workspace, records[one], records[other], finder=finder)
        for one, other in sorted(pairs)
        if one != other and one in records and other in records
    ]
    return _keep(work.workspace, judged, finder)


def _met(workspace: str, records: Iterable[Record], finder: Finder) -> set[tuple[str, str]]:
    """Give who shares a block with whom."""
    wanted: dict[str, set[str]] = {}
    for one in records:
        for block in blocks(one):
            wanted.setdefault(finder.sealer.handle(workspace, "block", block), set()).add(one.id)
    seen = finder.duplicates.enrol(workspace, wanted) if wanted else {}
    return {
        (ident, other)
        for handle, idents in wanted.items()
        for ident in idents
        for other in seen[handle]
        if other != ident
    }


def _pair(workspace: str, one: Record, other: Record, *, finder: Finder) -> DuplicatePair:
    verdict = judge(one, other)
    return DuplicatePair(
        workspace=workspace,
        id=pair_id(workspace, one.id, other.id),
        profiles=(min(one.id, other.id), max(one.id, other.id)),
        zone=verdict.zone,
        score=verdict.score,
        probability=verdict.probability,
        reasons=verdict.reasons,
        against=verdict.against,
        found_at=finder.clock.now(),
    )


def _keep(
    workspace: str, pairs: Sequence[DuplicatePair], finder: Finder
) -> tuple[DuplicatePair, ...]:
    known = finder.duplicates.get_many(workspace, [pair.id for pair in pairs]) if pairs else {}
    kept = dict(known)
    for pair in pairs:
        newer = _newer(pair, known)
        if newer is not None:
            finder.duplicates.save(newer, expected_version=newer.version)
            kept[pair.id] = newer.model_copy(update={"version": newer.version + 1})
    return tuple(one for one in kept.values() if one.status == "open" and one.zone != "apart")


def _newer(pair: DuplicatePair, known: Mapping[str, DuplicatePair]) -> DuplicatePair | None:
    """Give what is to be written about a pair, if anything is."""
    before = known.get(pair.id)
    if before is None:
        return pair if pair.zone != "apart" else None
    told = {"zone": pair.zone, "score": pair.score, "probability": pair.probability,
            "reasons": pair.reasons, "against": pair.against}  # fmt: skip
    after = before.model_copy(update=told)
    return after if before.status == "open" and after != before else None
