"""
What it costs to run the functions in a worker process: the same load in both ways, in turn.

Run it with `signet bench worker`. The best of each way counts, because both are disturbed alike.
"""

import argparse
import json
import logging
import sys
from typing import Any

from benchmarks.pipeline import Load, prepare, through
from cli.output import table
from infra.local.cloud import LocalCloud


def measure(load: Load, turns: int) -> dict[str, Any]:
    """Send a load through local clouds without and with a worker, so many times each."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    calls: dict[bool, int] = {}
    for _ in range(turns):
        for worker, found in seconds.items():
            with LocalCloud(worker=worker, frozen=True) as cloud:
                logging.getLogger().setLevel(logging.WARNING)
                prepare(cloud, load)
                cloud.meter.calls.clear()
                found.append(through(cloud, list(load.tracked())))
                calls[worker] = sum(cloud.meter.calls.values())
    one, two = min(seconds[False]), min(seconds[True])
    return {
        "events": load.events,
        "mails": load.mails,
        "calls": calls[True],
        "same_calls": calls[True] == calls[False],
        "events_per_second_one_process": round(load.events / one, 1),
        "events_per_second_worker": round(load.events / two, 1),
        "ratio": round(two / one, 2),
        "microseconds_more_per_call": round((two - one) / calls[True] * 1e6),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; fail where the two ways do not make the same calls."""
    parser = argparse.ArgumentParser(prog="signet bench worker")
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    result = measure(Load(given.events, given.mails), given.turns)
    text = json.dumps(result) if given.json else table(("figure", "value"), list(result.items()))
    sys.stdout.write(text + "\n")
    return 0 if result["same_calls"] else 1


if __name__ == "__main__":
    sys.exit(main())
