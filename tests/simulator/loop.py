"""Virtual time: processes are greenlets, and one loop decides which of them goes on when."""

import hashlib
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from greenlet import getcurrent, greenlet

from signet.domain.waiting import GIVEN_UP

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# What waits longest is given up after fifteen days; what still moves long after never rests.
LONGEST = 4 * GIVEN_UP
_LONGEST = LONGEST.total_seconds()


# When, in which process, and what: few traces are ever read, so none is written out before.
Note = tuple[float, str, tuple[object, ...]]


class Killed(BaseException):
    """The process ends here: its function ran out of time, or its machine died."""


class TooLong(RuntimeError):
    """The schedule does not come to rest."""


class Process:
    """
    One run of a function.

    Args:
        loop: Where it runs.
        name: For the trace.
        seconds: How long it may take.
        skew: By how many seconds its clock is ahead of the true time.
    """

    def __init__(self, loop: "Loop", name: str, *, seconds: float, skew: float) -> None:
        self.name = name
        self.loop = loop
        self.deadline = loop.now + seconds
        self.skew = skew
        self.greenlet: greenlet | None = None
        self.shelf: Any = None
        self._routed: tuple[Any, Any] = (None, None)

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Start it; `done` gets what it answers, or None where it was killed."""

        def body() -> None:
            try:
                answer = work()
            except Killed:
                answer = None
            except Exception as error:  # noqa: BLE001 - the function failed, as Lambda sees it
                self.loop.note("raised", type(error).__name__)
                answer = None
            done(answer)

        self.greenlet = greenlet(body, parent=self.loop.hub)
        self.loop.at(self.loop.now, self.resume)

    def resume(self) -> None:
        """Go on, or end where time is up."""
        assert self.greenlet is not None
        self.loop.process = self
        # The router keeps its call in a class: in Lambda a process has one call at a time.
        BaseRouter.current_event, BaseRouter.lambda_context = self._routed
        if self.loop.now >= self.deadline:
            self.greenlet.throw(Killed("time is up"))
        else:
            self.greenlet.switch()
        self._routed = (BaseRouter.current_event, BaseRouter.lambda_context)
        self.loop.process = None


class Loop:
    """
    The loop of one schedule.

    Args:
        seed: Everything that happens follows from it.
        most_steps: After so many steps a schedule counts as endless.
    """

    def __init__(self, seed: str, *, most_steps: int = 60_000) -> None:
        self.random = random.Random(f"order:{seed}")
        self.now = 0.0
        self.steps = 0
        self.process: Process | None = None
        self.hub = getcurrent()
        self.notes: list[Note] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._shown = (0.0, START)
        self._most_steps = most_steps

    def moment(self, skew: float = 0.0) -> datetime:
        """Tell the time, as a clock with this error shows it."""
        at = self.now + skew
        if self._shown[0] != at:
            self._shown = (at, START + timedelta(seconds=at))
        return self._shown[1]

    def seconds(self, moment: datetime) -> float:
        """Tell when a true moment is, in seconds since the start."""
        return (moment - START).total_seconds()

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Let something happen at a time."""
        heappush(self._heap, (max(when, self.now), next(self._numbers), do))

    def pause(self, seconds: float) -> None:
        """Let the running process wait; others go on meanwhile."""
        process = self.process
        assert process is not None
        self.at(min(self.now + seconds, process.deadline), process.resume)
        self.hub.switch()

    def run(self) -> None:
        """
        Let everything happen until nothing is left to happen.

        Raises:
            TooLong: There is always more.
        """
        while self._heap:
            self.now, _, do = heappop(self._heap)
            self.steps += 1
            if self.steps > self._most_steps:
                raise TooLong(f"not at rest after {self._most_steps} steps")
            if self.now > _LONGEST:
                raise TooLong(f"not at rest after {LONGEST.days} days")
            do()

    def note(self, *parts: object) -> None:
        """Note what happens in the trace; equal seeds give equal traces."""
        self.notes.append((self.now, self.process.name if self.process else "-", parts))


def lines_of(notes: Sequence[Note]) -> list[str]:
    """Write a trace as lines."""
    return [f"{at:.3f} {who} {' '.join(map(str, parts))}" for at, who, parts in notes]


def hash_of(notes: Sequence[Note]) -> str:
    """Give the hash of a trace."""
    return hashlib.blake2b("\n".join(lines_of(notes)).encode(), digest_size=16).hexdigest()


class ProcessClock:
    """The clock that a process sees."""

    def __init__(self, loop: Loop, skew: float = 0.0) -> None:
        self._loop = loop
        self._skew = skew

    def now(self) -> datetime:
        """Tell the time, with the process's own error."""
        process = self._loop.process
        return self._loop.moment(process.skew if process else self._skew)


class Context:
    """What Lambda tells a function about its run."""

    def __init__(self, loop: Loop, process: Process) -> None:
        self._loop = loop
        self._process = process

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the function may still run."""
        return max(0, int((self._process.deadline - self._loop.now) * 1000))
