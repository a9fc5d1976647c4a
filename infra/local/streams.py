"""Event source mappings of table streams: position, retries, bisection, windows, the way out."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.clock import MovableClock
from infra.local.filters import Filter
from infra.local.function import FunctionError, function_arn
from infra.local.invoke import Invoker
from infra.local.queues import Queues
from infra.local.tables import Streams

SHARD = "shardId-00000000000000000000-00000000"
SLOWEST_RETRY = 60.0


@dataclass
class Progress:
    """How far a mapping has read, and what it carries from call to call."""

    position: int | None = None
    attempts: int = 0
    limit: int = 0
    retry_at: float = 0.0
    window_start: float | None = None
    state: dict[str, Any] = field(default_factory=dict)


@dataclass
class StreamMapping:
    """One table's stream feeding one function."""

    id: str
    table: str
    arn: str
    function: str
    accepts: Filter
    batch: int = 100
    gathers: float = 0.0
    window: int = 0
    reports_failures: bool = False
    bisects: bool = False
    retries: int = -1
    destination: str | None = None
    enabled: bool = True
    progress: Progress = field(default_factory=Progress)

    def step(self, cloud: "Sources", *, quiet: bool = True) -> int:
        """
        Move one batch.

        Args:
            cloud: Where the records are.
            quiet: Nothing more is coming. Otherwise a batch is gathered until it is full or its
                oldest record has waited `gathers` seconds, as the real mapping does.

        Returns:
            How many records were read, or one for the end of a window.
        """
        now, progress = cloud.clock.timestamp(), self.progress
        if not self.enabled or now < progress.retry_at <= now + SLOWEST_RETRY:
            return 0
        if progress.position is None:
            progress.position = cloud.streams.start(self.table)
        closed = self._close_window(cloud, now)
        limit = progress.limit or self.batch
        records = cloud.streams.read(self.table, progress.position, limit)
        if not records or not (quiet or self._gathered(records, limit, now)):
            return closed
        wanted = [record for record in records if self.accepts.accepts(record)]
        done = self._give(cloud, wanted) if wanted else None
        self._settle(cloud, records, failed=done)
        return len(records)

    def _gathered(self, records: list[dict[str, Any]], limit: int, now: float) -> bool:
        since = float(records[0]["dynamodb"]["ApproximateCreationDateTime"])
        return len(records) >= limit or not since <= now < since + self.gathers

    def _give(self, cloud: "Sources", wanted: list[dict[str, Any]]) -> str | None:
        """Call the function; answer the sequence number it failed at, or None."""
        first = sequence(wanted[0])
        try:
            answer = cloud.invoker.call(self.function, self._event(cloud, wanted, final=False))
        except FunctionError:
            return first
        if not isinstance(answer, dict):
            return None
        self.progress.state = answer.get("state") or {}
        failures = answer.get("batchItemFailures") or [] if self.reports_failures else []
        named = {failure.get("itemIdentifier") for failure in failures}
        if not named:
            return None
        return next((sequence(r) for r in wanted if sequence(r) in named), first)

    def _settle(
        self, cloud: "Sources", records: list[dict[str, Any]], *, failed: str | None
    ) -> None:
        """Advance behind what worked; keep, halve or give up what did not."""
        progress = self.progress
        good = len(records)
        if failed is not None:
            good = next(n for n, record in enumerate(records) if sequence(record) == failed)
        assert progress.position is not None  # noqa: S101 - set by step
        progress.position += good
        if good:
            progress.attempts, progress.limit, progress.retry_at = 0, 0, 0.0
        if failed is None:
            return
        rest = records[good:]
        progress.attempts += 1
        if self.bisects and len(rest) > 1:
            progress.limit = len(rest) // 2
        elif 0 <= self.retries < progress.attempts:
            self._give_up(cloud, rest)
        elif not good:
            delay = min(SLOWEST_RETRY, 2.0 ** (progress.attempts - 1))
            progress.retry_at = cloud.clock.timestamp() + delay

    def _give_up(self, cloud: "Sources", rest: list[dict[str, Any]]) -> None:
        progress = self.progress
        if self.destination:
            body = json.dumps(self._obituary(cloud, rest))
            cloud.queues.call("SendMessage", QueueUrl=self.destination, MessageBody=body)
        assert progress.position is not None  # noqa: S101 - set by step
        progress.position += len(rest)
        progress.attempts, progress.limit, progress.retry_at = 0, 0, 0.0

    def _close_window(self, cloud: "Sources", now: float) -> int:
        start = self.progress.window_start
        if not self.window or start is None or start <= now < start + self.window:
            return 0
        event = self._event(cloud, [], final=True)
        self.progress.window_start, self.progress.state = None, {}
        try:
            cloud.invoker.call(self.function, event)
        except FunctionError:
            return 1
        return 1

    def _event(
        self, cloud: "Sources", wanted: list[dict[str, Any]], *, final: bool
    ) -> dict[str, Any]:
        event: dict[str, Any] = {"Records": wanted}
        if not self.window:
            return event
        if self.progress.window_start is None:
            now = cloud.clock.timestamp()
            self.progress.window_start = now - now % self.window
        start = self.progress.window_start
        return event | {
            "window": {"start": iso(start), "end": iso(start + self.window)},
            "state": self.progress.state,
            "shardId": SHARD,
            "eventSourceARN": self.arn,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": False,
        }

    def _obituary(self, cloud: "Sources", rest: list[dict[str, Any]]) -> dict[str, Any]:
        """Say what is given up, as Lambda tells an on-failure destination."""
        arrived = [iso(r["dynamodb"]["ApproximateCreationDateTime"]) for r in rest]
        return {
            "requestContext": {
                "requestId": rest[0]["eventID"],
                "functionArn": function_arn(self.function),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.progress.attempts,
            },
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": iso(cloud.clock.timestamp()),
            "DDBStreamBatchInfo": {
                "shardId": SHARD,
                "startSequenceNumber": sequence(rest[0]),
                "endSequenceNumber": sequence(rest[-1]),
                "approximateArrivalOfFirstRecord": arrived[0],
                "approximateArrivalOfLastRecord": arrived[-1],
                "batchSize": len(rest),
                "streamArn": self.arn,
            },
        }


@dataclass
class Sources:
    """What a mapping reads from and calls."""

    clock: MovableClock
    queues: Queues
    streams: Streams
    invoker: Invoker


def sequence(record: dict[str, Any]) -> str:
    """Give a record's sequence number."""
    return str(record["dynamodb"]["SequenceNumber"])


def iso(seconds: float) -> str:
    """Write a time as AWS does in these events."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
