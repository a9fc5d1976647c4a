"""Turn dead letters into rows, and into the state of the messages they are about."""

from collections.abc import Mapping

from signet.domain.message import READY, Message, ended
from signet.domain.waiting import next_look
from signet.domain.work import apart, messages_in, read
from signet.errors import Poison
from signet.ports import Clock, DeadLetter, DeadLetterRows, Ledger, Step, WorkQueue

LAID_ASIDE = "laid aside: "
LONGEST_REASON = 250
# The body is at fault, or the world was for a while: the message itself goes on from its row.
_PASSING = ("Poison", "Transient", "Throttled")


def bury(
    letter: DeadLetter,
    *,
    rows: DeadLetterRows,
    ledger: Ledger,
    queues: Mapping[str, WorkQueue],
    clock: Clock,
    silent: str,
) -> bool:
    """
    Keep a dead letter as a row, and end the messages that it is about.

    A pack whose function died without a word (`silent` is the reason that such letters have) is
    taken apart and tried again, so that only the culprit ends here.

    Effects: dead letter rows, ledger; or the letter's own queue.
    Idempotent: by the letter's position, and by status.

    Returns:
        False when the letter was taken apart instead.
    """
    try:
        work = read(letter.body)
    except Poison:
        rows.add(letter)
        return True
    parts = apart(work)
    if letter.reason == silent and parts and letter.queue in queues:
        queues[letter.queue].send(parts)
        return False
    rows.add(letter)
    if not letter.reason.startswith(_PASSING):
        found = (ledger.get(workspace, message_id) for workspace, message_id in messages_in(work))
        for message in found:
            if message is not None:
                _lay_aside(message, letter.reason, ledger=ledger, clock=clock)
    return True


def _lay_aside(message: Message, reason: str, *, ledger: Ledger, clock: Clock) -> None:
    step = Step(
        to="failed",
        at=clock.now(),
        from_statuses=READY,
        epoch=message.epoch,
        reason=ended(f"{LAID_ASIDE}{reason}"[:LONGEST_REASON], message),
    )
    ledger.move(message.workspace, message.id, step)


def exhume(body: str, *, ledger: Ledger, clock: Clock) -> int:
    """
    Let the messages of a dead letter that is driven again go on where they were.

    Effects: ledger.
    Idempotent: by status.

    Returns:
        How many messages were waiting to be driven again.
    """
    try:
        named = messages_in(read(body))
    except Poison:
        return 0
    found = (ledger.get(workspace, message_id) for workspace, message_id in named)
    return sum(_reopened(m, ledger, clock) for m in found if m is not None)


def _reopened(message: Message, ledger: Ledger, clock: Clock) -> bool:
    """Undo our own burial: nothing else that failed comes back, and nothing was handed over."""
    if message.status != "failed" or not message.reason.startswith(LAID_ASIDE):
        return False
    now = clock.now()
    step = Step(
        to="planned",
        at=now,
        from_statuses=("failed",),
        epoch=message.epoch,
        reason="driven again",
        due_at=next_look(message.planned_at, now),
    )
    return ledger.move(message.workspace, message.id, step)
