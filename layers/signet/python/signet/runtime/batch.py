"""SQS records, one at a time, with the partial answer that Lambda expects."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from signet.errors import Duplicate, Permanent
from signet.ports import DeadLetters
from signet.runtime.observability import alarm

# As the queues of the stack have it: the last try buries the record here, with its reason,
# because a queue's own redrive does not know why.
MOST_RECEIVES = 8


def each(
    event: dict[str, Any],
    context: Any,
    *,
    handle: Callable[[str], None],
    dead_letters: DeadLetters,
) -> Any:
    """
    Handle every record of a batch by itself.

    A permanent failure is buried at first sight, any other is left on the queue until its last
    try. A duplicate is done.

    Returns:
        The partial batch response, naming the records to be tried again.
    """

    def one(record: SQSRecord) -> None:
        _one(record, handle=handle, dead_letters=dead_letters)

    batch = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=one, processor=batch, context=context
    )


def _one(record: SQSRecord, *, handle: Callable[[str], None], dead_letters: DeadLetters) -> None:
    receives = int(record.attributes.approximate_receive_count or 1)
    try:
        handle(record.body)
    except Duplicate:
        return
    except Permanent as error:
        dead_letters.bury(record.body, reason=reason(error), receives=receives)
    except Exception as error:
        alarm("record failed", error, receives=receives)
        if receives < MOST_RECEIVES:
            raise
        dead_letters.bury(record.body, reason=reason(error), receives=receives)


def reason(error: Exception) -> str:
    """Write an error as the reason of a dead letter; foreign errors give only their kind."""
    own = type(error).__module__.startswith("signet")
    return f"{type(error).__name__}: {error}" if own else type(error).__name__
