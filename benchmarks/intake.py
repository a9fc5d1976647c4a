"""
What it costs to take events in, clean them and join them to people.

Run with `signet bench intake`, or `python -m benchmarks.intake --events 2000`.
It fails where an ordinary event, a track by somebody known whose row is at most a kilobyte, costs
more than three calls or 2.1 write units.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.demo.doors import Doors
from cli.output import table
from infra.local.cloud import LocalCloud

PEOPLE, BATCH, STRIDE = 500, 100, 10
MOST_CALLS, MOST_UNITS = 3.0, 2.1
ORDINARY = "track by somebody known"
Call = dict[str, Any]
Result = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of event; `make` gives the call of a number."""

    name: str
    make: Callable[[int], Call]
    batch: int = BATCH


def person(number: int) -> str:
    """Name the person of a number; each lap begins with the next one."""
    return f"person-{(number + number // PEOPLE) % PEOPLE}"


def identify(prefix: str, number: int, *, city: str, who: str) -> Call:
    """Make an identify call."""
    traits = {
        "email": f"{who}@example.org",
        "first_name": f"P{number}",
        "phone": f"+44 20 7946 {number % 1000:04d}",
        "city": city,
    }
    key = f"bench-{prefix}-{number}"
    return {"type": "identify", "messageId": key, "userId": who, "traits": traits}


def track(prefix: str, number: int) -> Call:
    """Make a track call of somebody known."""
    return {
        "type": "track",
        "messageId": f"bench-{prefix}-{number}",
        "userId": person(number),
        "event": "Product Viewed",
        "properties": {"price": number, "product_id": f"sku-{number}"},
    }


KINDS = (
    Kind("identify somebody new", lambda n: identify("n", n, city="Paris", who=f"person-{n}")),
    Kind(ORDINARY, lambda n: track("t", n)),
    Kind("the same track again", lambda n: track("t", n)),
    Kind("identify, nothing new", lambda n: identify("i", n, city="Paris", who=person(n))),
    Kind("identify, another city", lambda n: identify("j", n, city="Oslo", who=person(n))),
    Kind("track, one a call", lambda n: track("a", n), batch=1),
)


def measure(events: int) -> list[Result]:
    """Send each kind of event through a new local cloud and give its figures."""
    with LocalCloud() as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        return [_of(cloud, kind, count) for kind, count in _sized(events)]


def _sized(events: int) -> Iterator[tuple[Kind, int]]:
    for kind in KINDS:
        new = kind is KINDS[0]
        yield kind, PEOPLE if new else events // 10 if kind.batch == 1 else events


def _of(cloud: LocalCloud, kind: Kind, count: int) -> Result:
    meter, doors = cloud.meter, Doors(cloud)
    meter.calls.clear()
    meter.units.clear()
    before = _seconds(cloud)
    calls = [kind.make(number) for number in range(count)]
    for turn, at in enumerate(range(0, count, kind.batch), 1):
        doors.track(calls[at : at + kind.batch])
        if kind.batch == 1 or turn % STRIDE == 0:
            cloud.drain()
    cloud.drain()
    return {
        "kind": kind.name,
        "events": count,
        "calls_per_event": round(sum(meter.calls.values()) / count, 3),
        "write_units_per_event": round(meter.units["dynamodb.write"] / count, 3),
        "ingest_us_per_event": round((_seconds(cloud)["ingest"] - before["ingest"]) / count * 1e6),
        "preprocess_us_per_event": round(
            (_seconds(cloud)["preprocess"] - before["preprocess"]) / count * 1e6
        ),
    }


def _seconds(cloud: LocalCloud) -> dict[str, float]:
    functions = cloud.stats()["functions"]
    return {
        stage: sum(f["seconds"] for name, f in functions.items() if name.lower().startswith(stage))
        for stage in ("ingest", "preprocess")
    }


def faults(results: list[Result]) -> list[str]:
    """Say in a sentence each which limit an ordinary event breaks."""
    ordinary = next(result for result in results if result["kind"] == ORDINARY)
    limits = {"calls": MOST_CALLS, "write_units": MOST_UNITS}
    found = {what: ordinary[f"{what}_per_event"] for what in limits}
    return [
        f"an ordinary event cost {found[what]} {what}, more than {most:g}"
        for what, most in limits.items()
        if found[what] > most
    ]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where an ordinary event costs too much."""
    parser = argparse.ArgumentParser(prog="signet bench intake")
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    results = measure(given.events)
    rows = [tuple(result.values()) for result in results]
    shown = json.dumps(results) if given.json else table(tuple(results[0]), rows)
    sys.stdout.write(shown + "\n")
    found = faults(results)
    sys.stderr.write("".join(f"intake: {fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
