"""Functions run apart, in a worker process that may be killed at any moment."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from infra.local.clock import MovableClock
from infra.local.frames import Gone, Head, Line
from infra.local.function import Function, FunctionError
from infra.local.wire import Asked, Wire

# Starting a worker and importing a handler take a second; a busy machine may take some more.
START_SECONDS = 60.0
# A worker whose line is gone is given this long to leave by itself, so that its status can be told.
GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """One call of the SDK that a function makes in the worker; `number` counts from 1."""

    number: int
    function: str
    asked: Asked
    applied: bool = False


Kill = Callable[[Call], bool]
Moment = Literal["before", "after", "between", "overrun"]


@dataclass(frozen=True)
class Death:
    """
    A worker's end while it ran a function.

    Before its last call was applied, after that and before it knew the answer, between two
    calls, or because it overran the function's timeout. `call` is None where it had made none.
    """

    function: str
    moment: Moment
    call: Call | None


class Process:
    """One worker process, with the line to it and the functions that it has imported."""

    def __init__(self) -> None:
        """Start it; it ends by itself when the line does."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._popen = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                    [sys.executable, "-Pum", "infra.local.worker", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=os.environ | {"PYTHONPATH": os.pathsep.join(searched())},
                    process_group=0,  # Ctrl-C is for the local cloud
                )
            except BaseException:
                ours.close()
                raise
        self.line = Line(ours)
        self.loaded: set[str] = set()

    @property
    def pid(self) -> int:
        """Tell its id."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self._popen.poll() is None

    def kill(self) -> None:
        """Kill it and see it dead; from any thread."""
        self._popen.kill()
        self._popen.wait()

    def end(self, *, grace: float = 0.0) -> str:
        """Make sure that it is dead, after seconds of grace, and tell how it ended."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(grace)
        self.kill()
        self.line.close()
        code = self._popen.returncode
        return f"exit status {code}" if code >= 0 else f"signal: {-code}"


def searched() -> list[str]:
    """Give the folders in which this process finds modules, also where that is where it stands."""
    return [entry or str(Path.cwd()) for entry in sys.path]


class Apart:
    """
    Runs functions in a worker process, one at a time, and answers what they ask of AWS.

    A worker that is gone fails the invocation that it ran; the next one starts another.
    """

    def __init__(self, wire: Wire, clock: MovableClock, *, timeouts: bool = True) -> None:
        """
        Answer with `wire` and let the worker's clock follow `clock`.

        Args:
            wire: Of the local cloud.
            clock: Likewise.
            timeouts: Kill a worker that overruns a function's timeout, in real time.
        """
        self.wire = wire
        self.clock = clock
        self.timeouts = timeouts
        self.kill: Kill | None = None
        self.started = 0
        self.calls = 0
        self.deaths: list[Death] = []
        self._process: Process | None = None
        self._gate = threading.Lock()
        self._closed = False

    def take(self, function: Function) -> None:
        """Do nothing: a worker imports a function when it is first called."""

    def run(self, function: Function, event: str, request_id: str) -> str:
        """
        Call a function, from JSON to JSON.

        Raises:
            FunctionError: It failed, its worker died, or it ran too long.
        """
        process = self._ready(function)
        run = Run(self, process, function)
        try:
            return run.converse(event, request_id)
        except (Gone, TimeoutError) as error:
            overran = isinstance(error, TimeoutError)
            if overran:
                process.kill()
            self.deaths.append(run.death(overran=overran))
            raise self._ended(function, overran=overran) from error
        except FunctionError:
            raise
        except BaseException:
            self._end()
            raise

    def kill_now(self) -> bool:
        """Kill the worker at whatever it is; False when there is none alive."""
        process = self._process
        if process is None or not process.alive:
            return False
        process.kill()
        return True

    @property
    def pid(self) -> int | None:
        """Tell the worker's process id, if there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the worker; none is started again."""
        with self._gate:
            self._closed = True
            self._end()

    def stats(self) -> dict[str, Any]:
        """Tell how many workers there were, and how they died."""
        moments = Counter(death.moment for death in self.deaths)
        return {"started": self.started, "deaths": dict(moments)}

    def _ready(self, function: Function) -> Process:
        with self._gate:
            if self._closed:
                raise FunctionError(function.name, "Runtime.ExitError", "the local cloud is closed")
            if self._process is None or not self._process.alive:
                self._end()
                self._process = Process()
                self.started += 1
            return self._process

    def _ended(self, function: Function, *, overran: bool) -> FunctionError:
        how = self._end(grace=GRACE_SECONDS)
        if overran:
            message = f"Task timed out after {function.timeout:.2f} seconds"
            return FunctionError(function.name, "Sandbox.Timedout", message)
        return FunctionError(function.name, "Runtime.ExitError", f"the worker ended: {how}")

    def _end(self, *, grace: float = 0.0) -> str:
        process, self._process = self._process, None
        return process.end(grace=grace) if process else "closed"


