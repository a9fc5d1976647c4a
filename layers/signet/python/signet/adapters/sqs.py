"""Work queues and dead letters on SQS."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.domain.work import Work
from signet.errors import Transient

# SQS takes ten entries and, since January 2026, 1 MiB per call; we stay well below.
_ENTRIES_PER_CALL = 10
_BYTES_PER_CALL = 900_000
_MOST_DELAY_SECONDS = 900


class SqsWorkQueue:
    """Send work items, packed into as few calls as the limits allow."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, items: Sequence[Work], *, delay: timedelta = timedelta(0)) -> None:
        """Queue work items durably."""
        bodies = [item.model_dump_json(ensure_ascii=True) for item in items]
        hidden = {"DelaySeconds": _seconds(delay)} if delay else {}
        for part in _calls(bodies):
            self._send([{"MessageBody": body, **hidden} for body in part])

    def _send(self, bodies: list[dict[str, Any]]) -> None:
        entries = [{"Id": str(n), **body} for n, body in enumerate(bodies)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error
        if answer.get("Failed"):
            raise Transient(f"{len(answer['Failed'])} of {len(bodies)} work items were not taken")


class SqsDeadLetters:
    """Put a queue body aside with its reason, as message attributes."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def bury(self, body: str, *, reason: str, receives: int) -> None:
        """Move one queue body to the dead letters of its queue."""
        attributes = {
            "reason": {"DataType": "String", "StringValue": _printable(reason[:1000]) or "unknown"},
            "receives": {"DataType": "Number", "StringValue": str(receives)},
        }
        try:
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=body, MessageAttributes=attributes
            )
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error


def _printable(text: str) -> str:
    """
    Replace what SQS refuses in an attribute.

    A reason may name a field of a body that somebody else wrote:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _seconds(delay: timedelta) -> int:
    """Round a delay up to whole seconds, within what SQS takes."""
    return min(_MOST_DELAY_SECONDS, -(-delay // timedelta(seconds=1)))


def _calls(bodies: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if part and (len(part) == _ENTRIES_PER_CALL or size + length > _BYTES_PER_CALL):
            yield part
            part, size = [], 0
        part.append(body)
        size += length
    if part:
        yield part
