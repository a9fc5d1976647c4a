"""
The whole pipeline in one process: tracked events in, mails out, counters settled.

Run with `signet bench pipeline`, or `python -m benchmarks.pipeline --events 10000 --mails 1000`.
It fails where a mail is missing or came twice, where the load took longer than it may, and where
memory grew by more than what was stored.
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import _memory
from benchmarks.guards import Guards
from cli.demo.content import CAMPAIGNS, ORDER_THANKS
from cli.demo.doors import Doors
from cli.output import table
from infra.local.cloud import LocalCloud

PEOPLE, BATCH, STRIDE, PLAIN = 500, 100, 50, 2_000
# Every guard is in force, this one too; nobody gets so many.
CAP = {"most": 100, "within": "P30D"}
TOPIC = "orders"
# So is the whole policy: its windows never close, its holdout holds nobody out.
POLICY: dict[str, Any] = {
    "postal_address": "Ring 1, 1010 Wien",
    "topics": [{"topic": TOPIC}],
    "caps": [CAP, {**CAP, "topic": TOPIC}],
    "send_windows": [{"start": "00:00", "end": "12:00"}, {"start": "12:00", "end": "00:00"}],
    "unknown_zone": "UTC",
    "sunset": {"messages": 1000, "after": "P180D"},
    "holdout": 1e-9,
}
RESULTS = Path(__file__).parent / "results"
Call = dict[str, Any]
Result = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What goes through: `events` tracked calls, of which `mails` trigger a mail each."""

    events: int = 10_000
    mails: int = 1_000
    people: int = PEOPLE

    def identified(self) -> list[Call]:
        """Give the calls that make the people known."""
        return [
            {
                "type": "identify",
                "messageId": f"bench-i-{number}",
                "userId": f"person-{number}",
                "traits": {"email": f"person-{number}@example.org", "first_name": f"P{number}"},
            }
            for number in range(self.people)
        ]

    def tracked(self) -> Iterator[Call]:
        """Give the tracked calls; the ones with a mail are spread evenly among them."""
        for number in range(self.events):
            ordered = (number + 1) * self.mails // self.events > number * self.mails // self.events
            yield {
                "type": "track",
                "messageId": f"bench-t-{number}",
                # Each lap begins with the next person, so that the mails go to all of them.
                "userId": f"person-{(number + number // self.people) % self.people}",
                "event": "Order Completed" if ordered else "Product Viewed",
                "properties": {"total": number, "order_id": f"o-{number}"},
            }


@dataclass(frozen=True)
class Limits:
    """
    What a run may take.

    Args:
        seconds: Of the load.
        unexplained_mib: Mebibytes of its second half that no row explains.
        write_units: Of the tables for each message, with every guard in force.
    """

    seconds: float = 60.0
    unexplained_mib: float = 5.0
    write_units: float = 8.0

    def faults(self, result: Result) -> list[str]:
        """Say in a sentence each what is wrong with a result."""
        found = []
        if not result["sent_once"]:
            found.append(f"{result['mails_sent']} mails left, and not each of them once")
        if result["seconds"] > self.seconds:
            found.append(f"it took {result['seconds']} s, more than {self.seconds:g} s")
        if result["half_2_unexplained_mib"] > self.unexplained_mib:
            grew = result["half_2_unexplained_mib"]
            found.append(f"memory grew by {grew} MiB beyond the stored rows in the second half")
        if result["write_units_per_message"] > self.write_units:
            units = result["write_units_per_message"]
            found.append(f"a message cost {units} write units, more than {self.write_units:g}")
        return found


@dataclass
class Mark:
    """Memory at one moment."""

    resident: int
    stored: int

    @classmethod
    def take(cls, cloud: LocalCloud) -> "Mark":
        """Measure now."""
        return cls(_memory.resident(), _memory.stored(cloud))


def measure(load: Load) -> Result:
    """
    Send a load through a new local cloud, in two halves.

    Returns:
        Figures by name; `sent_once` tells that each mail left exactly once.
    """
    with LocalCloud() as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        campaign = prepare(cloud, load)
        cloud.meter.calls.clear()
        cloud.meter.units.clear()
        guards = cloud.meter.witness = Guards()
        cpu = dict(cloud.meter.seconds)
        calls = list(load.tracked())
        middle = len(calls) // 2
        marks, seconds = [Mark.take(cloud)], 0.0
        for half in (calls[:middle], calls[middle:]):
            seconds += through(cloud, half)
            marks.append(Mark.take(cloud))
        spent = {name: value - cpu[name] for name, value in cloud.meter.seconds.items()}
        figures = speed(load, seconds) | shares(spent) | billed(cloud, load) | grown(marks)
        figures["write_units_by_guard"] = dict(guards.units)
        return figures | checked(cloud, load, campaign)


def prepare(cloud: LocalCloud, load: Load) -> str:
    """Publish the template, launch the campaign, make the people known; give the campaign's id."""
    doors = Doors(cloud)
    doors.publish(ORDER_THANKS)
    doors.ask("PUT", "/v1/policy", POLICY)
    campaign = doors.launch({**CAMPAIGNS[0], "topic": TOPIC, "caps": [CAP]})
    through(cloud, load.identified())
    word = {"channel": "email", "topic": TOPIC, "status": "granted"}
    for number in range(load.people):
        ident = doors.profile(f"person-{number}")
        doors.ask("POST", f"/v1/profiles/{ident}/consents", word)
    cloud.drain()
    return campaign


