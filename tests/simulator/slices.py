"""
Schedules side by side: each share in a process of its own, with one hash seed for all.

`python -m tests.simulator.slices '{…}'` runs one share and prints its tally as JSON.
"""

import gc
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tests.simulator.mutants import BY_NAME
from tests.simulator.naive import protocol
from tests.simulator.run import (
    TURN,
    Result,
    Schedule,
    as_json,
    quiet,
    random_schedules,
    run,
    sweep_schedules,
)

ROOT = Path(__file__).resolve().parents[2]
# So many schedules at a time; then the progress is told.
LOT = 100
FEW = 5
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Share:
    """
    What one process runs.

    Args:
        kind: `random` or `sweep`.
        first: The first seed, or the part of the sweep.
        count: How many schedules; of a sweep, how many parts there are.
        rate: The rate of faults of random schedules.
        needs: What must be in every story.
        mutants: Guards that are missing, by name.
        naive: Another protocol, by name.
        until_broken: Stop at the first violation.
    """

    kind: str = "random"
    first: int = 0
    count: int = 100
    rate: float = 0.01
    needs: tuple[str, ...] = ()
    mutants: tuple[str, ...] = ()
    naive: str = ""
    until_broken: bool = False

    def schedules(self) -> Iterator[Schedule]:
        """Give the schedules of this share."""
        if self.kind == "sweep":
            return sweep_schedules(self.first, self.count)
        return random_schedules(self.first, self.count, rate=self.rate, needs=frozenset(self.needs))


@dataclass
class Tally:
    """What came of many schedules."""

    schedules: int = 0
    calls: int = 0
    steps: int = 0
    doubles: int = 0
    doubled: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    invariants: Counter[str] = field(default_factory=Counter)
    broken: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: Result, *, before: int = 0) -> None:
        """Count one schedule; `before` is how many were counted elsewhere."""
        self.schedules += 1
        self.calls += result.calls
        self.steps += result.steps
        self.doubles += result.doubles
        self.doubled += result.doubles > 0
        self.statuses += result.statuses
        self.marks.update(result.marks)
        self.faults.update(fault.kind for fault in result.injected)
        self.invariants.update({violation.invariant for violation in result.violations})
        if result.broken and len(self.broken) < FEW:
            self.broken.append({**as_json(result), "after": before + self.schedules})

    def join(self, other: "Tally") -> None:
        """Count another tally: of another process, or of other schedules."""
        for name in ("schedules", "calls", "steps", "doubles", "doubled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("statuses", "marks", "faults", "invariants"):
            getattr(self, name).update(getattr(other, name))
        self.broken += other.broken
        self.seconds = max(self.seconds, other.seconds)

    @property
    def per_minute(self) -> float:
        """Schedules per minute of the whole machine."""
        return 60 * self.schedules / self.seconds if self.seconds else 0.0


def run_share(share: Share, tell: Tell = lambda _done: None, *, apart: bool = False) -> Tally:
    """
    Run one share in this process.

    Args:
        share: What to run.
        tell: Called with the number of schedules that are done.
        apart: Run each lot in a child. Worlds are full of circles, which cost a tenth of all time
            to take apart; a child just ends. The first lot is run here in any case: what is
            loaded, compiled and prepared for it, every child then has.
    """
    quiet()
    tally, began = Tally(), time.perf_counter()
    with ExitStack() as stack:
        for name in share.mutants:
            stack.enter_context(BY_NAME[name].living())
        stack.enter_context(protocol(share.naive))
        gc.disable()
        stack.callback(gc.enable)
        stack.callback(gc.unfreeze)
        for schedules in _lots(share.schedules()):
            alone = apart and tally.schedules > 0
            tally.join((_in_child if alone else _run)(schedules, share, before=tally.schedules))
            del tally.broken[FEW:]
            tell(tally.schedules)
            if share.until_broken and tally.broken:
                break
    tally.seconds = time.perf_counter() - began
    return tally


def _lots(schedules: Iterator[Schedule]) -> Iterator[list[Schedule]]:
    """Cut schedules into lots; the first has one of each kind, where they are of several."""
    size = TURN
    while lot := list(islice(schedules, size)):
        yield lot
        size = LOT


def _run(schedules: Iterable[Schedule], share: Share, *, before: int) -> Tally:
    """Run some schedules, and take away what is left of their worlds; what stays, stays on."""
    tally = _counted_up(schedules, share, before=before)
    gc.collect()
    if not before:
        gc.freeze()
    return tally


def _counted_up(schedules: Iterable[Schedule], share: Share, *, before: int) -> Tally:
    tally = Tally()
    for schedule in schedules:
        tally.add(run(schedule), before=before)
        if share.until_broken and tally.broken:
            break
    return tally


def _in_child(schedules: Iterable[Schedule], share: Share, *, before: int) -> Tally:
    """Run some schedules in a child of this process, which has no other thread."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        os.close(reader)
        try:
            with os.fdopen(writer, "w") as way:
                json.dump(vars(_counted_up(schedules, share, before=before)), way)
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, nobody else would tell it
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as way:
        found = way.read()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the child that ran a lot of schedules came to harm")
    return _tally_of(json.loads(found))


def _tally_of(found: dict[str, Any]) -> Tally:
    return Tally(**{n: Counter(v) if isinstance(v, dict) else v for n, v in found.items()})


def shared(share: Share, jobs: int) -> list[Share]:
    """Cut a share into as many as there are processes."""
    fields = vars(share)
    if share.kind == "sweep":
        return [Share(**{**fields, "first": part, "count": jobs}) for part in range(jobs)]
    size = -(-share.count // jobs)
    starts = range(share.first, share.first + share.count, size)
    last = share.first + share.count
    return [Share(**{**fields, "first": at, "count": min(size, last - at)}) for at in starts]


def run_shares(shares: list[Share], tell: Tell = lambda _done: None) -> Tally:
    """Run shares side by side, each in a process of its own."""
    total, began = Tally(), time.perf_counter()
    processes = [_started(share) for share in shares]
    tallies: list[Tally] = []
    done = [0] * len(processes)

    def read(number: int, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            found = json.loads(line)
            if "done" in found:
                done[number] = found["done"]
                tell(sum(done))
            else:
                tallies.append(_tally_of(found))

    readers = [threading.Thread(target=read, args=(n, p)) for n, p in enumerate(processes)]
    for reader in readers:
        reader.start()
    for reader, process in zip(readers, processes, strict=True):
        reader.join()
        with process:
            pass
        if process.returncode:
            raise RuntimeError(f"a share ended with {process.returncode}")
    for tally in tallies:
        total.join(tally)
    total.seconds = time.perf_counter() - began
    return total


def _started(share: Share) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.simulator.slices", json.dumps(vars(share))]
    paths = [str(ROOT), str(ROOT / "layers/signet/python")]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def main(arguments: list[str]) -> int:
    """Run one share and print its tally."""
    share = Share(**json.loads(arguments[0]))

    def tell(done: int) -> None:
        sys.stdout.write(json.dumps({"done": done}) + "\n")
        sys.stdout.flush()

    tally = run_share(share, tell, apart=hasattr(os, "fork"))
    sys.stdout.write(json.dumps(vars(tally)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
