"""The switch that stops all sending of a workspace."""

from functions.admin.door import Asked, Reply, Route
from signet.usecases import sending
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


_ONE = "/v1/sending"
ROUTES = (
    Route("GET", _ONE, "sending.read", got, gives=SendingView),
    Route("POST", f"{_ONE}/stop", "sending.switch", stopped,
          reads=StopRequest, gives=SendingView, once=True),
    Route("POST", f"{_ONE}/resume", "sending.switch", resumed, gives=SendingView, once=True),
)  # fmt: skip
