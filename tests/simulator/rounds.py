"""When upkeep does its rounds: now and then while there are faults, later when something is due."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from signet.domain.message import WAITING

if TYPE_CHECKING:
    from tests.simulator.world import World

MOST_SKEW = 280.0
FIRST = 60.0
# In the cloud it is a minute, and most rounds find nothing; so few meet faults here as there.
ROUND = 300.0


class Upkeep:
    """
    The rounds of upkeep in one world.

    Args:
        world: Whose rounds.
    """

    def __init__(self, world: "World") -> None:
        self.restorable = False
        self._world = world
        self._planned: float | None = None
        self._running = 0

    def begin(self) -> None:
        """Plan the first round of a story."""
        self._plan(FIRST)

    def at_rest(self) -> None:
        """Do a round where none is planned, as nothing waits."""
        if self._planned is None and not self._running:
            self._do()

    def noticed(self, known: int) -> None:
        """Plan a round, or an earlier one, where rows have changed since so many changes."""
        if self._planned is None and not self._running:
            self._next()
        elif self._world.plan.calm and self._planned is not None:
            self._earlier(known)

    def _do(self) -> None:
        """Do a round; the beat tells something only about a ledger that may be put back."""
        self._planned = None
        beats = self.restorable or not self._world.plan.calm
        for duty in ("beat", "sweep") if beats else ("sweep",):
            self._running += 1
            self._world.invoke("upkeep", {"duty": duty}, self._done)

    def _done(self, _answer: Any) -> None:
        self._running -= 1
        if not self._running and self._planned is None:
            self._next()

    def _next(self) -> None:
        """Plan the next round: soon while there are faults, else when something is due."""
        world = self._world
        if not world.plan.calm:
            self._plan(world.loop.now + ROUND)
        elif due := [row["due_sk"] for row in world.events.rows.values() if _waits(row)]:
            self._plan(self._by_then(min(due)))

    def _earlier(self, known: int) -> None:
        """Plan the next round anew where something has changed that is due before it."""
        after = (after for _, after in self._world.events.changes[known:])
        due = [row["due_sk"] for row in after if row is not None and _waits(row)]
        when = self._by_then(min(due)) if due else None
        if when is not None and self._planned is not None and when < self._planned:
            self._plan(when)

    def _by_then(self, due_at: str) -> float:
        """Tell when every clock finds something due, also the one that is the most behind."""
        loop = self._world.loop
        due = loop.seconds(datetime.fromisoformat(due_at).replace(tzinfo=UTC))
        return max(loop.now + 60.0, due + MOST_SKEW)

    def _plan(self, when: float) -> None:
        def do() -> None:
            if self._planned == when:
                self._do()

        self._planned = when
        self._world.loop.at(when, do)


def _waits(row: dict[str, Any]) -> bool:
    return "due_sk" in row and row["status"] in WAITING
