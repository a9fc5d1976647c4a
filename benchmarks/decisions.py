"""
The decision record of a broadcast: everybody considered, everybody explained, and what it costs.

Run with `signet bench decisions`, or `python -m benchmarks.decisions --people 1000`.
It fails where the counts by reason do not add up to everybody, where somebody is not explained,
where a message's row is larger than a kilobyte, or where a decision costs a row of its own.
"""

import argparse
import json
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import boto3

from cli.demo.doors import Doors
from cli.output import table
from infra.local.cloud import LocalCloud

PEOPLE, BATCH = 1_000, 100
TOPIC, TEMPLATE = "news", "letter"
LARGEST_ROW = 1_024
# The rows that each person considered has more.
OWN = {"event", "message"}
TABLES = ("events", "profiles", "catalog")
# Ten kinds of people, one of each ten.
GRANTED, WITHDRAWN, SILENT, SUPPRESSED, ENDED, NOWHERE = (
    "consent granted",
    "consent withdrawn",
    "never asked",
    "address suppressed",
    "address suppressed for the topic",
    "no address",
)
KINDS = (*[GRANTED] * 5, WITHDRAWN, SILENT, SUPPRESSED, ENDED, NOWHERE)
LETTER = {
    "name": TEMPLATE,
    "channel": "email",
    "subject": "News for {{ profile.first_name }}",
    "text": "Hello {{ profile.first_name }}\n\n{{ unsubscribe_url }}",
    "sample": {"profile": {"first_name": "Ada"}},
}
BROADCAST = {
    "name": "News",
    "kind": "broadcast",
    "audience": {"all": True},
    "template": TEMPLATE,
    "topic": TOPIC,
    "caps": [{"most": 1, "within": "P1D"}],
}
Result = dict[str, Any]


def kind_of(number: int) -> str:
    """Tell which kind of person has a number."""
    return KINDS[number % len(KINDS)]


class Ledgers:
    """Adds up write units by table, as the emulator's answers tell them."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()

    def __call__(self, _operation: str, sent: bytes, got: bytes) -> float:
        """Book one write; give its units."""
        told = json.loads(got).get("ConsumedCapacity")
        if told is None:
            refused = 1.0 if b"ConditionalCheckFailed" in got else 0.0
            self.units[json.loads(sent).get("TableName", "")] += int(refused)
            return refused
        parts = told if isinstance(told, list) else [told]
        for part in parts:
            self.units[part["TableName"]] += part["CapacityUnits"]
        return float(sum(part["CapacityUnits"] for part in parts))


def measure(people: int = PEOPLE) -> Result:
    """Send a broadcast to so many people of every kind in a new local cloud, and ask why."""
    with LocalCloud() as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        doors = Doors(cloud)
        doors.publish(LETTER)
        ids = _make_known(cloud, doors, people)
        before = _rows()
        witness = cloud.meter.witness = Ledgers()
        began = time.perf_counter()
        campaign = doors.launch(BROADCAST)
        cloud.drain()
        seconds = time.perf_counter() - began
        units, after = dict(witness.units), _rows()
        found = _answers(doors, campaign, ids)
        report = doors.ask("GET", f"/v1/campaigns/{campaign}/report")
        return {
            "people": people,
            "seconds": round(seconds, 2),
            **_counted(report),
            **_explained(found),
            **_sized(after),
            "write_units_per_person": _per_person(units, people),
            "rows_per_person": _added(before, after, people),
        }


def _make_known(cloud: LocalCloud, doors: Doors, people: int) -> list[str]:
    """Let people be known, and let each say what their kind says; give their ids."""
    for at in range(0, people, BATCH):
        doors.track([_identify(n) for n in range(at, min(at + BATCH, people))])
    cloud.drain()
    ids = [doors.profile(f"person-{number}") for number in range(people)]
    for number, profile_id in enumerate(ids):
        _speak(doors, number, profile_id)
    cloud.drain()
    return ids


def _identify(number: int) -> dict[str, Any]:
    traits = {"first_name": f"P{number}"}
    if kind_of(number) != NOWHERE:
        traits["email"] = f"person-{number}@example.org"
    key = f"bench-d-{number}"
    return {"type": "identify", "messageId": key, "userId": f"person-{number}", "traits": traits}


def _speak(doors: Doors, number: int, profile_id: str) -> None:
    kind, address = kind_of(number), f"person-{number}@example.org"
    if kind != SILENT:
        status = "withdrawn" if kind == WITHDRAWN else "granted"
        word = {"channel": "email", "topic": TOPIC, "status": status}
        doors.ask("POST", f"/v1/profiles/{profile_id}/consents", word)
    if kind in {SUPPRESSED, ENDED}:
        scope = {"scope": "topic", "topic": TOPIC} if kind == ENDED else {}
        doors.ask("POST", "/v1/suppressions", {"address": address, **scope})


def _answers(doors: Doors, campaign: str, ids: Sequence[str]) -> list[Result]:
    return [doors.ask("GET", f"/v1/profiles/{pid}/why?campaign_id={campaign}") for pid in ids]


def _counted(report: Result) -> Result:
    ungone = sum(report["by_reason"].values())
    return {
        "considered": report["considered"],
        "gone": report["reached"]["sent"],
        "by_reason": report["by_reason"],
        "sum": report["reached"]["sent"] + ungone,
        "adds_up": report["adds_up"],
    }


def _explained(answers: Sequence[Result]) -> Result:
    whole = [one for one in answers if one["words"] and _rules(one)]
    said = Counter(_without_dates(one["words"][0]) for one in answers)
    return {"explained": len(whole), "words": dict(said.most_common())}


def _rules(answer: Result) -> list[Any]:
    message = answer["message"] or {}
    return list(message.get("decision_record", ()))


def _without_dates(words: str) -> str:
    return words.partition(" on ")[0].rstrip(".")


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Read every row of the tables that a broadcast writes to."""
    client: Any = boto3.client("dynamodb")
    names = client.list_tables()["TableNames"]
    return {name: list(_scanned(client, name)) for name in names if _short(name) in TABLES}


