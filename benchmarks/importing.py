"""
Import a file of many rows into the local cloud, once, again, and killed half-way.

Run it with `signet bench import`, or `python -m benchmarks.importing --rows 5000`. It fails
where a row has no verdict, where the same file again brings anything new, and where a worker that
is killed on the way leaves something else than one that is not.
"""

import argparse
import base64
import hashlib
import json
import logging
import os
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3

from benchmarks import _memory
from cli.output import table
from infra.local.apart import Call
from infra.local.cloud import LocalCloud
from infra.local.keys import ROOT
from infra.local.kills import Drawn
from signet.adapters.sealer import RootSealer
from signet.ids import SystemRandom

HEADER = "customer_id,email,first_name,last_name,city\n"
CITIES = ("Paris", "Oslo", "Łódź", "München", "Roma")
OWNER = {"authorization": "Bearer local-owner"}
# Kills are drawn among fewer calls than there are, so that all of them happen.
MOST_KILLS, CALLS_PER_ROW, LOOKS = 12, 0.15, 50
HIDDEN = timedelta(minutes=10)
Result = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """So many rows, and whether the import is also killed on its way."""

    rows: int = 100_000
    kills: bool = True

    def file(self) -> bytes:
        """Write the file: everybody is new, and a few letters are beyond ASCII."""
        lines = (
            f"c-{n},person-{n}@example.org,Élise {n},Müller,{CITIES[n % len(CITIES)]}\n"
            for n in range(self.rows)
        )
        return (HEADER + "".join(lines)).encode()


def measure(load: Load) -> Result:
    """Import the file at one go and again, then killed and resumed; give the figures."""
    file = load.file()
    with LocalCloud(frozen=True) as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        first = imported(cloud, file)
        again = imported(cloud, file)
        whole = left(cloud)
        peak, stored = _memory.peak(), _memory.stored(cloud)
    figures = {
        "rows": load.rows,
        "bytes": len(file),
        "machine": f"{os.cpu_count()} cores",
        "python": sys.version.split()[0],
        **{f"first_{name}": value for name, value in first.items()},
        **{f"again_{name}": value for name, value in again.items()},
        "peak_mib": round(peak / _memory.MIB, 1),
        "stored_mib": round(stored / _memory.MIB, 1),
    }
    if load.kills:
        figures |= killed(file, whole, load.rows)
    return figures | {"faults": faults(figures)}


def imported(cloud: LocalCloud, file: bytes) -> Result:
    """Import the file once, and give its verdicts and what they cost."""
    meter = cloud.meter
    place = announced(cloud, file)
    meter.calls.clear()
    meter.units.clear()
    began, spent = time.perf_counter(), time.process_time()
    cloud.drain()
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    found = ask(cloud, "GET", place)
    rows = max(1, found["rows"]["read"])
    return {
        "status": found["status"],
        **found["rows"],
        "seconds": round(seconds, 1),
        "rows_per_second": round(rows / seconds, 1),
        "rows_per_cpu_second": round(rows / cpu, 1),
        "calls_per_row": round(sum(meter.calls.values()) / rows, 3),
        "write_units_per_row": round(meter.units["dynamodb.write"] / rows, 3),
    }


def announced(cloud: LocalCloud, file: bytes) -> str:
    """Announce the file, write it under its link, and give the place of its import."""
    source = {"kind": "crm", "mapping": {"external_id": "customer_id"}}
    ask(cloud, "PUT", "/v1/sources/bench", body=source)
    made = ask(cloud, "POST", "/v1/imports", body={"source": "bench", "name": "bench.csv"})
    bucket, _, key = made["upload"]["url"].partition("/_local/s3/")[2].partition("/")
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=file)
    return f"/v1/imports/{made['id']}"


def ask(cloud: LocalCloud, method: str, path: str, *, body: Any = None) -> Any:
    """Ask as the owner."""
    answer = cloud.http(method, path, headers=OWNER, body=b"" if body is None else body)
    assert answer.status < 300, answer.text
    return answer.json()


def left(cloud: LocalCloud) -> str:
    """Give a digest of all that an import leaves of people and events, opened."""
    sealer = RootSealer(ROOT.encode(), SystemRandom())
    digest = hashlib.sha256()
    for line in sorted(rows_left(cloud, sealer)):
        digest.update(line)
    return digest.hexdigest()


