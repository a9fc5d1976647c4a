"""Ports as a process reaches them: over a wire on which every fault can happen."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from signet.errors import InDoubt, Permanent, Throttled, Transient
from signet.ports.store import Query
from tests.simulator.loop import Killed

if TYPE_CHECKING:
    from tests.simulator.world import World

READS = {"get", "get_many", "scan", "read", "names"}
KEYS = {
    "demo": {"workspace": "main", "role": "owner", "kind": "write"},
    "other-demo": {"workspace": "other", "role": "owner", "kind": "write"},
    "owner": {"workspace": "main", "role": "owner"},
    "other-owner": {"workspace": "other", "role": "owner"},
}
# Beyond this the SDK gives up; what the service did by then it did.
PATIENCE = 8.0


class Remote:
    """
    Anything behind the wire.

    Args:
        world: Whose wire.
        target: The port in memory.
        name: For the trace.
    """

    def __init__(self, world: "World", target: Any, name: str) -> None:
        self._world = world
        self._target = target
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        function = getattr(self._target, method)
        where = f"{self._name}.{method}"
        call, about = self._world.call, "read" if method in READS else "write"

        def remote(*given: Any, **named: Any) -> Any:
            return call(where, about, partial(function, *given, **named))

        def queried(query: Query) -> Any:
            return call(where, "index" if query.index else "read", partial(function, query))

        made = queried if method == "query" else remote
        setattr(self, method, made)
        return made


class RemoteQueue:
    """A work queue: several items may be taken in part."""

    def __init__(self, world: "World", target: Any, name: str) -> None:
        self._world = world
        self._target = target
        self._name = name

    def send(self, items: Any, *, delay: timedelta = timedelta(0)) -> None:
        """Queue work items."""
        world = self._world
        where = f"{self._name}.send"
        fault = world.begin(where, "enqueue")
        if fault == "partial":
            self._target.send(items[: len(items) // 2], delay=delay)
            raise Transient("some items were not taken")
        world.apply(where, fault, lambda: self._target.send(items, delay=delay))

    def send_raw(self, body: str) -> None:
        """Queue one body."""
        self._world.call(f"{self._name}.send_raw", "write", lambda: self._target.send_raw(body))

    def bury(self, body: str, *, reason: str, receives: int) -> None:
        """Lay a body aside."""

        def apply() -> None:
            self._target.bury(body, reason=reason, receives=receives)

        self._world.call(f"{self._name}.bury", "write", apply)


def bus_of(queue: RemoteQueue) -> Callable[[Any, Any], dict[str, Any]]:
    """Make what brings work from a bus: it is tried again until the queue has taken it."""

    def handler(event: Any, _context: Any) -> dict[str, Any]:
        queue.send([event["work"]])
        return {"statusCode": 202}

    return handler


class RemoteMailer:
    """The provider: its answers may be definite, lost or late."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def send(self, outgoing: Any) -> str:
        """Hand one mail over."""
        world = self._world
        fault = world.begin("mailer.send", "mail")
        if fault == "throttled" or world.provider.storm(outgoing):
            raise Throttled("TooManyRequestsException")
        if fault == "refused":
            raise Transient("no connection")
        if fault == "rejected":
            raise Permanent("MessageRejected")
        if fault == "dropped":
            world.loop.pause(PATIENCE)
            raise InDoubt("the answer was lost")
        if fault == "late":
            late = world.plan.between(1, 600)
            take = partial(world.provider.accept, outgoing, handed=world.loop.now)
            world.loop.at(world.loop.now + late, take)
            raise InDoubt("the answer was lost")
        taken = world.provider.accept(outgoing, handed=world.loop.now)
        if fault == "crash_after":
            raise Killed
        if fault in {"lost", "slow"}:
            world.loop.pause(PATIENCE)
            raise InDoubt("the answer was lost")
        world.loop.pause(0.08)
        return taken

    def quota(self) -> float:
        """Tell the provider's rate."""
        return self._world.provider.rate


class Slot:
    """Stands for a port of whichever container is running: routers are costly to make anew."""

    world: "World"

    def __init__(self, port: Callable[[Any], Any]) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        process = Slot.world.loop.process
        assert process is not None
        return getattr(self._port(process.shelf), name)
