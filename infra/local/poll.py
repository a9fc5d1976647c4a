"""Event source mappings of queues: receive, invoke, delete what worked, leave what failed."""

from dataclasses import dataclass
from typing import Any

from infra.local.emulator import REGION
from infra.local.function import FunctionError
from infra.local.invoke import Invoker
from infra.local.queues import Queues


@dataclass
class QueueMapping:
    """One queue feeding one function."""

    id: str
    url: str
    arn: str
    function: str
    batch: int = 10
    reports_failures: bool = False
    enabled: bool = True

    def step(self, queues: Queues, invoker: Invoker) -> int:
        """
        Move one batch.

        Returns:
            How many messages the function was given.
        """
        messages = queues.receive(self.url, self.batch) if self.enabled else []
        if not messages:
            return 0
        event = {"Records": [record(message, self.arn) for message in messages]}
        try:
            failed = self._failed(invoker.call(self.function, event), messages)
        except FunctionError:
            return len(messages)
        done = [m["ReceiptHandle"] for m in messages if m["MessageId"] not in failed]
        if done:
            queues.delete(self.url, done)
        return len(messages)

    def _failed(self, answer: Any, messages: list[dict[str, Any]]) -> set[str]:
        """Read the answer; an identifier that is not of the batch fails the whole batch."""
        every = {message["MessageId"] for message in messages}
        if not self.reports_failures or not isinstance(answer, dict):
            return set()
        failures = answer.get("batchItemFailures") or []
        named = {failure.get("itemIdentifier") for failure in failures}
        return min(named, every)


def record(message: dict[str, Any], arn: str) -> dict[str, Any]:
    """Write a received message as Lambda's event does."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def attribute(value: dict[str, Any]) -> dict[str, Any]:
    """Write a message attribute as Lambda's event does."""
    kinds = {"StringValue": "stringValue", "BinaryValue": "binaryValue"}
    given = {kinds[k]: v for k, v in value.items() if k in kinds}
    return {
        **given,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.get("DataType", "String"),
    }
