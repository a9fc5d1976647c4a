"""Walk the messages of a campaign that was resumed or cancelled, page by page."""

from dataclasses import dataclass

from signet.domain.gate import keeps_hours
from signet.domain.message import READY, Message, ended
from signet.domain.work import RenderMessage, WalkCampaign
from signet.ports import Clock, Gates, Ledger, Step, WorkQueue
from signet.usecases.send_work import packed_renders
from signet.usecases.upkeep import release

PAGE = 100


@dataclass(frozen=True)
class Path:
    """The ports that walking needs; `queue` is render's, `onwards` upkeep's own."""

    ledger: Ledger
    gates: Gates
    queue: WorkQueue
    onwards: WorkQueue
    clock: Clock


def walk(work: WalkCampaign, *, path: Path) -> int:
    """
    Send the waiting messages of one page on, or cancel them; then go on with the next page.

    What the campaign is now decides, not what it was when the walk began.

    Effects: ledger, render queue, upkeep queue.
    Idempotent: by status.

    Returns:
        How many messages were moved.
    """
    gate = path.gates.look(work.workspace, {work.campaign_id})
    status = gate.campaigns.get(work.campaign_id)
    if status == "paused":
        return 0
    page = path.ledger.of_campaign(
        work.workspace, work.campaign_id, limit=PAGE, position=work.position or None
    )
    waiting = [m for m in page.items if isinstance(m, Message) and m.status in READY]
    if status == "active":
        now = path.clock.now()
        _send_on([message for message in waiting if not keeps_hours(message, now)], path)
    else:
        _cancel(waiting, path)
    if page.next_position is not None:
        onwards = work.model_copy(update={"position": page.next_position})
        path.onwards.send([onwards])
    return len(waiting)


def _send_on(waiting: list[Message], path: Path) -> None:
    if not waiting:
        return
    work = [RenderMessage(workspace=m.workspace, message_id=m.id) for m in waiting]
    path.queue.send(packed_renders(work))
    for message in waiting:
        if message.status == "held":
            release(message, path.clock.now(), ledger=path.ledger)


def _cancel(waiting: list[Message], path: Path) -> None:
    for message in waiting:
        step = Step(
            to="cancelled",
            at=path.clock.now(),
            from_statuses=READY,
            epoch=message.epoch,
            reason=ended("campaign_cancelled", message),
        )
        path.ledger.move(message.workspace, message.id, step)
