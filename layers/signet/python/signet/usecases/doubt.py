"""Claims whose holder went silent: doubted, then settled by evidence, by silence or by a repeat."""

from datetime import datetime

from signet.domain.message import Message, too_late
from signet.domain.waiting import MOST_HAND_OVERS, SKEW, doubt_ends
from signet.ports import Ledger, Step

LAPSED = "the claim lapsed without an answer"


def doubt_when_lapsed(message: Message, now: datetime, *, ledger: Ledger) -> bool:
    """
    Doubt a claim past its lease: it may have been handed over, so it is never claimed again.

    Another container's clock may be ahead, so a lease counts as over only minutes later.

    Effects: ledger.

    Returns:
        Whether the message is in doubt now.
    """
    if message.lease_until is None or now <= message.lease_until + SKEW:
        return False
    step = Step(
        to="in_doubt",
        at=now,
        from_statuses=("claimed",),
        epoch=message.epoch,
        token=message.token,
        reason=LAPSED,
        due_at=doubt_ends(message.lease_until, message.message_class),
    )
    return ledger.move(message.workspace, message.id, step)


def resolve(message: Message, now: datetime, *, ledger: Ledger) -> bool:
    """
    End the doubt about a message whose quiet period is over.

    The caller knows that provider events arrive. A message of class `assured` is sent once more,
    unless that was done already; one of class `once` never.

    Effects: ledger.

    Returns:
        Whether the message may be sent once more now.
    """
    again = message.message_class == "assured" and message.epoch + 1 < MOST_HAND_OVERS
    if again and not too_late(message, now):
        step = Step(
            to="planned",
            at=now,
            from_statuses=("in_doubt",),
            epoch=message.epoch,
            next_epoch=message.epoch + 1,
            reason=f"{message.reason}; no provider event came, so it is sent once more",
            due_at=now,
        )
        return ledger.move(message.workspace, message.id, step)
    step = Step(
        to="unresolved",
        at=now,
        from_statuses=("in_doubt",),
        epoch=message.epoch,
        reason=f"{message.reason}; no provider event came",
    )
    ledger.move(message.workspace, message.id, step)
    return False
