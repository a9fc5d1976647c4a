"""Forget what messages were decided by, as long after it as the policy says."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from signet.domain.message import WAITING, Message
from signet.domain.work import ForgetDecisions
from signet.errors import Poison
from signet.ports import Clock, Ledger, ObjectStore, PolicyReader, Progress, WorkQueue
from signet.usecases.lake import PREFIX, lines_of

# Files of the lake that one work item goes through, and what one of them may take.
FILES = 20
ENOUGH = timedelta(seconds=20)
TimeLeft = Callable[[], timedelta]


@dataclass(frozen=True)
class Forgetter:
    """The ports that forgetting needs; `onwards` is upkeep's own queue."""

    policies: PolicyReader
    ledger: Ledger
    lake: ObjectStore
    progress: Progress
    onwards: WorkQueue
    clock: Clock


def begin(workspaces: Collection[str], forgetter: Forgetter) -> int:
    """
    Ask for each workspace whose policy lets decision records end; a daily duty.

    Effects: upkeep queue.
    Idempotent: what is forgotten already is passed.

    Returns:
        For how many workspaces there is something to do.
    """
    wanted = [
        ForgetDecisions(workspace=workspace)
        for workspace in sorted(workspaces)
        if _limit(workspace, forgetter) is not None
    ]
    if wanted:
        forgetter.onwards.send(wanted)
    return len(wanted)


def forget(work: ForgetDecisions, forgetter: Forgetter, *, time_left: TimeLeft) -> int:
    """
    Go through the next files of the lake that are old enough, and take the records from their rows.

    A message that waits still, or has moved since, keeps its record: it is met again in the file
    of its later moves. The row itself stays, with its status, reason and moments, because it is
    what keeps a message from being sent twice.

    Effects: ledger, progress, upkeep queue.
    Idempotent: a row without a record stays as it is, and of two who go through the same file
        only one goes on.

    Returns:
        How many records were taken away.
    """
    limit = _limit(work.workspace, forgetter)
    if limit is None:
        return 0
    reached, done = forgetter.progress.reached(work.workspace), 0
    names = forgetter.lake.names(PREFIX, after=max(PREFIX, reached))
    files = [name for name in islice(names, FILES) if name < _end(limit)]
    for name in files:
        if time_left() < ENOUGH:
            break
        due = _due_in(name, work.workspace, limit, forgetter=forgetter)
        done += sum(forgetter.ledger.forget(message) for message in due)
        if not forgetter.progress.reach(work.workspace, name, before=reached):
            return done
        reached = name
    if files:
        forgetter.onwards.send([work])
    return done


def _end(limit: datetime) -> str:
    """Give the name before which files are old enough; one begins in a day and may end later."""
    return f"{PREFIX}dt={limit - timedelta(days=1):%Y-%m-%d}"


def _limit(workspace: str, forgetter: Forgetter) -> datetime | None:
    """Give the moment before which records end; None where the policy sets no end."""
    policy = forgetter.policies.policy(workspace)
    kept = policy.draft.keep_decisions if policy else None
    return forgetter.clock.now() - kept if kept is not None else None


def _due_in(name: str, workspace: str, limit: datetime, *, forgetter: Forgetter) -> list[Message]:
    """Give the messages of a file, as they are by now, whose records end."""
    told = lines_of(name, forgetter.lake)
    ids = sorted({str(one["id"]) for one in told if one["workspace"] == workspace})
    return [message for message in _rows(ids, workspace, forgetter) if _is_due(message, limit)]


def _rows(ids: Sequence[str], workspace: str, forgetter: Forgetter) -> Iterator[Message]:
    """Read messages; one that this version cannot read stands in nobody's way."""
    try:
        yield from forgetter.ledger.get_many(workspace, ids).values() if ids else ()
    except Poison:
        for one in ids:
            with suppress(Poison):
                yield from forgetter.ledger.get_many(workspace, [one]).values()


def _is_due(message: Message, limit: datetime) -> bool:
    if message.status in WAITING or not message.decisions:
        return False
    moved = max((step.at for step in message.transitions), default=message.planned_at)
    return moved < limit
