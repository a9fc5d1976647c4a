"""Queues whose messages may come twice, late or damaged, and whose deletes may be lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from signet.adapters.memory.queue import Entry, MemoryQueue

if TYPE_CHECKING:
    from tests.simulator.world import World

DEAD = "deadletters"


class FaultyQueue(MemoryQueue):
    """
    One queue of the world, which tells its reader when there is something to read.

    Args:
        world: Whose queue.
        name: As the function that reads it is called, or that name and `deadletters`.
        dead: Where its dead letters go.
        wake: Called with the moment at which something can be seen.
    """

    def __init__(
        self,
        world: "World",
        name: str,
        *,
        dead: "FaultyQueue | None",
        wake: Callable[[float], None],
    ) -> None:
        super().__init__(world.clock, visibility=timedelta(minutes=6), dead=dead)
        self.name = name
        self._world = world
        self._wake = wake

    def add(
        self,
        body: str,
        *,
        delay: timedelta = timedelta(0),
        attributes: dict[str, str] | None = None,
    ) -> Entry:
        """Put a body on the queue, or on the way there."""
        world = self._world
        fault = world.plan.decide("message", f"{self.name}.message")
        if fault == "corrupted":
            world.corrupted.append(body)
            body = body[:-7]
        if fault == "delayed":
            delay += timedelta(seconds=world.plan.between(1, 3600))
        entry = super().add(body, delay=delay, attributes=attributes)
        if fault == "delayed":
            entry.visible_at = entry.sent_at + delay
        if fault == "doubled":
            twin = super().add(body, delay=delay, attributes=attributes)
            self._wake(world.loop.seconds(twin.visible_at))
        self._wake(world.loop.seconds(entry.visible_at))
        return entry

    def delete(self, entry_id: str) -> None:
        """Take an entry off the queue, unless the delete is lost."""
        if self._world.plan.decide("delete", f"{self.name}.delete") is None:
            super().delete(entry_id)
