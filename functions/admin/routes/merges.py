"""Merges of profiles, and their undoing."""

from functions.admin.door import Asked, Reply, Route
from signet.usecases import pair_views
from signet.usecases.kinship import Office
from signet.usecases.merging import Wish, merge
from signet.usecases.pair_views import MergeRequest, MergeView
from signet.usecases.unmerging import unmerge


def merged(asked: Asked) -> Reply:
    """Merge one profile into another, whatever was found or rejected about the two."""
    wanted = asked.body(MergeRequest)
    wish = Wish(asked.workspace, wanted.into, wanted.away, by=by(asked))
    return Reply(pair_views.merge_view(merge(wish, office(asked))))


def unmerged(asked: Asked) -> Reply:
    """Undo the merge of a profile: both are again what they were, but for later withdrawals."""
    made = unmerge(
        asked.path["profile_id"],
        workspace=asked.workspace,
        by=by(asked),
        office=office(asked),
    )
    return Reply(pair_views.merge_view(made))


def by(asked: Asked) -> str:
    """Name who decides."""
    return asked.principal.key_id or asked.principal.role


def office(asked: Asked) -> Office:
    """Give the ports of merging."""
    ports = asked.ports
    queue = ports.queues["preprocess"]
    return Office(
        merges=ports.merges,
        duplicates=ports.duplicates,
        permissions=ports.permissions,
        clock=ports.clock,
        tell=lambda work: queue.send_raw(work.model_dump_json(ensure_ascii=True)),
    )


ROUTES = (
    Route("POST", "/v1/profiles/merge", "profiles.merge", merged,
          reads=MergeRequest, gives=MergeView, once=True),
    Route("POST", "/v1/profiles/<profile_id>/unmerge", "profiles.merge", unmerged,
          gives=MergeView, once=True),
)  # fmt: skip
