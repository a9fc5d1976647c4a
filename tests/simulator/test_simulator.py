"""The promise, searched for a schedule that breaks it: a slice of what `signet simulate` runs."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest

from tests.simulator.__main__ import regression
from tests.simulator.faults import KINDS
from tests.simulator.loop import Loop, TooLong
from tests.simulator.mutants import BY_NAME, MUTANTS
from tests.simulator.run import (
    REFERENCES,
    SPECIAL,
    Result,
    Schedule,
    decisions,
    random_schedules,
    run,
    shrink,
)
from tests.simulator.slices import ROOT, Share, Tally, run_share, run_shares, shared

JOBS = 2
BACKUP = "the tables are from a backup"
# Guards whose absence some early schedule notices.
AWAKE = (
    "gate and campaign are not looked at",
    "class once is repeated",
    "message ids are drawn",
    "a failing batch of the stream is skipped",
    "events are acknowledged before they are queued",
    "a late event overwrites",
    "lineage is written after the event's row",
    "hours are not looked at after the claim",
    "a suppression of a channel is overheard",
)


def broken(tally: Tally) -> list[str]:
    """Give what was broken, and how to see it again."""
    return [f"--seed {b['seed']} --rate {b['rate']}: {b['violations'][0]}" for b in tally.broken]


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "count"), [(0.01, 1_200), (0.05, 400)])
def test_no_random_schedule_breaks_the_promise(rate: float, count: int) -> None:
    """Whatever fails, nothing is lost, doubled or sent without consent, and the figures agree."""
    tally = run_shares(shared(Share(first=100_000, count=count, rate=rate), JOBS))

    assert [] == broken(tally)
    assert count == tally.schedules
    assert len(KINDS) < len(tally.faults)


def test_each_kind_of_schedule_meets_all_faults_and_half_of_them() -> None:
    """Some faults hide others, so every third schedule of each kind is without some."""
    kinds: dict[frozenset[str], set[bool]] = {}
    for schedule in random_schedules(0, 120, rate=0.0):
        kinds.setdefault(schedule.needs, set()).add(schedule.swarm)

    assert len(SPECIAL) + 1 == len(kinds)
    assert all({True, False} == swarms for swarms in kinds.values())


def test_the_reference_stories_are_about_what_they_are_said_to_be_about() -> None:
    """Stories follow from seeds, and one that has changed may have become empty."""
    told, arrived = (heard(run(schedule)) for schedule in REFERENCES)

    whole = {"orders", "signups", "message", "pause", "resume", "suppress"}
    assert whole | {"consent.withdrawn", "consent.granted"} <= set(told)
    assert {"identify", "batch", "source", "bus", "correct"} <= set(arrived)
    assert {"campaign_paused", "delivered > bounced", "claimed > held"} <= run(REFERENCES[0]).marks


@pytest.mark.slow
def test_no_single_fault_breaks_the_promise() -> None:
    """Each call of the reference stories meets each fault that it may meet, alone."""
    wanted = sum(len(KINDS[about]) for told in REFERENCES for about in decisions(told))
    tally = run_shares(shared(Share(kind="sweep"), JOBS))

    assert [] == broken(tally)
    assert wanted == tally.schedules == sum(tally.faults.values())


@pytest.mark.parametrize("name", AWAKE)
def test_the_simulator_notices_a_missing_guard(name: str) -> None:
    """A search that finds nothing is worth nothing unless it finds what is there."""
    mutant = BY_NAME[name]
    share = Share(
        first=50_000, count=100, rate=mutant.rate, needs=tuple(mutant.needs), mutants=(name,),
        until_broken=True,
    )  # fmt: skip

    assert run_share(share).broken


def test_a_mutant_that_is_backed_up_names_a_mutant() -> None:
    """The table of guards refers to itself only."""
    assert set() == {m.backed_by for m in MUTANTS if m.backed_by} - set(BY_NAME)
    assert len(BY_NAME) == len(MUTANTS) >= 25


def test_what_is_kept_of_the_hunt_is_of_these_mutants_and_none_got_away() -> None:
    """The page shows a whole hunt: most were noticed alone, all others with their backing."""
    kept = json.loads((ROOT / "tests/simulator/results/mutants.json").read_text("utf-8"))

    assert [m.name for m in MUTANTS] == [row["mutant"] for row in kept]
    assert [m.backed_by for m in MUTANTS] == [row["backed by"] for row in kept]
    assert 20 <= sum(row["alone"] != "survives" for row in kept)
    assert [] == [row for row in kept if row["alone"] == "survives" and not row["together"]]


@pytest.mark.parametrize("schedule", regression(), ids=lambda s: s.seed)
def test_what_once_broke_the_promise_does_so_no_more(schedule: Schedule) -> None:
    """Every schedule that ever failed is kept, and tells the same as long as stories do."""
    assert [] == run(schedule).violations


def test_an_operator_asks_again_when_the_work_of_a_replay_was_damaged() -> None:
    """A replay that became a dead letter opens nothing; whoever looks at the gate sees that."""
    found = next(
        result
        for schedule in random_schedules(0, 50, rate=0.0, needs=frozenset({"restore"}))
        if "replay" in heard(result := run(schedule), until="- calm")
    )
    last = max(n for n, (_, where) in enumerate(found.asked) if where == "upkeep.message")
    damaged = run(replace(found.schedule, script={last: "corrupted"}))

    assert 1 == heard(found).count("replay")
    assert 2 == heard(damaged).count("replay")
    assert [] == found.violations == damaged.violations


def heard(result: Result, *, until: str = "never") -> list[str]:
    """Give what callers heard a yes for, up to some line of the trace."""
    lines = takewhile(lambda line: not line.endswith(until), result.lines)
    return [line.rpartition(" heard ")[2] for line in lines if " heard " in line]


def test_what_waits_for_ever_is_reported_with_the_reason_that_its_row_has() -> None:
    """Looks that lie further and further apart are endless, too: time has a bound as steps have."""
    with BY_NAME["a replay opens no gate"].living():
        results = map(run, random_schedules(0, 50, rate=0.0, needs=frozenset({"restore"})))
        found = next(r for r in results if any(BACKUP in v.what for v in r.violations))

    assert ["I13"] == [violation.invariant for violation in found.violations]
    assert "not at rest after 60 days" in found.violations[0].what
    assert found.steps < 10_000


def test_work_that_makes_itself_anew_at_once_is_reported() -> None:
    """A loop that stands still in time is ended by its steps."""
    loop = Loop("endless", most_steps=1_000)

    def again() -> None:
        loop.at(loop.now, again)

    again()
    with pytest.raises(TooLong, match="1000 steps"):
        loop.run()


def test_the_same_seed_gives_the_same_trace_in_another_process() -> None:
    """A failure can be seen again: nothing depends on the process it happened in."""
    traces = [_trace("4711", hashes) for hashes in ("0", "0", "1")]

    assert traces[0] == traces[1] == traces[2]
    assert traces[0] != _trace("4712", "0")


def _trace(seed: str, hashes: str) -> str:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hashes,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers/signet/python")]),
    }
    command = [sys.executable, "-m", "tests.simulator", "--seed", seed, "--rate", "0.02", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return str(json.loads(done.stdout)["trace"])


def test_a_failure_shrinks_to_the_faults_that_matter() -> None:
    """Of many injected faults few remain, and the promise is still broken by them."""
    with BY_NAME["the SDK repeats sends"].living():
        found = next(
            result for seed in range(200) if (result := run(Schedule(str(seed), rate=0.03))).broken
        )
        small = shrink(found)

    assert small.broken
    assert 1 <= len(small.injected) < len(found.injected)


def test_the_command_says_how_many_schedules_it_ran() -> None:
    """The command needs a checkout and says what it did; without a violation it succeeds."""
    command = [sys.executable, "-m", "tests.simulator", "--schedules", "20", "--json"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers/signet/python")])
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (20, []) == (json.loads(done.stdout)["schedules"], json.loads(done.stdout)["broken"])
    assert Path(ROOT / "tests" / "simulator" / "seeds").is_dir()
