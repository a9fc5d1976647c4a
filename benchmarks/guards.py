"""What each guard of the promise costs: the write units of the tables, by what they are for."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from infra.local.statements import OPERATION, inserts

# What a write of a row is for, by its sort key; a message's row is written for several things.
ROWS = {
    "event": "the event, once",
    "caps": "a place under the cap",
    "counters": "counters, exactly once",
    "events": "the ring of the live page",
    "messages": "the ring of the live page",
    "pace": "the pace",
    "sweep": "how far first looks have come",
}
MOVES = {
    "planned": "the planned row",
    "claimed": "the claim",
    "sent": "the outcome of the hand-over",
    "delivered": "the provider's evidence",
}
INDEXES = {
    "by_campaign": "the recipient list",
    "due": "the first look",
    "timeline": "the timeline",
}
REFUSED = "conditions that did not hold"
OTHER = "others"


class Guards:
    """Adds up write units by what they are for, as the emulator's answers tell them."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()

    def __call__(self, operation: str, sent: bytes, got: bytes) -> float:
        """Book one write; give its units."""
        found = list(_booked(operation, json.loads(sent), json.loads(got)))
        for what, units in found:
            self.units[what] += units
        return sum(units for _, units in found)


def _booked(
    operation: str, asked: dict[str, Any], answer: dict[str, Any]
) -> Iterator[tuple[str, float]]:
    told = answer.get("ConsumedCapacity")
    if told is None:
        # A write whose condition fails is billed as if it had been made.
        if "ConditionalCheckFailed" in answer.get("__type", ""):
            yield REFUSED, 1.0
        return
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield from _by_index(_purpose(asked), told)
    elif operation == OPERATION:
        for (_, row), one in zip(inserts(asked), told, strict=True):
            yield from _by_index(ROWS.get(row["sk"]["S"], OTHER), one)
    else:
        # Only counters and the catalog are written in transactions.
        yield ROWS["counters"], sum(table["CapacityUnits"] for table in told)


def _by_index(purpose: str, told: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if "Table" not in told:
        yield REFUSED, told["CapacityUnits"]
        return
    yield purpose, told["Table"]["CapacityUnits"]
    for name, index in told.get("GlobalSecondaryIndexes", {}).items():
        yield INDEXES[name], index["CapacityUnits"]


def _purpose(asked: dict[str, Any]) -> str:
    key = asked.get("Item") or asked["Key"]
    kind = key.get("sk", {}).get("S", "")
    if kind != "message":
        return ROWS.get(kind, OTHER)
    if "Item" in asked:
        return MOVES["planned"]
    return MOVES.get(_status(asked), OTHER)


def _status(asked: dict[str, Any]) -> str:
    """Find the status that an update sets: `SET #name = :value, ...`."""
    names = asked.get("ExpressionAttributeNames", {})
    for part in asked.get("UpdateExpression", "").replace("SET ", "").split(","):
        name, _, value = (side.strip() for side in part.partition("="))
        if names.get(name, name) == "status":
            return str(asked["ExpressionAttributeValues"][value.split()[0]]["S"])
    return ""
