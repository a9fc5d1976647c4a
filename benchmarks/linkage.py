"""
How well duplicates are found with default settings, against public data whose truth is known.

Run it with `signet bench linkage`; `--through-cloud` sends every row through a local cloud and
asks `GET /v1/duplicates` instead of calling the rules. It fails where a figure that was promised
is missed.
"""

import argparse
import csv
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.demo.doors import Doors
from cli.output import table
from infra.local.cloud import LocalCloud
from signet.linkage.groups import Pair, candidates, grouped, judged, pair
from signet.linkage.records import Record, record
from signet.linkage.verdict import Verdict, judge

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
BATCH, PAGE = 100, 200
Row = dict[str, str]
Result = dict[str, Any]


@dataclass(frozen=True)
class DataSet:
    """
    Public records of which it is known who is who.

    `promised` holds the least precision and F1 of what the rule would merge without a person's
    look.
    """

    name: str
    file: str
    ident: str
    truth: Callable[[Row], str]
    dropped: tuple[str, ...] = ()
    promised: tuple[float, float] | None = None

    def rows(self, corpora: Path) -> dict[str, Row]:
        """Read the rows by their ids; those of two rows are never the same."""
        with (corpora / self.file).open(encoding="utf-8", newline="") as lines:
            read = csv.DictReader(lines, skipinitialspace=True)
            return {row[self.ident]: dict(row) for row in read}

    def traits(self, row: Row) -> Row:
        """Give what is known about a person, without the truth."""
        return {name: v for name, v in row.items() if name not in (self.ident, *self.dropped) and v}


def _number(row: Row) -> str:
    return row["rec_id"].split("-")[1]


FEBRL = "febrl/dataset1.csv"
DATA_SETS = (
    DataSet("febrl", FEBRL, "rec_id", _number, promised=(0.995, 0.95)),
    DataSet("febrl without national id", FEBRL, "rec_id", _number,
            dropped=("soc_sec_id",), promised=(0.99, 0.90)),
    DataSet("splink-fake-1000", "splink-fake-1000/fake_1000.csv", "unique_id",
            lambda row: row["cluster"], dropped=("cluster",)),
)  # fmt: skip


def timed(records: Mapping[str, Record]) -> tuple[dict[Pair, Verdict], dict[str, float]]:
    """Judge records by the rules; give also the microseconds that blocking and judging took."""
    judged(dict(list(records.items())[:20]))
    began = time.perf_counter()
    pairs = sorted(candidates(records.values()))
    blocked = time.perf_counter()
    verdicts = {(one, other): judge(records[one], records[other]) for one, other in pairs}
    spent = time.perf_counter() - blocked
    return verdicts, {
        "us_per_comparison": round(spent / (len(pairs) or 1) * 1e6, 1),
        "us_per_record_blocked": round((blocked - began) / len(records) * 1e6, 1),
    }


def measure(data: DataSet, corpora: Path) -> Result:
    """Find the duplicates of one data set and score them against its truth."""
    rows = data.rows(corpora)
    records = {ident: record(ident, data.traits(row)) for ident, row in rows.items()}
    verdicts, spent = timed(records)
    zones = {two: verdict.zone for two, verdict in verdicts.items()}
    result = compared(data, rows, zones) | {"pairs_compared": len(verdicts), **spent}
    truth = {ident: data.truth(row) for ident, row in rows.items()}
    result["figures"]["groups of merges"] = scored(inside(groups(verdicts, records)), truth)
    return result


def measure_through_cloud(data: DataSet, corpora: Path) -> Result:
    """
    Find the duplicates of one data set by identify calls and `GET /v1/duplicates`.

    Microseconds are those of the whole local cloud, per row, from the call to the pairs.
    """
    rows = data.rows(corpora)
    with LocalCloud() as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        doors, began = Doors(cloud), time.perf_counter()
        calls = [identify(ident, data.traits(row)) for ident, row in rows.items()]
        for at in range(0, len(calls), BATCH):
            doors.track(calls[at : at + BATCH])
        cloud.drain()
        spent = time.perf_counter() - began
        zones = dict(listed(doors))
    each = {"us_per_row": round(spent / len(rows) * 1e6, 1)}
    return compared(data, rows, zones) | each


