"""What nobody calls: messages that wait too long, and the beat of the gates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signet.domain.gate import Gate, passes
from signet.domain.message import READY, TOO_LATE, Message, Status, ended, shortened, too_late
from signet.domain.permission import refusal
from signet.domain.waiting import BACK_OFF, GIVEN_UP, PAUSED, SKEW, next_look
from signet.domain.work import RenderMessage
from signet.ports import (
    Clock,
    DueRows,
    EventStore,
    Evidence,
    Gates,
    Ledger,
    Mailer,
    SendEpoch,
    Step,
    WorkQueue,
)
from signet.usecases import canary
from signet.usecases.doubt import doubt_when_lapsed, resolve
from signet.usecases.send_work import packed_renders

# The log of a message that goes round and round keeps the first of each status and the newest.
LONGEST_LOG = 12
ENOUGH = timedelta(seconds=10)


@dataclass(frozen=True)
class Rounds:
    """The ports that a round of upkeep needs; `queue` is render's."""

    due: DueRows
    ledger: Ledger
    events: EventStore
    gates: Gates
    evidence: Evidence
    mailer: Mailer
    queue: WorkQueue
    clock: Clock
    sender: str


@dataclass
class Swept:
    """What a round did."""

    looked: int = 0
    sent_on: int = 0
    doubted: int = 0
    resolved: int = 0


def sweep(rounds: Rounds, *, time_left: Callable[[], timedelta]) -> Swept:
    """
    Look at every message whose moment has come, and move what can be moved.

    Effects: ledger, render queue; a canary where a doubt cannot be ended without evidence.
    Idempotent: by status: a message that moved on is left alone.
    """
    swept = Swept()
    for portion in rounds.due.due(rounds.clock.now()):
        if time_left() < ENOUGH:
            break
        swept.looked += len(portion)
        by_workspace: dict[str, list[Message]] = {}
        for message in portion:
            by_workspace.setdefault(message.workspace, []).append(message)
        for messages in by_workspace.values():
            ready = [message for message in messages if message.status in READY]
            swept.sent_on += _send_on(ready, rounds) if ready else 0
        _end_doubts([m for m in portion if m.status in {"claimed", "in_doubt"}], rounds, swept)
    return swept


def _send_on(waiting: Sequence[Message], rounds: Rounds) -> int:
    """Give the messages of one workspace new work, those that are worth it."""
    workspace = waiting[0].workspace
    campaigns = {m.campaign_id for m in waiting if m.campaign_id is not None}
    gate, now = rounds.gates.look(workspace, campaigns), rounds.clock.now()
    going = [message for message in waiting if _goes_on(message, gate, rounds)]
    if going:
        work = [RenderMessage(workspace=workspace, message_id=m.id) for m in going]
        # The work first: a crash in between sends it twice, and the claim lets one through.
        rounds.queue.send(packed_renders(work))
    for message in going:
        release(message, now, ledger=rounds.ledger)
    return len(going)


def _goes_on(message: Message, gate: Gate, rounds: Rounds) -> bool:
    """Tell whether a message is worth new work; one that is not ends, or waits on."""
    now = rounds.clock.now()
    ending = _ending(message, gate, rounds)
    if ending is not None:
        to, reason = ending
        step = Step(
            to=to,
            at=now,
            from_statuses=READY,
            epoch=message.epoch,
            reason=ended(reason, message),
        )
        rounds.ledger.move(message.workspace, message.id, step)
        return False
    refused = refusal(passes(gate, message))
    if refused is None:
        return True
    later = now + PAUSED if refused.rule == "campaign" else next_look(message.planned_at, now)
    rounds.ledger.postpone(message, min(later, message.not_after or later))
    return False


def _ending(message: Message, gate: Gate, rounds: Rounds) -> tuple[Status, str] | None:
    now = rounds.clock.now()
    if too_late(message, now):
        return "expired", TOO_LATE
    refused = refusal(passes(gate, message))
    over = refused is not None and refused.rule == "campaign"
    if over and refused is not None and refused.reason != "campaign_paused":
        return "cancelled", refused.reason
    if now - message.planned_at > GIVEN_UP and not _told(message, rounds):
        return "failed", "its event was laid aside and never driven again"
    return None


def _told(message: Message, rounds: Rounds) -> bool:
    """Tell whether the event is there that holds the message's data."""
    found = rounds.events.get_many(message.workspace, [message.event_key])
    return bool(message.event_key) and message.event_key in found


def release(message: Message, now: datetime, *, ledger: Ledger) -> bool:
    """
    Let a waiting message be claimed, and say when it is looked at again.

    Effects: ledger.
    """
    later = next_look(message.planned_at, now)
    if message.status != "held":
        return ledger.postpone(message, later)
    step = Step(
        to="planned",
        at=now,
        from_statuses=("held",),
        epoch=message.epoch,
        reason=message.reason,
        due_at=later,
        log=shortened(message.transitions, LONGEST_LOG),
    )
    return ledger.move(message.workspace, message.id, step)


def _end_doubts(messages: Sequence[Message], rounds: Rounds, swept: Swept) -> None:
    """
    Doubt claims that lapsed, and end doubts that are old enough.

    A doubt is ended only if a canary that was sent after the claim came back: absence of
    evidence counts only while evidence arrives.
    """
    now = rounds.clock.now()
    claimed = [message for message in messages if message.status == "claimed"]
    for message in claimed:
        if doubt_when_lapsed(message, now, ledger=rounds.ledger):
            swept.doubted += 1
        elif message.lease_until is not None:
            rounds.ledger.postpone(message, message.lease_until + SKEW)
    doubted = [message for message in messages if message.status == "in_doubt"]
    if not doubted:
        return
    heard = rounds.evidence.seen()
    silent = [message for message in doubted if not _heard_since(heard, message)]
    for message in doubted:
        if message in silent:
            rounds.ledger.postpone(message, now + BACK_OFF)
        else:
            resolve(message, now, ledger=rounds.ledger)
            swept.resolved += 1
    if silent:
        canary.send(
            mailer=rounds.mailer,
            evidence=rounds.evidence,
            clock=rounds.clock,
            sender=rounds.sender,
        )


def _heard_since(heard: datetime | None, message: Message) -> bool:
    """
    Tell whether a canary came back that left after a claim had lapsed.

    Two clocks dated the two, and one of them may be wrong: only what is later by more than that
    is later.
    """
    lapsed = message.lease_until
    return heard is not None and lapsed is not None and heard > lapsed + SKEW


def beat(*, gates: Gates, epoch: SendEpoch) -> bool:
    """
    Raise the beat, first beside the ledger, then where no restored table takes it back.

    A ledger whose beat is behind is from a backup: it stays so, and nothing is handed over,
    until somebody has replayed what it missed.

    Effects: gates, epoch.

    Returns:
        False when the ledger is from a backup.
    """
    standing, known = epoch.read(), gates.beat()
    if known < standing:
        return False
    if gates.raise_beat(known, known + 1):
        epoch.advance(standing, known + 1)
    return True