def rows_left(cloud: LocalCloud, sealer: Any) -> Iterator[bytes]:
    """Give every row of people and events as one line, without what differs from run to run."""
    for rows in tables(cloud):
        for row in rows:
            kind = row["sk"]["S"]
            if kind not in KINDS:
                continue
            parts = [row["pk"]["S"], kind, row.get("profile_id", {}).get("S", "")]
            if "sealed" in row:
                owner = (row.get("id") or row["profile_id"])["S"]
                sealed = base64.b64decode(row["sealed"]["B"])
                plain = json.loads(zlib.decompress(sealer.open("main", owner, sealed)))
                parts.append(json.dumps(told(plain), sort_keys=True))
            yield "|".join(parts).encode()


KINDS = {"alias", "profile", "lineage", "event"}
DIFFERS = {"at", "received_at", "occurred_at", "origin", "version"}


def told(value: Any) -> Any:
    """Leave out moments and the import's own name, which no two runs share."""
    if isinstance(value, dict):
        return {name: told(part) for name, part in value.items() if name not in DIFFERS}
    return [told(part) for part in value] if isinstance(value, list) else value


def tables(cloud: LocalCloud) -> Iterator[Iterator[dict[str, Any]]]:
    """Give the rows of the tables of people and events; a scan would take seconds."""
    found = cloud.emulator.modules["dynamodb"]._tables  # noqa: SLF001 - it has no other door
    for name, kept in found.items():
        if "Profiles" in name or "Events" in name:
            yield (row for rows in kept["items"].values() for row in rows.values())


def killed(file: bytes, whole: str, rows: int) -> Result:
    """Import the file where the worker dies again and again, half-way through its writes."""
    kills = max(3, min(MOST_KILLS, rows // 2_500))
    drawn = Drawn(1, kills=kills, calls=max(100, int(rows * CALLS_PER_ROW)))
    with LocalCloud(worker=True, frozen=True) as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        place = announced(cloud, file)
        watch = Watch(cloud, drawn)
        cloud.set_kill(watch)
        began = time.perf_counter()
        cloud.drain()
        for _ in range(10 * kills):
            if ask(cloud, "GET", place)["status"] == "done":
                break
            # What a killed worker had received is seen again when its time of hiding is over.
            cloud.advance(HIDDEN)
        cloud.set_kill(None)
        assert cloud.worker is not None
        deaths = cloud.worker.deaths
        found = ask(cloud, "GET", place)
        return {
            "killed_status": found["status"],
            **{f"killed_{name}": value for name, value in found["rows"].items()},
            "killed_seconds": round(time.perf_counter() - began, 1),
            "kills": len(deaths),
            "kills_in_preprocess": sum(d.function.startswith("Preprocess") for d in deaths),
            "same_as_uninterrupted": left(cloud) == whole,
            "worker_peak_mib": round(watch.peak / _memory.KIB, 1),
        }


@dataclass
class Watch:
    """Kills where it was drawn, and sees how much memory the worker has at most, in kibibytes."""

    cloud: LocalCloud
    drawn: Drawn
    peak: int = 0

    def __call__(self, call: Call) -> bool:
        """Tell whether to kill the worker at this call."""
        assert self.cloud.worker is not None
        if call.number % LOOKS == 0 and (pid := self.cloud.worker.pid):
            self.peak = max(self.peak, most(pid))
        return self.drawn(call)


def most(pid: int) -> int:
    """Tell the most kibibytes of memory that a process ever had; 0 where the system does not."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(found[0]) if found else 0


def faults(figures: Result) -> list[str]:
    """Say in a sentence each what is not as it has to be."""
    rows = figures["rows"]
    expected = {"first": (rows, 0), "again": (0, rows), "killed": (rows, 0)}
    found = [
        f"{name}: {figures[f'{name}_accepted']} accepted and {figures[f'{name}_duplicate']} "
        f"duplicate of {rows}, not {counts[0]} and {counts[1]}"
        for name, counts in expected.items()
        if f"{name}_accepted" in figures
        and (figures[f"{name}_accepted"], figures[f"{name}_duplicate"]) != counts
    ]
    if not figures.get("same_as_uninterrupted", True):
        found.append("killed: people or events are not what an uninterrupted import leaves")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where a row is lost or counted twice."""
    parser = argparse.ArgumentParser(prog="signet bench import")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--no-kills", action="store_true", help="leave the killed import out")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    result = measure(Load(given.rows, kills=not given.no_kills))
    text = json.dumps(result) if given.json else table(("figure", "value"), list(result.items()))
    sys.stdout.write(text + "\n")
    sys.stderr.write("".join(f"import: {fault}\n" for fault in result["faults"]))
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
