"""Merge by rule what is beyond doubt, where a workspace wants that."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from signet.domain.duplicate import DuplicatePair
from signet.domain.work import FindDuplicates
from signet.errors import Conflict
from signet.linkage.verdict import judge
from signet.usecases.deciding import accept
from signet.usecases.duplicates import Finder, find
from signet.usecases.kinship import Office, end, standing
from signet.usecases.pair_views import AcceptRequest
from signet.usecases.suspects import comparable

BY = "rule"


@dataclass(frozen=True)
class Clerk:
    """The ports that finding duplicates and merging them by rule needs."""

    finder: Finder
    office: Office


def look(work: FindDuplicates, clerk: Clerk) -> int:
    """
    Compare people with others, keep the pairs, and merge those that the rule may merge.

    Effects: duplicates; merges and the preprocess queue, where the workspace wants it.
    Idempotent: what was decided stays.

    Returns:
        How many pairs were merged.
    """
    open_pairs = find(work, clerk.finder)
    sure = sorted((pair for pair in open_pairs if pair.zone == "merge"), key=_strongest_first)
    if not sure or not clerk.finder.duplicates.rule(work.workspace).merge:
        return 0
    return sum(_merged(pair, clerk.office) for pair in sure)


def _strongest_first(pair: DuplicatePair) -> tuple[float, str]:
    return -pair.score, pair.id


def _merged(pair: DuplicatePair, office: Office) -> bool:
    """Merge a pair, unless somebody stands against it; then it waits for a person."""
    if not _nobody_apart(pair, office):
        return False
    try:
        accept(AcceptRequest(), pair, by=BY, office=office)
    except Conflict:
        return False
    return True


def _nobody_apart(pair: DuplicatePair, office: Office) -> bool:
    """
    Tell whether everybody who would become one may be together.

    Each profile is taken as it was told, without what merges brought: a chain joins nobody whom
    a direct comparison keeps apart.
    """
    known = standing(pair.workspace, pair.profiles, office)
    if not set(pair.profiles) <= set(known):
        return False
    groups = [_group(pair.workspace, end(ident, known), office) for ident in pair.profiles]
    rows = office.merges.standing(pair.workspace, {ident for group in groups for ident in group})
    records = {ident: comparable(row.profile) for ident, row in rows.items()}
    verdicts = (
        judge(records[one], records[other]) for one, other in product(*groups) if one != other
    )
    return all(verdict.zone == "merge" for verdict in verdicts)


def _group(workspace: str, survivor: str, office: Office) -> Iterable[str]:
    return (survivor, *office.merges.members(workspace, survivor))
