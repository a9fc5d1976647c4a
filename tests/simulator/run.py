"""Run schedules: one, many, every single fault; and shrink what breaks a promise."""

import logging
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from signet.adapters.dynamodb import message_row
from tests.simulator import faults
from tests.simulator.checker import check
from tests.simulator.evidence import Evidence, Violation
from tests.simulator.faults import KINDS, Injected, Plan
from tests.simulator.loop import Note, TooLong, hash_of, lines_of
from tests.simulator.marks import marks_of
from tests.simulator.scenario import begin
from tests.simulator.story import Story

# The reference story: orders, a sign-up, a message, a pause that holds somebody's mail, changes of
# mind, a suppression, a bounce.
REFERENCE = "reference-1000"
# And one in which nothing happens but that the same people are spoken of by several doors.
ARRIVALS = "arrivals-150"
# Of each twelve schedules two may be restored, one has a campaign with a cap, two are of intake,
# two are about hours and refusals, one is about doubts, and four have nothing special.
TURN = 12
# What is due is spread over so many: of eight, most queries would find nothing in theirs.
BUCKETS = (1, 1, 2)
SPECIAL = {
    0: ("ruled",),
    1: ("tardy", "assured"),
    2: ("intake",),
    3: ("capped",),
    5: ("restore", "tardy"),
    7: ("restore",),
    8: ("ruled", "brink"),
    9: ("intake", "rush"),
}


@dataclass(frozen=True)
class Schedule:
    """
    What to run.

    Args:
        seed: Decides the story, the order of things, and the faults.
        rate: How often each kind of fault happens, per call.
        swarm: Only a random half of the kinds happens.
        needs: What must be in the story: see `scenario.begin`.
        script: The faults by the number of their decision, instead of drawn ones.
    """

    seed: str
    rate: float = 0.01
    swarm: bool = False
    needs: frozenset[str] = frozenset()
    script: Mapping[int, str] | None = None

    def plan(self) -> Plan:
        """Make the plan of what goes wrong."""
        if self.script is not None:
            return Plan(script=self.script, seed=self.seed)
        if self.swarm:
            return faults.swarm(self.seed, self.rate)
        return Plan(rate=self.rate, seed=self.seed)


REFERENCES = (
    Schedule(REFERENCE, rate=0.0),
    Schedule(ARRIVALS, rate=0.0, needs=frozenset({"intake", "alone"})),
)


@dataclass
class Result:
    """What came of a schedule."""

    schedule: Schedule
    violations: list[Violation]
    notes: list[Note]
    calls: int
    steps: int
    injected: list[Injected]
    asked: list[tuple[str, str]]
    statuses: Counter[str] = field(default_factory=Counter)
    marks: frozenset[str] = frozenset()
    doubles: int = 0

    @property
    def lines(self) -> list[str]:
        """The trace, in lines."""
        return lines_of(self.notes)

    @property
    def trace(self) -> str:
        """The hash of the trace: the same for the same schedule."""
        return hash_of(self.notes)

    @property
    def broken(self) -> bool:
        """Tell whether a promise was broken."""
        return bool(self.violations)


def quiet() -> None:
    """Let the handlers' logs go nowhere; every fault would fill a page."""
    logging.disable(logging.CRITICAL)


def run(schedule: Schedule) -> Result:
    """Run one schedule to its rest and check it."""
    plan = schedule.plan()
    with _few_buckets(schedule.seed):
        story = begin(schedule.seed, plan, needs=schedule.needs)
        loop = story.world.loop
        try:
            loop.run()
            violations = check(story)
        except TooLong as endless:
            violations = [Violation("I13", f"{endless}{_restless(story)}")]
    return Result(
        schedule=schedule,
        violations=violations,
        notes=loop.notes,
        calls=story.world.calls,
        steps=loop.steps,
        injected=plan.injected,
        asked=plan.asked,
        statuses=_statuses(story),
        marks=marks_of(story),
        doubles=_doubles(story),
    )


@contextmanager
def _few_buckets(seed: str) -> Iterator[None]:
    """Spread what is due over one bucket or two, not over eight."""
    kept = message_row.DUE_BUCKETS
    message_row.DUE_BUCKETS = random.Random(f"buckets:{seed}").choice(BUCKETS)
    try:
        yield
    finally:
        message_row.DUE_BUCKETS = kept


def _statuses(story: Story) -> Counter[str]:
    """Count messages by class and status."""
    rows = [row for row in story.world.events.rows.values() if row["sk"] == "message"]
    return Counter(f"{row.get('message_class', 'once')}:{row['status']}" for row in rows)


def _restless(story: Story) -> str:
    """Tell which messages have no end where a story does not come to rest."""
    rows = [row for row in story.world.events.rows.values() if row["sk"] == "message"]
    found = {f"{row['status']}, {row.get('reason', '')}" for row in rows if "due_sk" in row}
    return "".join(f"; {one}" for one in sorted(found))


def _doubles(story: Story) -> int:
    """Count the mails that were accepted after another of the same message."""
    return sum(len(taken) - 1 for taken in Evidence(story).inbox.values())


def random_schedules(
    first: int, count: int, *, rate: float, needs: frozenset[str] = frozenset()
) -> Iterator[Schedule]:
    """Give schedules of many seeds, some of a special kind; of each kind every third is a swarm."""
    for seed in range(first, first + count):
        more = () if needs else SPECIAL.get(seed % TURN, ())
        yield Schedule(str(seed), rate, swarm=seed // TURN % 3 == 0, needs=needs | frozenset(more))


def decisions(told: Schedule) -> list[str]:
    """Give what each decision of a reference story, told without faults, is about."""
    return [about for about, _ in run(told).asked]


def sweep_schedules(part: int = 0, parts: int = 1) -> Iterator[Schedule]:
    """Give one schedule for each decision of the reference stories and each fault it may meet."""
    for number, schedule in enumerate(_sweeping()):
        if number % parts == part:
            yield schedule


def _sweeping() -> Iterator[Schedule]:
    for told in REFERENCES:
        for decision, about in enumerate(decisions(told)):
            for kind in KINDS[about]:
                yield replace(told, script={decision: kind})


def shrink(result: Result) -> Result:
    """Drop faults one by one as long as the promise stays broken."""
    wanted = {violation.invariant for violation in result.violations}
    best = _replayed(result.schedule, result.injected)
    if not wanted & {violation.invariant for violation in best.violations}:
        return result
    shorter = True
    while shorter:
        shorter = False
        for fault in list(best.injected):
            rest = [other for other in best.injected if other is not fault]
            tried = _replayed(result.schedule, rest)
            if wanted & {violation.invariant for violation in tried.violations}:
                best, shorter = tried, True
                break
    return best


def _replayed(schedule: Schedule, injected: Sequence[Injected]) -> Result:
    return run(replace(schedule, script={fault.number: fault.kind for fault in injected}))


def as_json(result: Result) -> dict[str, Any]:
    """Write a result as JSON would."""
    return {
        "seed": result.schedule.seed,
        "rate": result.schedule.rate,
        "swarm": result.schedule.swarm,
        "needs": sorted(result.schedule.needs),
        "script": {fault.number: fault.kind for fault in result.injected},
        "violations": [f"{v.invariant}: {v.what}" for v in result.violations],
        "trace": result.trace,
    }
