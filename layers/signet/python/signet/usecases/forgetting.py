"""Forget what messages were decided by, as long after it as the policy says."""

import gzip
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from signet.domain.message import WAITING, Message
from signet.domain.work import ForgetDecisions
from signet.ports import Clock, Ledger, ObjectStore, PolicyReader, Progress, WorkQueue
from signet.usecases.restore import PREFIX

# Files of the lake that one work item goes through.
FILES = 20


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


def forget(work: ForgetDecisions, forgetter: Forgetter) -> int:
    """
    Go through the next files of the lake that are old enough, and take the records from their rows.

    A message that waits still, or has moved since, keeps its record: it is met again in the file
    of its later moves. The row itself stays, with its status, reason and moments, because it is
    what keeps a message from being sent twice.

    Effects: ledger, upkeep queue.
    Idempotent: a row without a record stays as it is.

    Returns:
        How many records were taken away.
    """
    limit = _limit(work.workspace, forgetter)
    if limit is None:
        return 0
    end, reached = f"{PREFIX}dt={limit:%Y-%m-%d}", forgetter.progress.reached(work.workspace)
    names = forgetter.lake.names(PREFIX, after=max(PREFIX, reached))
    files = [name for name in islice(names, FILES) if name < end]
    found = (_due_in(name, work.workspace, limit, forgetter=forgetter) for name in files)
    done = sum(forgetter.ledger.forget(message) for due in found for message in due)
    if files:
        forgetter.progress.reach(work.workspace, files[-1])
    if len(files) == FILES:
        forgetter.onwards.send([work])
    return done


def _limit(workspace: str, forgetter: Forgetter) -> datetime | None:
    """Give the moment before which records end; None where the policy sets no end."""
    policy = forgetter.policies.policy(workspace)
    kept = policy.draft.keep_decisions if policy else None
    return forgetter.clock.now() - kept if kept is not None else None


def _due_in(
    name: str, workspace: str, limit: datetime, *, forgetter: Forgetter
) -> Iterator[Message]:
    """Give the messages of a file, as they are by now, whose records end."""
    lines = gzip.decompress(forgetter.lake.get(name)).decode().splitlines()
    told = [json.loads(line) for line in lines]
    ids = sorted({one["id"] for one in told if one["workspace"] == workspace})
    rows = forgetter.ledger.get_many(workspace, ids) if ids else {}
    return (message for message in rows.values() if _is_due(message, limit))


def _is_due(message: Message, limit: datetime) -> bool:
    if message.status in WAITING or not message.decisions:
        return False
    moved = max((step.at for step in message.transitions), default=message.planned_at)
    return moved < limit
