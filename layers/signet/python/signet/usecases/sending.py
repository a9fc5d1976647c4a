"""The switch that every workspace has: stop all sending at once, and let it go on."""

from pydantic import BaseModel, ConfigDict, Field

from signet.ports import Clock, Counters, Gates, Switch
from signet.usecases.reputation import seen
from signet.usecases.views import View


class StopRequest(BaseModel):
    """Why nothing may leave any more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1, max_length=200)


class SendingView(View):
    """Whether mails may leave; `reason` says why not."""

    state: str
    reason: str


def show(workspace: str, *, gates: Gates) -> SendingView:
    """Show the gate of a workspace."""
    shut = gates.look(workspace, ()).shut
    return SendingView(state="stopped" if shut else "open", reason=shut)


def stop(
    request: StopRequest, *, workspace: str, gates: Gates, switch: Switch, clock: Clock
) -> SendingView:
    """
    Stop all sending of a workspace: what is not claimed yet waits.

    Effects: switch.
    Idempotent: a gate that is shut stays so for its first reason.
    """
    switch.stop(workspace, f"stopped by an operator: {request.reason}", at=clock.now())
    return show(workspace, gates=gates)


def resume(
    workspace: str, *, gates: Gates, switch: Switch, counters: Counters, clock: Clock
) -> SendingView:
    """
    Let sending go on; the bounces and complaints that are known by now are forgiven.

    What waits leaves as upkeep comes by it: within as long as it has waited, at most two hours of
    the first day, later a twelfth of the time.

    Effects: switch.
    Idempotent: an open gate stays open.
    """
    switch.resume(workspace, seen=seen(workspace, at=clock.now(), counters=counters))
    return show(workspace, gates=gates)
