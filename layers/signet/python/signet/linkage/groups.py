"""Who is one person with whom, when pairs are taken together."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations, product

from signet.linkage.blocking import LARGEST_BLOCK, blocks
from signet.linkage.records import Record
from signet.linkage.verdict import Verdict, judge

Pair = tuple[str, str]


def pair(one: str, other: str) -> Pair:
    """Write two ids as a pair, the same for both orders."""
    return (one, other) if one < other else (other, one)


def candidates(records: Iterable[Record]) -> frozenset[Pair]:
    """Give the pairs of records that share a block which is not too large to mean anything."""
    members: dict[str, list[str]] = {}
    for record in records:
        for block in blocks(record):
            members.setdefault(block, []).append(record.id)
    kept = (ids for ids in members.values() if len(ids) <= LARGEST_BLOCK)
    return frozenset(pair(*two) for ids in kept for two in combinations(ids, 2))


def judged(records: Mapping[str, Record]) -> dict[Pair, Verdict]:
    """Judge every pair of records that is worth a comparison."""
    pairs = sorted(candidates(records.values()))
    return {(one, other): judge(records[one], records[other]) for one, other in pairs}


def grouped(
    verdicts: Mapping[Pair, Verdict], together: Callable[[str, str], bool]
) -> tuple[tuple[str, ...], ...]:
    """
    Join what the rule would merge into groups of one person each, strongest pairs first.

    A chain joins nobody whom a direct comparison keeps apart: two groups become one only where
    each member of the one may be together with each member of the other.

    Args:
        verdicts: Judged pairs, of which those in the zone of merges are joined.
        together: Tells whether two records may be in one group at all.
    """
    groups: dict[str, frozenset[str]] = {}
    merges = [two for two, verdict in verdicts.items() if verdict.zone == "merge"]
    for one, other in sorted(merges, key=lambda two: (-verdicts[two].score, two)):
        mine, theirs = (groups.get(ident, frozenset({ident})) for ident in (one, other))
        if mine is not theirs and all(together(a, b) for a, b in product(mine, theirs)):
            groups |= dict.fromkeys(mine | theirs, mine | theirs)
    return tuple(sorted(tuple(sorted(group)) for group in set(groups.values())))