def through(cloud: LocalCloud, calls: list[Call]) -> float:
    """Send calls in batches, let the queues work now and then, and give the seconds it took."""
    doors, began = Doors(cloud), time.perf_counter()
    for at in range(0, len(calls), BATCH):
        doors.track(calls[at : at + BATCH])
        if at // BATCH % STRIDE == STRIDE - 1:
            cloud.drain()
    cloud.drain()
    return time.perf_counter() - began


def of_a_message(whole: Result, plain: Result) -> Result:
    """
    Give what one message adds to what its events cost anyway.

    Args:
        whole: The figures of a load with mails.
        plain: The figures of a load of events that trigger nothing.
    """
    found: Result = {}
    for what in ("calls", "write_units"):
        events = plain[f"{what}_per_event"] * whole["events"]
        found[f"{what}_per_plain_event"] = plain[f"{what}_per_event"]
        found[f"{what}_per_message"] = round((whole[what] - events) / whole["mails"], 3)
    return found | of_its_guards(whole, plain)


def of_its_guards(whole: Result, plain: Result) -> Result:
    """Give what each guard adds to the write units of one message, without what events cost."""
    found: dict[str, float] = {}
    for what, units in whole["write_units_by_guard"].items():
        events = plain["write_units_by_guard"].get(what, 0) / plain["events"] * whole["events"]
        found[what] = round((units - events) / whole["mails"], 3)
    dearest = sorted(found.items(), key=lambda one: -one[1])
    return {"write_units_per_message_by_guard": {what: units for what, units in dearest if units}}


def speed(load: Load, seconds: float) -> Result:
    """Give the speed."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores",
        "python": sys.version.split()[0],
        "events": load.events,
        "mails": load.mails,
        "seconds": round(seconds, 2),
        "events_per_second": round(load.events / seconds, 1),
    }


def shares(spent: dict[str, float]) -> Result:
    """Give the share of CPU time in the emulator, in the SDK and in the handlers."""
    total = sum(spent.values()) or 1.0
    named = {"engine": "emulator", "sdk": "sdk", "functions": "handlers"}
    return {f"share_{shown}": round(spent[name] / total, 3) for name, shown in named.items()}


def billed(cloud: LocalCloud, load: Load) -> Result:
    """Give what AWS would count."""
    calls, units = cloud.meter.calls, cloud.meter.units
    writes = units["dynamodb.write"]
    many = sum(calls.values())
    return {
        "calls": many,
        "calls_per_event": round(many / load.events, 3),
        "write_units": writes,
        "write_units_per_event": round(writes / load.events, 3),
        "calls_by_operation": dict(calls.most_common()),
        "units": dict(units),
        "seconds_by_function": {
            name: f["seconds"] for name, f in cloud.stats()["functions"].items()
        },
    }


def grown(marks: list[Mark]) -> Result:
    """Give what memory grew by in each half, and how much of that no stored object explains."""
    found: Result = {"peak_mib": mib(_memory.peak())}
    for number, (before, after) in enumerate(pairwise(marks), 1):
        rss, kept = after.resident - before.resident, after.stored - before.stored
        found[f"half_{number}_growth_mib"] = mib(rss)
        found[f"half_{number}_stored_mib"] = mib(kept)
        found[f"half_{number}_unexplained_mib"] = mib(rss - kept)
    return found


def mib(size: int) -> float:
    """Write bytes as mebibytes."""
    return round(size / _memory.MIB, 1)


def checked(cloud: LocalCloud, load: Load, campaign: str) -> Result:
    """Count what came out, by the mails and by the counters."""
    report = Doors(cloud).ask("GET", f"/v1/campaigns/{campaign}/report")
    overview = Doors(cloud).ask("GET", "/v1/reports/overview")
    letters = cloud.outbox.letters.values()
    messages = [header(letter.raw) for letter in letters]
    return {
        "mails_sent": len(messages),
        "sent_once": len(set(messages)) == len(messages) == load.mails,
        "counted_events": overview["events"],
        "counted_messages": report["messages"],
        "counted_delivered": report["statuses"]["delivered"],
        "dead_letters": len(Doors(cloud).ask("GET", "/v1/dead-letters")["data"]),
    }


def header(raw: bytes) -> bytes:
    """Give a mail's own id, which names the message."""
    lines = raw.split(b"\r\n\r\n", 1)[0].splitlines()
    found = [line for line in lines if line.lower().startswith(b"message-id:")]
    return found[0].partition(b":")[2].strip() if found else b""


def laid_out(result: Result) -> str:
    """Lay the figures out for people; lists of figures stay in the JSON."""
    rows = [(name, value) for name, value in result.items() if not isinstance(value, dict)]
    guards = result.get("write_units_per_message_by_guard", {}).items()
    costs = table(("write units of one message go to", "units"), list(guards))
    return f"{table(('figure', 'value'), rows)}\n\n{costs}"


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    usual = Limits()
    parser = argparse.ArgumentParser(prog="signet bench pipeline")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="the most it may take")
    parser.add_argument(
        "--unexplained-mib",
        type=float,
        default=usual.unexplained_mib,
        help="the most that memory may grow in the second half beyond the stored rows",
    )
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results as well")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    if not 0 < given.mails <= given.events:
        parser.error("--mails must be between 1 and --events")
    return given


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where the result breaks a limit."""
    given = parsed(arguments)
    result = measure(Load(given.events, given.mails))
    result |= of_a_message(result, measure(Load(min(given.events, PLAIN), mails=0)))
    sys.stdout.write((json.dumps(result) if given.json else laid_out(result)) + "\n")
    if given.keep:
        (RESULTS / "pipeline.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    found = Limits(given.seconds, given.unexplained_mib).faults(result)
    sys.stderr.write("".join(f"pipeline: {fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
