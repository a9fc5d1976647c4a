"""The provider's side: what it took, and what it reports about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from signet.ports import Outgoing

if TYPE_CHECKING:
    from tests.simulator.world import World


# How long a tardy provider takes to report, in seconds: around the ends of quiet periods.
TARDY = (300.0, 7200.0)


@dataclass(frozen=True)
class Taken:
    """One mail that the provider accepted: when, as which one, and when it had been handed over."""

    at: float
    outgoing: Outgoing
    number: int
    handed: float


@dataclass
class Provider:
    """Takes mails, and reports each one's fate to the report queue."""

    world: "World"
    rate: float = 50.0
    inbox: list[Taken] = field(default_factory=list)
    storms: list[tuple[float, float]] = field(default_factory=list)
    silent: bool = False
    tardy: bool = False

    def storm(self, outgoing: Outgoing) -> bool:
        """Tell whether a mail is refused for speed just now; of a tardy provider's, no canary."""
        if self.tardy and outgoing.workspace == "-":
            return False
        return any(begin <= self.world.loop.now < end for begin, end in self.storms)

    def accept(self, outgoing: Outgoing, *, handed: float) -> str:
        """Take a mail that was handed over at some moment, maybe long ago."""
        world = self.world
        number = len(self.inbox)
        self.inbox.append(Taken(world.loop.now, outgoing, number, handed))
        world.loop.note("accepted", outgoing.message_id, outgoing.epoch)
        silent = self.silent and outgoing.workspace != "-"
        if silent or world.plan.decide("event", "event.all") == "event_lost":
            return f"provider-{number}"
        self._report(outgoing, number, "Send", delay=0.01)
        self._report(outgoing, number, "Delivery", delay=1.0)
        fate = world.fates.get(outgoing.recipient)
        if fate is not None:
            self._report(outgoing, number, fate, delay=20.0)
        return f"provider-{number}"

    def _report(self, outgoing: Outgoing, number: int, kind: str, *, delay: float) -> None:
        world = self.world
        fault = world.plan.decide("event", f"event.{kind}")
        body = envelope(outgoing, number, kind, at=self._later(delay))
        if fault == "event_lost":
            return
        jitter = world.loop.random.uniform(0, 2)
        later = world.plan.between(60, 3 * 86400) if fault == "event_late" else 0.0
        if self.tardy and outgoing.workspace != "-":
            later += world.loop.random.uniform(*TARDY)
        world.loop.at(world.loop.now + delay + jitter + later, self._put(body))
        if fault == "event_doubled":
            world.loop.at(world.loop.now + delay + world.plan.between(0, 900), self._put(body))

    def _later(self, delay: float) -> str:
        return (self.world.loop.moment() + timedelta(seconds=delay)).isoformat()

    def _put(self, body: str) -> Callable[[], None]:
        def put() -> None:
            self.world.queues["report"].add(body)

        return put


def envelope(outgoing: Outgoing, number: int, kind: str, *, at: str) -> str:
    """Write an event as SES puts it on the bus, in what is read of it."""
    part: dict[str, Any] = {"timestamp": at}
    if kind == "Bounce":
        part |= {"bounceType": "Permanent", "bounceSubType": "General"}
    tags = {
        "signet_ws": [outgoing.workspace],
        "signet_msg": [outgoing.message_id],
        "signet_ep": [str(outgoing.epoch)],
    }
    mail = {"timestamp": at, "messageId": f"provider-{number}", "tags": tags}
    detail = {"eventType": kind, "mail": mail, kind[0].lower() + kind[1:]: part}
    return json.dumps({"source": "aws.ses", "detail": detail})
