"""What nobody calls: messages that wait too long, and dead letters turned into rows."""

from signet.domain.message import Message
from signet.ports import Clock, DeadLetter, DeadLetterRows, DueRows, Ledger, Step

_MOST_A_SWEEP = 500


def sweep(*, due: DueRows, ledger: Ledger, clock: Clock) -> int:
    """
    End the doubt of messages that no provider event settled in time.

    Effects: ledger.
    Idempotent: by status: a message that moved on is left alone.

    Returns:
        How many messages became unresolved.
    """
    now = clock.now()
    waiting = due.before(now, limit=_MOST_A_SWEEP)
    return sum(_resolve(message, ledger, clock) for message in waiting)


def _resolve(message: Message, ledger: Ledger, clock: Clock) -> bool:
    if message.status != "in_doubt":
        return False
    step = Step(
        to="unresolved",
        at=clock.now(),
        from_statuses=("in_doubt",),
        epoch=message.epoch,
        reason=f"{message.reason}; no provider event came",
    )
    return ledger.move(message.workspace, message.id, step)


def bury(letter: DeadLetter, *, rows: DeadLetterRows) -> None:
    """
    Keep a dead letter as a row.

    Effects: dead letter rows.
    Idempotent: by the letter's position.
    """
    rows.add(letter)
