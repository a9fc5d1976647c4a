"""Two containers with clocks of their own, on one ledger."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.deliver import wiring
from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.adapters.memory.queue import MemoryQueue, record
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.errors import InDoubt
from signet.ports import Clock, Outgoing
from signet.usecases.upkeep import sweep
from tests.unit.sending.desks import LONG, NOW, World

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class OffClock:
    """A clock with an error."""

    true: Clock
    error: timedelta

    def now(self) -> datetime:
        """Tell the time, wrongly."""
        return self.true.now() + self.error


class Killed(BaseException):
    """The container ends while it hands over."""


class Two:
    """
    Two containers of deliver, and rounds of upkeep, on one ledger.

    Args:
        holder: The error of the clock of the container that gets the work first.
        other: The error of the clock of the second one and of upkeep.
    """

    def __init__(self, holder: timedelta, other: timedelta) -> None:
        self.world = World()
        self.first, self.second = self._container(holder), self._container(other)
        self.rounds = replace(self.world.rounds, clock=OffClock(self.world.clock, other))

    def _container(self, error: timedelta) -> Callable[[DeliverMessage], Any]:
        world = self.world
        clock = OffClock(world.clock, error)
        letters, queue = MemoryQueue(world.clock), MemoryQueue(world.clock)
        desk = replace(
            world.desk,
            clock=clock,
            pacer=DynamoPacer(world.events, "ses", clock=clock, quota=world.mailer.quota),
        )
        handler = wiring.handler_of(wiring.Ports(desk, letters))

        def give(item: DeliverMessage) -> Any:
            queue.send([DeliverMessages(messages=(item,))])
            (entry,) = queue.receive()
            queue.delete(entry.id)
            return handler({"Records": [record(entry, "deliver")]}, object())

        return give

    def look(self, item: DeliverMessage) -> str:
        """Let the second container have the same work, and upkeep its round; tell the status."""
        self.second(item)
        sweep(self.rounds, time_left=lambda: LONG)
        return self.world.status()

    def after(self, moment: timedelta) -> None:
        """Go to a moment after the beginning."""
        self.world.clock.moment = NOW + moment

    def passed(self) -> timedelta:
        """Tell how much time has truly passed."""
        return self.world.clock.now() - NOW

    def until(self, status: str, item: DeliverMessage, *, within: timedelta) -> timedelta:
        """Look every ten seconds until a message has a status; tell when that was."""
        while self.passed() < within:
            self.world.clock.advance(10 * SECOND)
            if self.look(item) == status:
                return self.passed()
        raise AssertionError(f"{self.world.status()} after {within}, not {status}")


def die(two: Two, item: DeliverMessage) -> None:
    """Let the first container die while it hands over."""

    def end() -> None:
        raise Killed

    two.world.mailer.before = end
    with pytest.raises(Killed):
        two.first(item)
    two.world.mailer.before = lambda: None


def hear(two: Two) -> None:
    """Let the event of every canary come back at once."""
    real = two.world.mailer.send

    def send(outgoing: Outgoing) -> str:
        if outgoing.workspace == "-":
            stamp = int(outgoing.message_id.removeprefix("canary-"))
            two.world.evidence.note(datetime.fromtimestamp(stamp, NOW.tzinfo))
        return real(outgoing)

    two.world.mailer.send = send  # type: ignore[method-assign]


class Troubled:
    """
    A provider whose answers are slow or lost, for containers that die while they wait.

    Args:
        two: Who sends.
        drawn: What happens, the same for the same seed.
    """

    def __init__(self, two: Two, drawn: random.Random) -> None:
        self.two, self.drawn = two, drawn
        self.items = [two.world.planned(f"m{number}") for number in range(20)]
        self.taken: list[str] = []
        two.world.mailer.send = self.send  # type: ignore[method-assign]

    def send(self, outgoing: Outgoing) -> str:
        """Take a mail, mostly, and let something happen before the answer."""
        fate = self.drawn.random()
        if fate > 0.2 and outgoing.workspace != "-":
            self.taken.append(outgoing.message_id)
        self.two.world.clock.advance(timedelta(seconds=self.drawn.choice((0, 1, 20, 59))))
        if self.drawn.random() < 0.5:
            self.two.look(self.drawn.choice(self.items))
        if self.drawn.random() < 0.2:
            raise Killed
        if fate > 0.8:
            raise InDoubt("the answer was lost")
        return "provider-1"

    def go_on(self) -> None:
        """Give somebody some work, new or old."""
        self.two.world.clock.advance(timedelta(seconds=self.drawn.choice((1, 60, 400))))
        with suppress(Killed):
            self.drawn.choice((self.two.first, self.two.look))(self.drawn.choice(self.items))
