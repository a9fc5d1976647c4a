"""What the calls would be billed as, and where the time went."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

WRITES = frozenset(
    [
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "BatchExecuteStatement",
    ]
)
READS = frozenset(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"])
_UNITS = re.compile(rb'"CapacityUnits": ?([0-9.]+)')
_ASK = b'"ReturnConsumedCapacity"'
_CONSUMED, _REFUSED = b'"ConsumedCapacity"', b"ConditionalCheckFailed"


class Meter:
    """Counts of calls and billable units, and CPU seconds by who used them."""

    def __init__(self) -> None:
        """Start at zero."""
        self.calls: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self.seconds: dict[str, float] = {"engine": 0.0, "sdk": 0.0, "functions": 0.0}
        # Somebody who wants to know what the units of each write are for.
        self.witness: Callable[[str, bytes, bytes], float] | None = None

    def ask(self, operation: str, body: bytes) -> bytes:
        """Let a DynamoDB write tell its units with its answer."""
        if operation in WRITES and _ASK not in body and body.endswith(b"}") and body != b"{}":
            how = b"INDEXES" if self.witness else b"TOTAL"
            return body[:-1] + b',"ReturnConsumedCapacity":"' + how + b'"}'
        return body

    def count(self, service: str, operation: str, *, sent: bytes, got: bytes) -> None:
        """Count one call."""
        self.calls[f"{service}.{operation}"] += 1
        if service == "dynamodb" and operation in WRITES:
            self.units["dynamodb.write"] += self._written(operation, sent, got)
        elif service == "dynamodb" and operation in READS:
            share = 1 if b'"ConsistentRead": true' in sent or "Transact" in operation else 0.5
            self.units["dynamodb.read_halves"] += int(2 * share) * chunks(len(got), 4096)
        elif service == "sqs":
            self.units["sqs.requests"] += chunks(max(len(sent), len(got)), 65536)
        elif service == "eventbridge" and operation == "PutEvents":
            self.units["eventbridge.events"] += chunks(len(sent), 65536)

    def _written(self, operation: str, sent: bytes, got: bytes) -> int:
        if self.witness:
            return int(self.witness(operation, sent, got))
        # A write whose condition fails is billed as if it had been made.
        refused = _REFUSED in got and _CONSUMED not in got
        return refused + sum(int(float(x)) for x in _UNITS.findall(got))

    def spend(self, who: str, since: float) -> float:
        """Book the CPU time of this thread since `since` on `who`."""
        spent = time.thread_time() - since
        self.seconds[who] += spent
        return spent

    def view(self) -> dict[str, Any]:
        """Tell the counts as JSON would."""
        units: dict[str, Any] = {k: v for k, v in self.units.items() if k != "dynamodb.read_halves"}
        units["dynamodb.read"] = self.units["dynamodb.read_halves"] / 2
        return {
            "calls": dict(sorted(self.calls.items())),
            "units": dict(sorted(units.items())),
            "cpu_seconds": {
                "engine": round(self.seconds["engine"], 4),
                "sdk": round(self.seconds["sdk"], 4),
                "functions": round(max(0.0, self.seconds["functions"]), 4),
            },
        }

    def dumps(self) -> str:
        """Write the view as JSON text."""
        return json.dumps(self.view())


def chunks(size: int, of: int) -> int:
    """Round `size` up to whole units of `of` bytes, at least one."""
    return max(1, -(-size // of))