class Run:
    """One invocation: what the worker asks is answered until the function is done."""

    def __init__(self, apart: Apart, process: Process, function: Function) -> None:
        """Speak to `process`."""
        self.apart = apart
        self.process = process
        self.function = function
        self.call: Call | None = None
        self.answered = True
        self.until = self._limit(START_SECONDS)

    def converse(self, event: str, request_id: str) -> str:
        """
        Send the event and serve until the answer comes.

        Raises:
            FunctionError: The function failed.
            Gone: The worker did.
            TimeoutError: The function takes too long.
        """
        if self.function.name in self.process.loaded:
            self.until = self._limit(self.function.timeout)
        self._send(self._order(request_id), event.encode())
        while True:
            head, body = self.process.line.receive(until=self.until)
            match head.get("kind"):
                case "call":
                    self._serve(Asked(**head["asked"], body=body))
                case "loaded":
                    self.process.loaded.add(self.function.name)
                    self.until = self._limit(self.function.timeout)
                case "done":
                    self._book(head)
                    return body.decode()
                case "failed":
                    self._book(head)
                    raise self._failure(head)
                case other:
                    raise Gone(f"{other!r} is nothing that a worker says")

    def death(self, *, overran: bool) -> Death:
        """Say where the worker ended."""
        moment: Moment = "between"
        if overran:
            moment = "overrun"
        elif self.call and not self.answered:
            moment = "after" if self.call.applied else "before"
        return Death(self.function.name, moment, self.call)

    def _order(self, request_id: str) -> Head:
        order: Head = {"kind": "run", "name": self.function.name, "request_id": request_id}
        if self.function.name in self.process.loaded:
            return order
        kept = ("name", "handler", "environment", "timeout", "memory")
        return order | {"function": {name: getattr(self.function, name) for name in kept}}

    def _serve(self, asked: Asked) -> None:
        self.apart.calls += 1
        self.call = Call(self.apart.calls, self.function.name, asked)
        self.answered = False
        self._die_here(self.call)
        head, body = self._reply(asked)
        self.call = replace(self.call, applied=True)
        self._die_here(self.call)
        self._send(head, body)
        self.answered = True

    def _die_here(self, call: Call) -> None:
        if self.apart.kill and self.apart.kill(call):
            self.process.kill()
            raise Gone("killed at a call")

    def _reply(self, asked: Asked) -> tuple[Head, bytes]:
        try:
            status, headers, body = self.apart.wire.send(asked)
        except Exception as error:  # noqa: BLE001 - the function gets it, as it would in one process
            return {"kind": "raised", "error": type(error).__name__, "message": str(error)}, b""
        return {"kind": "answer", "status": status, "headers": headers}, body

    def _send(self, head: Head, body: bytes) -> None:
        clock = {"clock": self.apart.clock.setting}
        self.process.line.send(head | clock, body, until=self.until)

    def _book(self, head: Head) -> None:
        for who, seconds in head["spent"].items():
            self.apart.wire.meter.seconds[who] += seconds

    def _failure(self, head: Head) -> FunctionError:
        return FunctionError(
            self.function.name, head["error"], head["message"], trace=head["trace"]
        )

    def _limit(self, seconds: float) -> float | None:
        return time.monotonic() + seconds if self.apart.timeouts else None
