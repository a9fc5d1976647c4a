"""A queue in memory, with visibility, receive counts, delays and a way out for dead letters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from signet.domain.work import Work
from signet.ports import Clock

MOST_DELAY = timedelta(minutes=15)


@dataclass
class Entry:
    """One queued body: how often it was received, and when it can be seen (again)."""

    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receives: int = 0
    receipt: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class MemoryQueue:
    """
    One queue.

    Args:
        clock: Tells when entries become visible.
        visibility: How long a received entry stays hidden.
        dead: Where an entry goes that was received `most_receives` times, if anywhere.
        most_receives: As the queue's redrive policy has it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        visibility: timedelta = timedelta(minutes=6),
        dead: "MemoryQueue | None" = None,
        most_receives: int = 8,
    ) -> None:
        self.entries: dict[str, Entry] = {}
        self._clock = clock
        self._visibility = visibility
        self._dead = dead
        self._most_receives = most_receives
        self._ids = count(1)

    def send(self, items: Sequence[Work], *, delay: timedelta = timedelta(0)) -> None:
        """Queue work items durably."""
        for item in items:
            self.add(item.model_dump_json(ensure_ascii=True), delay=delay)

    def send_raw(self, body: str) -> None:
        """Queue one body durably."""
        self.add(body)

    def bury(self, body: str, *, reason: str, receives: int) -> None:
        """Keep a body with the reason why it could not be handled."""
        attributes = {"reason": reason[:1000] or "unknown", "receives": str(receives)}
        self.add(body, attributes=attributes)

    def add(
        self,
        body: str,
        *,
        delay: timedelta = timedelta(0),
        attributes: dict[str, str] | None = None,
    ) -> Entry:
        """Put a body on the queue."""
        number, now = next(self._ids), self._clock.now()
        entry = Entry(
            id=f"{number:08d}",
            body=body,
            sent_at=now,
            visible_at=now + min(delay, MOST_DELAY),
            attributes=attributes or {},
        )
        self.entries[entry.id] = entry
        return entry

    def receive(self, most: int = 10) -> list[Entry]:
        """Receive up to ten visible entries; those received too often go to the dead letters."""
        now = self._clock.now()
        found: list[Entry] = []
        for entry in [known for known in self.entries.values() if known.visible_at <= now]:
            if self._dead is not None and entry.receives >= self._most_receives:
                self._dead.add(self.entries.pop(entry.id).body)
                continue
            if len(found) == most:
                break
            entry.receives += 1
            entry.receipt = f"{entry.id}.{entry.receives}"
            entry.visible_at = now + self._visibility
            found.append(entry)
        return found

    def delete(self, entry_id: str) -> None:
        """Take an entry off the queue; one that is gone already is no matter."""
        self.entries.pop(entry_id, None)

    @property
    def bodies(self) -> list[str]:
        """Everything that is queued, in order."""
        return [entry.body for entry in self.entries.values()]

    def next_visible(self) -> datetime | None:
        """Tell when the next entry can be seen."""
        return min((entry.visible_at for entry in self.entries.values()), default=None)


def record(entry: Entry, queue_name: str) -> dict[str, Any]:
    """Write a received entry as Lambda's event has it."""
    return {
        "messageId": entry.id,
        "receiptHandle": entry.receipt,
        "body": entry.body,
        "attributes": {
            "ApproximateReceiveCount": str(entry.receives),
            "SentTimestamp": str(int(entry.sent_at.timestamp() * 1000)),
        },
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"}
            for name, value in entry.attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue_name}",
        "awsRegion": "us-east-1",
    }


def kind_of(body: str) -> str:
    """Give the kind of a queue body, for people who read traces."""
    try:
        found = json.loads(body)
    except ValueError:
        return "unreadable"
    return str(found.get("kind", "event")) if isinstance(found, dict) else "unreadable"
