"""What people decide about pairs that may be one person."""

from collections.abc import Mapping

from signet.domain.duplicate import DuplicatePair
from signet.domain.merge import Merge, Standing
from signet.errors import Conflict, Missing, Rejected
from signet.ports import DuplicateStore
from signet.usecases.kinship import Office, end, standing
from signet.usecases.merging import Wish, merge
from signet.usecases.pair_views import AcceptRequest


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
