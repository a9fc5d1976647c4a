"""The switch that stops all sending of a workspace."""

from functions.admin.door import Asked, Reply, Route
from signet.domain.work import HOME
from signet.errors import Missing
from signet.usecases import restore, sending
from signet.usecases.restore import ReplayRequest, ReplayView
from signet.usecases.sending import SendingView, StopRequest


def got(asked: Asked) -> Reply:
    """Tell whether mails may leave, and why not."""
    return Reply(sending.show(asked.workspace, gates=asked.ports.gates))


def stopped(asked: Asked) -> Reply:
    """Stop all sending at once; what is not claimed yet waits."""
    ports, request = asked.ports, asked.body(StopRequest)
    found = sending.stop(
        request,
        workspace=asked.workspace,
        gates=ports.gates,
        switch=ports.switch,
        clock=ports.clock,
    )
    return Reply(found)


def resumed(asked: Asked) -> Reply:
    """Let sending go on; the bounces and complaints known by now are forgiven."""
    ports = asked.ports
    found = sending.resume(
        asked.workspace,
        gates=ports.gates,
        switch=ports.switch,
        counters=ports.counters,
        clock=ports.clock,
    )
    return Reply(found)


def replayed(asked: Asked) -> Reply:
    """Replay the lake over tables from a backup; the gates open when it has come to its end."""
    # The backup is the deployment's, so only its home workspace may say that it is there.
    if asked.workspace != HOME:
        raise Missing("there is nothing here")
    request = asked.body(ReplayRequest)
    return Reply(restore.begin(request, queue=asked.ports.walks), status=202)


_ONE = "/v1/sending"
ROUTES = (
    Route("GET", _ONE, "sending.read", got, gives=SendingView),
    Route("POST", f"{_ONE}/stop", "sending.switch", stopped,
          reads=StopRequest, gives=SendingView, once=True),
    Route("POST", f"{_ONE}/resume", "sending.switch", resumed, gives=SendingView, once=True),
    Route("POST", f"{_ONE}/replay", "sending.switch", replayed,
          reads=ReplayRequest, gives=ReplayView, status=202, once=True),
)  # fmt: skip
