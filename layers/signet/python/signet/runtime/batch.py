"""SQS records, one at a time, with the partial answer that Lambda expects."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from signet.domain.work import Work, apart, read
from signet.errors import Duplicate, Permanent, Poison, Transient
from signet.ports import DeadLetters, WorkQueue
from signet.runtime.observability import alarm

# As the queues of the stack have it: the last try buries the record here, with its reason,
# because a queue's own redrive does not know why.
MOST_RECEIVES = 8


# Records that a function may not finish any more are left on the queue, untouched.
ENOUGH = timedelta(seconds=5)
UNKNOWN = timedelta(minutes=15)


def remaining(context: Any) -> timedelta:
    """Tell how long the function may still run; without a context, as long as any may."""
    if not hasattr(context, "get_remaining_time_in_millis"):
        return UNKNOWN
    return timedelta(milliseconds=context.get_remaining_time_in_millis())


def each(
    event: dict[str, Any],
    context: Any,
    *,
    handle: Callable[[str], None],
    dead_letters: DeadLetters,
    again: WorkQueue | None = None,
) -> Any:
    """
    Handle every record of a batch by itself.

    A permanent failure is buried at first sight, any other is left on the queue until its last
    try. A pack that fails for another reason than a passing one is taken apart first, and each
    item goes back alone: only the culprit is buried in the end. A duplicate is done.

    Args:
        event: The batch.
        context: Lambda's own.
        handle: Does one piece of work, given as the record's body.
        dead_letters: Where records go that cannot be handled.
        again: The queue itself, for the parts of packs.

    Returns:
        The partial batch response, naming the records to be tried again.
    """

    def one(record: SQSRecord) -> None:
        if remaining(context) < ENOUGH:
            raise Transient("not enough time is left")
        _one(record, handle=handle, dead_letters=dead_letters, again=again)

    batch = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    # Without the context: with one, the signature of `one` would be read for each batch.
    return process_partial_response(event=event, record_handler=one, processor=batch)


def _one(
    record: SQSRecord,
    *,
    handle: Callable[[str], None],
    dead_letters: DeadLetters,
    again: WorkQueue | None,
) -> None:
    receives = int(record.attributes.approximate_receive_count or 1)
    try:
        handle(record.body)
    except Duplicate:
        return
    except Exception as error:
        alarm("record failed", error, receives=receives)
        passing = isinstance(error, Transient)
        if again is not None and not passing and (parts := _parts(record.body)):
            again.send(parts)
            return
        if not isinstance(error, Permanent) and receives < MOST_RECEIVES:
            raise
        dead_letters.bury(record.body, reason=reason(error), receives=receives)


def _parts(body: str) -> list[Work]:
    try:
        return apart(read(body))
    except Poison:
        return []


def reason(error: Exception) -> str:
    """Write an error as the reason of a dead letter; foreign errors give only their kind."""
    own = type(error).__module__.startswith("signet")
    return f"{type(error).__name__}: {error}" if own else type(error).__name__
