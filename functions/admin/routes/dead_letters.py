"""What could not be handled, and driving it again."""

from typing import get_args

from functions.admin.door import Asked, Reply, Route
from signet.errors import Rejected
from signet.usecases import redrive
from signet.usecases.redrive import DeadLetterView, QueueName, Redriven, RedriveRequest, Sexton

_QUEUES = (*get_args(QueueName), "stream")


def listed(asked: Asked) -> Reply:
    """List dead letters, oldest first, of one queue or of all."""
    queue = asked.call.query.get("queue")
    if queue is not None and queue not in _QUEUES:
        raise Rejected.field("queue", f"must be one of {', '.join(_QUEUES)}")
    page = asked.ports.dead_letters.page(
        asked.workspace, queue=queue, limit=asked.limit(), position=asked.position()
    )
    return asked.page(page, redrive.show)


def redriven(asked: Asked) -> Reply:
    """Send dead letters back to their queue; with `dry_run`, only tell which."""
    ports = asked.ports
    request = asked.body(RedriveRequest)
    sexton = Sexton(ports.dead_letters, ports.queues, ports.ledger, ports.clock)
    return Reply(redrive.redrive(request, workspace=asked.workspace, sexton=sexton))


ROUTES = (
    Route("GET", "/v1/dead-letters", "dead_letters.read", listed,
          gives=DeadLetterView, listing=True, query=("queue",)),
    Route("POST", "/v1/dead-letters/redrive", "dead_letters.redrive", redriven,
          reads=RedriveRequest, gives=Redriven, once=True),
)  # fmt: skip
