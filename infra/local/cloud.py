"""The local cloud: a template, interpreted in this process, with one clock and one lock."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from infra.local import persist
from infra.local.apart import Apart, Kill
from infra.local.clock import MovableClock, offer
from infra.local.emulator import Emulator
from infra.local.function import FunctionError, Here
from infra.local.intrinsics import Resolver
from infra.local.invoke import Invoker
from infra.local.keeper import Keeper
from infra.local.keys import local_secret
from infra.local.meter import Meter
from infra.local.outbox import Outbox
from infra.local.owed import Owed
from infra.local.payload import Headers, Request, Response, request_of
from infra.local.provision import Provisioner
from infra.local.queues import Queues
from infra.local.schedule import event_of
from infra.local.ses import Ses
from infra.local.streams import Sources, StreamMapping
from infra.local.tables import Streams, expire
from infra.local.template import Template, read
from infra.local.wire import Fault, Wire, connect, disconnect
from infra.local.wiring import Wired, Wirer

SNAPSHOT = Path(__file__).parents[1] / "snapshot" / "signet.template.json"
ROUNDS = 10_000
HOPS = 1_000


class NotSettled(RuntimeError):
    """The queues still move after so many rounds that they never would stop."""


class LocalCloud:
    """One running copy of the stack that a template describes."""

    def __init__(
        self,
        template: Path | dict[str, Any] = SNAPSHOT,
        *,
        secret: dict[str, Any] | None = None,
        public_url: str = "http://127.0.0.1:8080",
        persist_dir: Path | None = None,
        frozen: bool = False,
        worker: bool = False,
        timeouts: bool = True,
    ) -> None:
        """
        Read the template; nothing runs before `start`.

        Args:
            template: The template's file or object.
            secret: The value of its secrets; the fixed local keys if not given.
            public_url: Where people reach the door.
            persist_dir: Where the state is kept between runs.
            frozen: The clock stands still between the moves.
            worker: Functions run in a process of their own, which may be killed.
            timeouts: There, a function that overruns its timeout is killed, in real time.
        """
        self.template: Template = read(template)
        self.secret = secret or local_secret()
        self.public_url = public_url
        self.keeper = Keeper(persist_dir) if persist_dir else None
        self.clock = MovableClock(frozen=frozen)
        self.worker: Apart | None = None
        self._apart, self._timeouts = worker, timeouts
        self.turn = threading.RLock()
        self.lock = threading.RLock()
        self.woken = threading.Event()
        self.doors = 0
        self.waited_for: list[Callable[[], None]] = []
        self.progress: dict[str, Any] = {}
        self.owed = Owed()

    def start(self, *, gates: bool = True) -> "LocalCloud":
        """
        Build everything.

        Args:
            gates: Those that a kept state shuts are opened; else `open_gates` is the next step.

        Raises:
            BadState: The kept state cannot be read.
            FolderTaken: Another local cloud keeps its state there.
            UnknownResource: Before this, when the template was read.
            UnknownReference: The template refers to what is not there.
        """
        self.emulator = Emulator(self.clock)
        self.wire = Wire(self.emulator, self.lock)
        connect(self.wire)
        try:
            self._assemble()
            if gates:
                self.open_gates()
        except BaseException:
            self.close()
            raise
        self.meter.calls.clear()
        self.meter.units.clear()
        return self

    def _assemble(self) -> None:
        if self._apart:
            self.worker = Apart(self.wire, self.clock, timeouts=self._timeouts)
        self.invoker = Invoker(self.worker or Here(self.meter))
        self.queues = Queues(self.emulator, self.meter)
        self.outbox = Outbox(now=self.clock.now, publish=self._publish, fetch=self._get)
        self.ses = Ses(self.outbox, self.clock.now)
        self.wire.doubles["sesv2"] = self.ses.answer
        self.streams = Streams(self.emulator)
        self.sources = Sources(self.clock, self.queues, self.streams, self.invoker)
        offer(self.clock.now)
        if self.keeper:
            self.keeper.put_back(self)
        resolver = Resolver(self.template.parameters)
        provisioner = Provisioner(resolver, self.secret)
        wirer = Wirer(self.template, resolver, emulator=self.emulator, invoker=self.invoker)
        wirer.name(self.public_url)
        provisioner.build(self.template)
        wirer.mail(self.ses, self.outbox)
        wirer.functions(self.public_url)
        self.resolver = resolver
        self.wired: Wired = wirer.wire(provisioner)
        for schedule in self.wired.schedules:
            schedule.last = self.clock.timestamp()
        if self.keeper:
            self.keeper.shut_gates(self)

    def open_gates(self) -> None:
        """Learn what a kept state does not know, and keep from now on whatever leaves."""
        if self.keeper:
            self.keeper.open_gates(self)

    @property
    def meter(self) -> Meter:
        """Give the counts of calls, units and time."""
        return self.wire.meter

    def set_fault(self, fault: Fault | None) -> None:
        """Ask `fault(service, operation)` before each call; a status it gives is the answer."""
        self.wire.fault = fault

    def set_kill(self, kill: Kill | None) -> None:
        """Ask `kill(call)` before and after each SDK call of the worker is applied; True kills."""
        self._far().kill = kill

    def kill_worker(self) -> bool:
        """Kill the worker at whatever it is; False when there is none alive."""
        return self._far().kill_now()

    def _far(self) -> Apart:
        if self.worker is None:
            raise RuntimeError("the functions run in this process: LocalCloud(worker=True)")
        return self.worker

    def close(self) -> None:
        """Take the hooks away and forget everything that is not kept on disk."""
        if self.worker:
            self.worker.close()
        if self.keeper:
            self.keeper.close()
        disconnect(self.wire)
        offer(None)
        self.emulator.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def http(
        self,
        method: str,
        path: str,
        *,
        headers: Headers | None = None,
        body: bytes | str | Any = b"",
    ) -> Response:
        """
        Send one HTTP request through the gateway.

        Args:
            method: GET, POST and so on.
            path: Path and query.
            headers: A mapping, or pairs where a name repeats.
            body: Bytes or text; anything else is sent as JSON.
        """
        return self.serve(request_of(method, path, headers=headers or [], body=body))

    def serve(self, request: Request) -> Response:
        """Answer one request; requests go before queued work."""
        self.doors += 1
        try:
            with self.lock:
                return self.wired.gateway.serve(request, self.invoker.call, now=self.clock.now())
        finally:
            self.doors -= 1
            self.woken.set()

    def _get(self, path: str) -> Response:
        return self.http("GET", path, headers={"user-agent": "Mozilla/5.0 (local outbox)"})

    def _publish(self, entries: list[dict[str, Any]]) -> None:
        with self.lock:
            self.wire.changes += 1
            self.emulator.publish(entries)

    def step(self) -> Counter[str]:
        """Visit each mapping once, streams last, as they ask if more may come; count the items."""
        moved: Counter[str] = Counter()
        for mapping in sorted(self.wired.mappings, key=lambda m: isinstance(m, StreamMapping)):
            self._yield()
            with self.lock:
                if isinstance(mapping, StreamMapping):
                    count = mapping.step(self.sources, quiet=not moved)
                else:
                    count = mapping.step(self.queues, self.invoker)
                self.wire.changes += bool(count)
            if count:
                moved[mapping.function] += count
        with self.lock:
            read = [
                (m.table, m.progress) for m in self.wired.mappings if isinstance(m, StreamMapping)
            ]
            self.streams.forget([(table, at.position or 0) for table, at in read])
        return moved

    def _yield(self) -> None:
        """Let requests that wait at the door go first, for a moment."""
        if self.doors and threading.current_thread() is not threading.main_thread():
            time.sleep(0.001)

    def drain(self, *, rounds: int = ROUNDS) -> dict[str, int]:
        """
        Run the queues and streams to silence.

        Returns:
            How many items each function was given.

        Raises:
            NotSettled: They still move after `rounds` rounds.
        """
        total: Counter[str] = Counter()
        with self.turn:
            for _ in range(rounds):
                moved = self.step()
                if not moved:
                    return dict(total)
                total += moved
        raise NotSettled(f"still moving after {rounds} rounds: {dict(moved)}")

    def settle(self) -> dict[str, int]:
        """Wait for what `waited_for` names (a replay, say), then drain."""
        for wait in list(self.waited_for):
            wait()
        return self.drain()

    def fire(self) -> dict[str, int]:
        """Fire the schedules that are due, each once, and expire items."""
        fired: Counter[str] = Counter()
        with self.lock:
            now = self.clock.timestamp()
            for schedule in self.wired.schedules:
                if not schedule.due(now, self.emulator):
                    continue
                schedule.last = now
                for name, given in schedule.targets:
                    fired[name] += 1
                    self._fire_one(name, event_of(schedule.id, given, now))
            self.wire.changes += bool(fired)
        return dict(fired)

    def _fire_one(self, name: str, event: Any) -> None:
        try:
            self.invoker.call(name, event)
        except FunctionError:
            self.woken.set()

    def advance(self, delta: timedelta) -> dict[str, int]:
        """
        Move the clock on, stopping wherever a hidden message shows, and drain at each stop.

        Returns:
            How many items each function was given.
        """
        return self.set_clock(self.clock.now() + delta)

    def set_clock(self, moment: datetime) -> dict[str, int]:
        """Move to `moment`, or to where work on the way ends; a past one is jumped to, no stops."""
        with self.turn:
            ahead = moment >= self.clock.now()
            total: Counter[str] = Counter(self.drain())
            for _ in range(HOPS):
                stop = self.queues.next_visible()
                if stop is None or stop >= moment.timestamp():
                    break
                self._arrive(datetime.fromtimestamp(stop, UTC) + timedelta(milliseconds=1), total)
            self._arrive(max(moment, self.clock.now()) if ahead else moment, total)
            if self.keeper:
                self.keeper.moved(moment.timestamp())
        return dict(total)

    def _arrive(self, moment: datetime, total: Counter[str]) -> None:
        self.clock.set(moment)
        with self.lock:
            expire(self.emulator)
            self.wire.changes += 1
        total.update(self.fire())
        total.update(self.drain())

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Hold the cloud and run at `moment`; drain inside, before time comes back."""
        with self.turn, self.lock, self.clock.at(moment):
            yield

    def stats(self) -> dict[str, Any]:
        """Tell what the functions did and what waits."""
        found = {"functions": self.invoker.stats(), "queues": self.queues.waiting()}
        found |= {"worker": self.worker.stats()} if self.worker else {}
        return found | {"progress": self.progress}

    def save(self) -> bool:
        """Write the state to disk if it is kept and has changed; tell whether it was written."""
        return self.keeper is not None and self.keeper.save(self)

    def snapshot(self) -> bytes:
        """Give the whole state at one moment."""
        with self.lock:
            return persist.capture(self)

    def restore(self, state: bytes) -> None:
        """Go back to a state that `snapshot` gave."""
        with self.lock:
            kept = persist.read(state)
            persist.restore_data(self, kept)
            persist.restore_progress(self, kept)
