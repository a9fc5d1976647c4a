"""The queues as a poller sees them: receive, delete, send, and when the next message shows."""

import json
from typing import Any

from infra.local.emulator import REGION, Emulator
from infra.local.meter import Meter

HOST = f"sqs.{REGION}.amazonaws.com"

OK = 200
# As many messages as one call may give.
A_RECEIVE = 10


class QueueFailed(RuntimeError):
    """The emulator refused a call of the poller's."""


class Queues:
    """Calls SQS without the SDK, as the service's own pollers would."""

    def __init__(self, emulator: Emulator, meter: Meter) -> None:
        """Count the polls on `meter`, because they are billed."""
        self._emulator = emulator
        self._meter = meter
        self._module = emulator.modules["sqs"]

    def call(self, operation: str, **payload: Any) -> dict[str, Any]:
        """
        Make one call.

        Raises:
            QueueFailed: It was refused.
        """
        body = json.dumps(payload).encode()
        headers = {"x-amz-target": f"AmazonSQS.{operation}", "host": HOST}
        status, _, got = self._emulator.answer(
            "sqs", "POST", f"https://{HOST}/", headers=headers, body=body
        )
        self._meter.count("sqs", operation, sent=body, got=got)
        if status != OK:
            raise QueueFailed(f"{operation}: {got.decode()}")
        answer: dict[str, Any] = json.loads(got or b"{}")
        return answer

    def receive(self, url: str, most: int) -> list[dict[str, Any]]:
        """Receive up to `most` visible messages with all their attributes."""
        if not self._module._get_q(url)["messages"]:
            return []
        messages: list[dict[str, Any]] = []
        while len(messages) < most:
            found = self.call(
                "ReceiveMessage",
                QueueUrl=url,
                MaxNumberOfMessages=min(A_RECEIVE, most - len(messages)),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
                WaitTimeSeconds=0,
            ).get("Messages", [])
            messages += found
            if len(found) < A_RECEIVE:
                break
        return messages

    def delete(self, url: str, handles: list[str]) -> None:
        """Delete received messages."""
        for at in range(0, len(handles), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle}
                for number, handle in enumerate(handles[at : at + 10])
            ]
            self.call("DeleteMessageBatch", QueueUrl=url, Entries=entries)

    def waiting(self) -> dict[str, int]:
        """Count the messages of every queue, visible or not."""
        return {q["name"]: len(q["messages"]) for q in self._module._queues.values()}

    def next_visible(self) -> float | None:
        """Tell when the next message that is now hidden shows, in seconds since 1970."""
        now = self._emulator.clock.timestamp()
        times = [
            message["visible_at"]
            for queue in self._module._queues.values()
            for message in queue["messages"]
            if message["visible_at"] > now
        ]
        return min(times, default=None)
