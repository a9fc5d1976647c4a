"""What could not be taken: looked at, corrected and brought in again, or put aside."""

from typing import get_args

from functions.admin.door import Asked, Reply, Route
from signet.domain.principal import allows
from signet.domain.quarantine import QuarantineStatus
from signet.errors import Rejected
from signet.usecases import replaying
from signet.usecases.quarantine_requests import (
    DiscardRequest,
    ReplayManyRequest,
    ReplayRequest,
)
from signet.usecases.quarantine_views import QuarantinedView, Replayed, Settled, show
from signet.usecases.readmission import Bench, find
from signet.usecases.replaying import Actor

_STATUSES: tuple[QuarantineStatus, ...] = get_args(QuarantineStatus)


def listed(asked: Asked) -> Reply:
    """List what could not be taken, newest first, of one status and origin or of all."""
    samples = allows(asked.principal, "quarantine.samples")
    page = asked.ports.quarantine.page(
        asked.workspace,
        status=_status(asked),
        limit=asked.limit(),
        position=asked.position(),
        source=asked.call.query.get("source"),
    )
    return asked.page(page, lambda item: show(item, samples=samples, whole=False))


def got(asked: Asked) -> Reply:
    """Read an item with its whole history; the payload only for those who may see it."""
    item = find(asked.workspace, asked.path["item"], quarantine=asked.ports.quarantine)
    return Reply(show(item, samples=allows(asked.principal, "quarantine.samples")))


def replayed(asked: Asked) -> Reply:
    """Correct an item and bring it in again."""
    request = asked.body(ReplayRequest)
    done = replaying.replay(asked.path["item"], request, actor=_actor(asked), bench=_bench(asked))
    return Reply(done)


def replayed_many(asked: Asked) -> Reply:
    """Bring many items in again; with `dry_run`, only tell which could be."""
    request, bench, actor = asked.body(ReplayManyRequest), _bench(asked), _actor(asked)
    listing = f"{asked.call.path}?source={request.source}"
    cursors = asked.ports.cursors()
    position = cursors.read(request.cursor, workspace=asked.workspace, listing=listing)
    items, following = replaying.chosen(
        request, workspace=asked.workspace, position=position, bench=bench
    )
    done = replaying.replay_many(items, request, actor=actor, bench=bench)
    cursor = cursors.write(following, workspace=asked.workspace, listing=listing)
    return Reply(done.model_copy(update={"next_cursor": cursor}))


def discarded(asked: Asked) -> Reply:
    """Put an item aside for good; says why."""
    request = asked.body(DiscardRequest)
    done = replaying.discard(asked.path["item"], request, actor=_actor(asked), bench=_bench(asked))
    return Reply(done)


def _status(asked: Asked) -> QuarantineStatus | None:
    wanted = asked.call.query.get("status")
    if wanted is None:
        return None
    for status in _STATUSES:
        if wanted == status:
            return status
    raise Rejected.field("status", f"must be one of {', '.join(_STATUSES)}")


def _actor(asked: Asked) -> Actor:
    return Actor(asked.workspace, asked.principal.key_id)


def _bench(asked: Asked) -> Bench:
    ports = asked.ports
    return Bench(
        quarantine=ports.quarantine,
        sources=ports.catalog,
        ledger=ports.ledger,
        queues=ports.queues,
        reports=ports.reports,
        permissions=ports.permissions,
        sealer=ports.sealer,
        clock=ports.clock,
    )


_LIST = "/v1/quarantine"
_ONE = f"{_LIST}/<item>"
ROUTES = (
    Route("GET", _LIST, "quarantine.read", listed,
          gives=QuarantinedView, listing=True, query=("status", "source")),
    Route("POST", f"{_LIST}/replay", "quarantine.replay", replayed_many,
          reads=ReplayManyRequest, gives=Replayed, once=True),
    Route("GET", _ONE, "quarantine.read", got, gives=QuarantinedView),
    Route("POST", f"{_ONE}/replay", "quarantine.replay", replayed,
          reads=ReplayRequest, gives=Settled, once=True),
    Route("POST", f"{_ONE}/discard", "quarantine.replay", discarded,
          reads=DiscardRequest, gives=Settled, once=True),
)  # fmt: skip
