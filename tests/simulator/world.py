"""The cloud in memory: tables, queues, functions and the provider, around the real handlers."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from signet.adapters.memory.once import MemoryOnce
from signet.adapters.memory.queue import Entry, record
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryEpoch, MemoryFacts, MemoryObjects
from signet.errors import Conflict, Transient
from signet.ports.store import QueryPage
from tests.simulator import wiring
from tests.simulator.faults import Plan
from tests.simulator.loop import Context, Killed, Loop, Process, ProcessClock
from tests.simulator.provider import Provider
from tests.simulator.queues import DEAD, FaultyQueue
from tests.simulator.records import Bug, Stream, counted
from tests.simulator.rounds import MOST_SKEW, Upkeep

STAGES = ("preprocess", "render", "deliver", "report", "upkeep")
# Two containers of each function, so that every stage races with itself.
CONTAINERS = 2
TIMEOUT = {"ingest": 10.0, "admin": 30.0}
WORKER_TIMEOUT = 60.0
SHARD = "shardId-1"
# Lambda gathers a stream's records for so many seconds.
GATHERED = 8.0
Answer = Callable[[Any], None]


class World:
    """
    One world, for one schedule.

    Args:
        seed: Everything that is drawn follows from it.
        plan: What goes wrong.
        fates: What becomes of mails to some addresses: Bounce or Complaint.
        skewed: Containers' clocks differ.
    """

    def __init__(
        self,
        seed: str,
        plan: Plan,
        *,
        fates: dict[str, str] | None = None,
        skewed: bool = False,
    ) -> None:
        self.seed = seed
        self.plan = plan
        self.loop = Loop(seed)
        self.clock = ProcessClock(self.loop)
        self.skewed = skewed
        self.fates = fates or {}
        self.profiles, self.events, self.catalog = MemoryTable(), MemoryTable(), MemoryTable()
        self.content, self.lake = MemoryObjects(), MemoryObjects()
        self.facts, self.epoch, self.once = MemoryFacts(), MemoryEpoch(), MemoryOnce()
        self.provider = Provider(self)
        self.corrupted: list[str] = []
        self.bug: Bug | None = None
        self.calls = 0
        self.generation = 0
        self.upkeep = Upkeep(self)
        self.queues: dict[str, FaultyQueue] = {}
        self.idle: dict[str, list[wiring.Container]] = {}
        self.busy: dict[str, int] = dict.fromkeys((*STAGES, "stream"), 0)
        self.running: list[Process] = []
        self.stream = Stream()
        self.position = 0
        self.first_sequence = 1
        self.written: list[float] = []
        self._polls: dict[str, float] = {}
        self._made = 0
        for stage in STAGES:
            dead = FaultyQueue(
                self, f"{stage}{DEAD}", dead=None, wake=self._waker(f"{stage}{DEAD}")
            )
            self.queues[f"{stage}{DEAD}"] = dead
            self.queues[stage] = FaultyQueue(self, stage, dead=dead, wake=self._waker(stage))

    # --- the wire -------------------------------------------------------------------------

    def call(self, where: str, about: str, function: Callable[[], Any]) -> Any:
        """Make one call over the wire."""
        if self.loop.process is None:
            return function()
        fault = self.begin(where, about)
        if fault is None:
            answer = function()
            if about == "write":
                self._notice()
            return answer
        answer = self.apply(where, fault, function)
        if fault == "stale" and isinstance(answer, QueryPage):
            kept = [item for item in answer.items if self.plan.chance(0.5)]
            return QueryPage(kept, answer.last)
        return answer

    def begin(self, where: str, about: str) -> str | None:
        """Let a call leave: it takes its time, and may never arrive."""
        loop, process = self.loop, self.loop.process
        if process is None:
            return None
        fault = self.plan.decide(about, where)
        self.calls += 1
        if self.bug is not None and self.bug.bites(process.name, where, loop.now):
            loop.note(where, "bug")
            raise RuntimeError("a bug in this version")
        loop.note(where, fault or "")
        drawn = loop.random.random()
        # Half of the calls are answered before anybody else does anything.
        if drawn > 0.5:
            loop.pause(drawn * 0.02 if drawn < 0.95 else drawn)
        if fault is None:
            return None
        if fault == "crash_before":
            raise Killed
        if fault == "slow" and about != "mail":
            loop.pause(self.plan.between(1, 30))
        if fault == "freeze":
            minutes = self.plan.between(60, 600)
            process.deadline += minutes
            loop.pause(minutes)
        return fault

    def apply(self, where: str, fault: str | None, function: Callable[[], Any]) -> Any:
        """Let a call arrive, or not, and its answer come back, or not."""
        if fault == "refused":
            raise Transient(f"{where} was refused")
        if fault == "late":
            self._apply_later(function)
            raise Transient(f"{where} gave no answer")
        answer = function()
        self._notice()
        if fault == "lost":
            raise Transient(f"{where} gave no answer")
        if fault == "crash_after":
            raise Killed
        if fault == "repeated":
            answer = function()
            self._notice()
        return answer

    def _apply_later(self, function: Callable[[], Any]) -> None:
        generation = self.generation

        def late() -> None:
            if generation == self.generation:
                with suppress(Conflict, Transient):
                    function()
                self._notice()

        self.loop.at(self.loop.now + self.plan.between(1, 600), late)

    def _notice(self) -> None:
        """Wake the stream's reader where a row changed."""
        known, changes = len(self.written), len(self.events.changes)
        if changes > known:
            self.written += [self.loop.now] * (changes - known)
            self._waker("stream")(self.loop.now + GATHERED)
            self.upkeep.noticed(known)

    def wake_stream(self) -> None:
        """Let the stream be read soon."""
        self._waker("stream")(self.loop.now)

    # --- functions ------------------------------------------------------------------------

    def invoke(self, function: str, event: dict[str, Any], done: Answer) -> None:
        """Run a function in a container, a new one where none is idle."""
        pool = self.idle.setdefault(function, [])
        container = pool.pop() if pool else self._container(function)
        seconds = TIMEOUT.get(function, WORKER_TIMEOUT)
        process = Process(self.loop, container.name, seconds=seconds, skew=container.skew)
        process.shelf = container.shelf
        self.running.append(process)

        def finished(answer: Any) -> None:
            self.running.remove(process)
            if answer is not None:
                pool.append(container)
            done(answer)

        process.run(lambda: container.handler(event, Context(self.loop, process)), finished)

    def _container(self, function: str) -> "wiring.Container":
        self._made += 1
        drawn = self.loop.random.uniform(-MOST_SKEW, MOST_SKEW)
        name = f"{function}-{self._made}"
        return wiring.container(self, function, name=name, skew=drawn if self.skewed else 0.0)

    # --- readers of queues and of the stream ----------------------------------------------

    def _waker(self, reader: str) -> Callable[[float], None]:
        def wake(when: float) -> None:
            known = self._polls.get(reader)
            if known is not None and known <= when:
                return
            self._polls[reader] = when
            self.loop.at(when, lambda: self._woken(reader, when))

        return wake

    def _woken(self, reader: str, when: float) -> None:
        if self._polls.get(reader) == when:
            del self._polls[reader]
            (self._fold if reader == "stream" else self._poll)(reader)

    def _poll(self, name: str) -> None:
        queue = self.queues[name]
        function = "upkeep" if name.endswith(DEAD) else name
        if self.busy[function] < CONTAINERS:
            entries = queue.receive(self.loop.random.randint(1, 10))
            if entries:
                self._deliver_records(queue, function, entries)
        if self.busy[function] < CONTAINERS:
            self._wake_reader(name)

    def _wake_reader(self, name: str) -> None:
        following = self.queues[name].next_visible()
        if following is not None:
            self._waker(name)(max(self.loop.seconds(following), self.loop.now + 0.01))

    def _deliver_records(self, queue: FaultyQueue, function: str, entries: list[Entry]) -> None:
        self.busy[function] += 1
        receipts = {entry.id: entry.receipt for entry in entries}

        def done(answer: Any) -> None:
            self.busy[function] -= 1
            if answer is not None:
                failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
                for entry in entries:
                    standing = queue.entries.get(entry.id)
                    same = standing is not None and standing.receipt == receipts[entry.id]
                    if entry.id not in failed and same:
                        queue.delete(entry.id)
            read = [f"{stage}{DEAD}" for stage in STAGES] if function == "upkeep" else []
            for name in (function, *read):
                self._wake_reader(name)

        self.invoke(function, {"Records": [record(e, queue.name) for e in entries]}, done)

    def _fold(self, _reader: str) -> None:
        """Give the stream's next records to report; a batch that fails comes again, or its half."""
        left = len(self.events.changes) - self.position
        if left == 0 or self.busy["stream"]:
            return
        self.busy["stream"] = 1
        start, size = self.position, self.loop.random.randint(min(left, 10), min(left, 100))
        span = range(start, start + size)
        changes = ((n, self.events.changes[n]) for n in span)
        first, now = self.first_sequence, self.loop.moment().timestamp()
        wanted = [self.stream.record(first + n, c, now) for n, c in changes if counted(c)]
        generation = self.generation

        def done(answer: Any) -> None:
            self.busy["stream"] = 0
            if generation != self.generation:
                return
            if answer is not None:
                self.position = start + size
            if self.position < len(self.events.changes):
                self._waker("stream")(self.loop.now + (0.1 if answer is not None else 2.0))

        if wanted:
            self.invoke("report", {"Records": wanted, "shardId": SHARD, "state": {}}, done)
        else:
            done({})

    def restore(self, rows: dict[Any, Any]) -> None:
        """Put the ledger's table back to what a backup holds; whoever was running is gone."""
        self.generation += 1
        self.loop.note("restored")
        for process in self.running:
            process.deadline = self.loop.now
        self.idle.clear()
        self.events.restore(rows)


def body_of(answer: Any) -> Any:
    """Read an HTTP answer's body."""
    return json.loads(answer["body"]) if answer and answer.get("body") else None