def identify(ident: str, traits: Row) -> dict[str, Any]:
    """Tell a row as an identify call."""
    return {"type": "identify", "messageId": f"row-{ident}", "userId": ident, "traits": traits}


def listed(doors: Doors) -> Iterator[tuple[Pair, str]]:
    """Give every pair that the API lists, by the ids of its rows, with its zone."""
    path = cursor = f"/v1/duplicates?limit={PAGE}"
    while cursor:
        page = doors.ask("GET", cursor)
        for found in page["data"]:
            one, other = (person["identifiers"]["external_id"][0] for person in found["profiles"])
            yield pair(one, other), found["zone"]
        cursor = page["next_cursor"] and f"{path}&cursor={quote(page['next_cursor'])}"


def compared(data: DataSet, rows: Mapping[str, Row], zones: Mapping[Pair, str]) -> Result:
    """Score what was found against the truth."""
    truth = {ident: data.truth(row) for ident, row in rows.items()}
    merge, review = ({two for two, z in zones.items() if z == zone} for zone in ("merge", "review"))
    return {
        "data": data.name,
        "rows": len(rows),
        "true_pairs": sum(n * (n - 1) // 2 for n in Counter(truth.values()).values()),
        "figures": {
            "merge": scored(merge, truth),
            "merge and review": scored(merge | review, truth),
        },
    }


def groups(
    verdicts: Mapping[Pair, Verdict], records: Mapping[str, Record]
) -> tuple[tuple[str, ...], ...]:
    """Group what the rule would merge."""
    return grouped(verdicts, lambda a, b: judge(records[a], records[b]).zone != "apart")


def inside(groups: Iterable[tuple[str, ...]]) -> set[Pair]:
    """Give every pair that is within one group."""
    return {pair(*two) for group in groups for two in combinations(group, 2)}


def scored(found: set[Pair], truth: Mapping[str, str]) -> dict[str, float]:
    """Score pairs against the truth."""
    right = sum(truth[one] == truth[other] for one, other in found)
    true = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    precision, recall = right / (len(found) or 1), right / (true or 1)
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    figures = {"precision": precision, "recall": recall, "f1": f1}
    return {"pairs": len(found), **{name: round(value, 4) for name, value in figures.items()}}


def faults(results: Iterable[Result]) -> list[str]:
    """Say in a sentence each which promised figures were missed."""
    promised = {data.name: data.promised for data in DATA_SETS}
    missed = []
    for result in results:
        least = promised[result["data"]]
        got = result["figures"]["merge"]
        if least and (got["precision"] < least[0] or got["f1"] < least[1]):
            missed.append(f"{result['data']}: {got} where at least {least} is promised")
    return missed


def laid_out(results: Iterable[Result]) -> str:
    """Lay the figures out for people."""
    head = ("data", "zone", "pairs", "precision", "recall", "F1")
    rows = [
        (result["data"], zone, *figures.values())
        for result in results
        for zone, figures in result["figures"].items()
    ]
    costs = [
        (result["data"], name, value)
        for result in results
        for name, value in result.items()
        if name not in {"data", "figures"}
    ]
    return f"{table(head, rows)}\n\n{table(('data', 'figure', 'value'), costs)}"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where a promised figure is missed."""
    parser = argparse.ArgumentParser(prog="signet bench linkage")
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="the folder of public data")
    parser.add_argument(
        "--through-cloud", action="store_true", help="ask a local cloud instead of the rules"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    there = [data for data in DATA_SETS if (given.corpora / data.file).exists()]
    for data in sorted(set(DATA_SETS) - set(there), key=lambda data: data.name):
        sys.stderr.write(f"linkage: no public data for {data.name} in {given.corpora}\n")
    way = measure_through_cloud if given.through_cloud else measure
    results = [way(data, given.corpora) for data in there]
    sys.stdout.write((json.dumps(results) if given.json else laid_out(results)) + "\n")
    found = faults(results)
    sys.stderr.write("".join(f"linkage: {fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
