"""After the tables came back from a backup: learn what the lost minutes had sent, then go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import AwareDatetime, BaseModel, ConfigDict

from signet.domain.message import Message, tells_more
from signet.domain.work import ReplayLake
from signet.ports import Gates, Ledger, ObjectStore, SendEpoch, WorkQueue
from signet.usecases.lake import PREFIX, lines_of
from signet.usecases.views import View

# Files of the lake that one work item replays.
FILES = 20


class ReplayRequest(BaseModel):
    """Since when the lake is to be replayed: a moment before the backup was taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime


class ReplayView(View):
    """What was begun: the gates open when the replay has come to its end."""

    since: datetime


@dataclass(frozen=True)
class Archive:
    """The ports that replaying needs; `onwards` is upkeep's own queue."""

    ledger: Ledger
    lake: ObjectStore
    gates: Gates
    epoch: SendEpoch
    onwards: WorkQueue


def begin(request: ReplayRequest, *, queue: WorkQueue) -> ReplayView:
    """
    Ask upkeep to replay the lake.

    Effects: upkeep queue.
    Idempotent: a replay changes nothing that is as far already.
    """
    queue.send([ReplayLake(since=request.since)])
    return ReplayView(since=request.since)


def replay(work: ReplayLake, *, archive: Archive) -> int:
    """
    Replay some files of the lake over the ledger; after the last one the gates open.

    Every line of the lake is a message after a change. A row that is behind it, or is not there,
    becomes what the line says, so that nothing that was claimed or sent is sent again: a claim
    whose answer was lost is doubted and settled as ever.

    Effects: ledger, gates, epoch, upkeep queue.
    Idempotent: a row that is as far as the line stays.

    Returns:
        How many rows were brought forward.
    """
    first = f"{PREFIX}dt={work.since - timedelta(days=1):%Y-%m-%d}"
    names = archive.lake.names(PREFIX, after=max(first, work.position))
    files = list(islice(names, FILES))
    done = sum(_brought_forward(list(_messages(name, archive)), archive) for name in files)
    if len(files) == FILES:
        archive.onwards.send([work.model_copy(update={"position": files[-1]})])
    else:
        _open(archive)
    return done


def _brought_forward(lines: Sequence[Message], archive: Archive) -> int:
    """Witness the lines of one file that say more than a look at all their rows together does."""
    named: dict[str, set[str]] = {}
    for line in lines:
        named.setdefault(line.workspace, set()).add(line.id)
    rows = {
        (workspace, mid): row
        for workspace, ids in named.items()
        for mid, row in archive.ledger.get_many(workspace, sorted(ids)).items()
    }
    done = 0
    for line in lines:
        known = rows.get((line.workspace, line.id))
        if (known is None or tells_more(line, known)) and archive.ledger.witness(line):
            rows[line.workspace, line.id] = line
            done += 1
    return done


def _messages(name: str, archive: Archive) -> Iterator[Message]:
    for written in lines_of(name, archive.lake):
        written.pop("sequence")
        yield Message.model_validate(written)


def _open(archive: Archive) -> None:
    """Bring the ledger's beat before the one that no backup takes back."""
    standing, known = archive.epoch.read(), archive.gates.beat()
    if known < standing:
        archive.gates.raise_beat(known, standing + 1)
