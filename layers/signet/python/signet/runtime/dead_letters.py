"""Records of dead-letter queues, read into letters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from signet.domain.work import workspace_of
from signet.ports import DeadLetter

# What a queue says of a record that its function never answered for.
WITHOUT_A_WORD = "received too often without success"
# In the order in which they are looked for: the stream's dead letters belong to report, too.
STAGES = ("stream", "preprocess", "render", "deliver", "report", "upkeep")


def each_letter(
    event: dict[str, Any], context: Any, *, now: datetime, keep: Callable[[DeadLetter], None]
) -> Any:
    """
    Keep every dead letter of a batch.

    Returns:
        The partial batch response, naming the records to be tried again.
    """

    def one(record: Any) -> None:
        keep(letter(record.raw_event, now))

    batch = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=one, processor=batch, context=context
    )


def is_letter(event: dict[str, Any]) -> bool:
    """Tell whether a batch comes from a queue of dead letters."""
    return any("deadletters" in record["eventSourceARN"].lower() for record in event["Records"])


def letter(record: dict[str, Any], now: datetime) -> DeadLetter:
    """
    Read one record.

    The reason is an attribute where a function buried the record itself; a queue that redrove it
    only knows that it was received too often.
    """
    attributes = record.get("messageAttributes", {})
    given = attributes.get("reason", {}).get("stringValue")
    receives = attributes.get("receives", {}).get("stringValue") or "0"
    queue = _stage(record["eventSourceARN"].rpartition(":")[2])
    return DeadLetter(
        workspace=workspace_of(record["body"]),
        position=f"{record['attributes']['SentTimestamp']}-{record['messageId']}",
        queue=queue,
        reason=given or WITHOUT_A_WORD,
        receives=int(receives),
        body=record["body"],
        buried_at=now,
    )


def _stage(queue_name: str) -> str:
    """Give the stage a dead-letter queue belongs to; deployed names have a stack's around them."""
    name = queue_name.lower()
    return next((stage for stage in STAGES if stage in name), queue_name)