def _scanned(client: Any, name: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("scan").paginate(TableName=name):
        yield from page["Items"]


def _short(name: str) -> str:
    lower = name.lower()
    return next((known for known in TABLES if known in lower), "others")


def _sized(rows: dict[str, list[dict[str, Any]]]) -> Result:
    sizes = [weight(row) for known in rows.values() for row in known if row["sk"]["S"] == "message"]
    return {
        "row_bytes_median": round(statistics.median(sizes)),
        "row_bytes_most": max(sizes),
        "message_rows": len(sizes),
    }


def weight(item: dict[str, Any]) -> int:
    """Add up the bytes of a row as DynamoDB bills them: names, values, and three for each list."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held.lstrip("-")) // 2 + 2
        case "L":
            return 3 + sum(1 + _value(part) for part in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(part) for name, part in held.items())
        case "B":
            return len(held)
    return 1


def _per_person(units: dict[str, float], people: int) -> dict[str, float]:
    found: Counter[str] = Counter()
    for name, many in units.items():
        found[_short(name)] += round(many / people, 3)  # type: ignore[assignment]
    return dict(found)


def _added(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]], people: int
) -> dict[str, float]:
    """Give the rows that each person has more than before, by what they are."""
    was, now = _kinds(before), _kinds(after)
    more = {kind: round((now[kind] - was[kind]) / people, 3) for kind in sorted(now)}
    return {kind: many for kind, many in more.items() if many}


def _kinds(rows: dict[str, list[dict[str, Any]]]) -> Counter[str]:
    return Counter(row["sk"]["S"] for known in rows.values() for row in known)


def faults(result: Result) -> list[str]:
    """Say in a sentence each what is wrong with a result."""
    people, found = result["people"], []
    if not (result["adds_up"] and people == result["considered"] == result["sum"]):
        found.append(f"{result['sum']} of {people} people are counted")
    if result["explained"] != people:
        found.append(f"{result['explained']} of {people} people are explained")
    if result["row_bytes_most"] > LARGEST_ROW:
        found.append(f"a message's row has {result['row_bytes_most']} bytes")
    rows = result["rows_per_person"]
    whole = {kind for kind, many in rows.items() if many >= 1}
    if whole != OWN or result["message_rows"] != people:
        found.append(f"a person has {rows} rows more")
    return found


def laid_out(result: Result) -> str:
    """Lay the figures out for people."""
    plain = [(name, value) for name, value in result.items() if not isinstance(value, dict)]
    reasons = [("sent", result["gone"]), *result["by_reason"].items(), ("sum", result["sum"])]
    parts = [
        table(("figure", "value"), plain),
        table(("of everybody considered", "people"), reasons),
        table(("the answer to why begins with", "people"), list(result["words"].items())),
        table(
            ("write units of one person in", "units"), [*result["write_units_per_person"].items()]
        ),
        table(("rows of one person more", "rows"), list(result["rows_per_person"].items())),
    ]
    return "\n\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where the result breaks what is promised."""
    parser = argparse.ArgumentParser(prog="signet bench decisions")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    result = measure(given.people)
    sys.stdout.write((json.dumps(result) if given.json else laid_out(result)) + "\n")
    found = faults(result)
    sys.stderr.write("".join(f"decisions: {fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
