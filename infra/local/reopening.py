"""
A kept state is a restored backup: the gates are shut until what it does not know has been learnt.

The local cloud does what an operator would do after a restore, through the same doors: what left
is told to the lake, the lake is replayed over the ledger, and that opens the gates.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from infra.local.journal import Left, Tail
from infra.local.keys import key
from infra.local.poll import QueueMapping
from infra.local.streams import StreamMapping

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

# No backup of a real table is younger than five minutes, and each minute is a beat.
BEATS = 5
EPOCH = "send-epoch"
BUCKET = "CONTENT_BUCKET"
ROUNDS = 100_000
ACCEPTED = 202


@dataclass(frozen=True)
class Reopened:
    """
    What a start from a kept state found.

    `mails` left after the state was kept; `doubtful` are those that a relay had begun to pass on.
    `whole` tells whether the journal goes back to the state, `opened` whether mails may leave.
    """

    since: datetime
    mails: int
    doubtful: tuple[str, ...]
    whole: bool
    opened: bool

    def lines(self) -> Iterator[str]:
        """Tell people what they may want to know."""
        if self.mails:
            yield (
                f"persist: {self.mails} mails had left since {self.since:%H:%M:%S}; none goes again"
            )
        if not self.whole:
            yield (
                "persist: what left after this state is not all known here, so nothing leaves "
                "until you POST /v1/sending/replay"
            )
        elif not self.opened:
            yield "persist: nothing leaves until the replay of the lake has come to its end"
        for ident in self.doubtful:
            yield f"relay of {ident} was cut off: it may have arrived, and is not offered again"


def shut(cloud: "LocalCloud") -> None:
    """Let the send epoch go on while the ledger stood still, as it does beside a backup."""
    bucket = next(iter(_buckets(cloud)), None)
    if bucket is None:
        return
    s3 = boto3.client("s3")
    try:
        standing = int(s3.get_object(Bucket=bucket, Key=EPOCH)["Body"].read())
    except ClientError:
        standing = 0
    s3.put_object(Bucket=bucket, Key=EPOCH, Body=str(standing + BEATS).encode())


def reopen(cloud: "LocalCloud", kept: dict[str, Any], tail: Tail) -> Reopened:
    """Learn what left after a state was kept, and open the gates if all of it is known."""
    since = datetime.fromtimestamp(kept["moment"], UTC)
    with cloud.turn:
        known = cloud.outbox.letters
        mails = list({m.letter.id: m for m in tail.mails if m.letter.id not in known}.values())
        told = _told(cloud, mails)
        opened = not _gated(cloud) or (tail.whole and told and _replayed(cloud, since))
        for left in mails:
            cloud.outbox.recall(left.letter)
            cloud.ses.numbered = max(cloud.ses.numbered, left.number)
        doubtful = _owe(cloud, kept["owed"], tail)
    return Reopened(since, len(mails), doubtful, tail.whole, opened)


def _buckets(cloud: "LocalCloud") -> Iterator[str]:
    for function in cloud.invoker.functions.values():
        if BUCKET in function.environment:
            yield function.environment[BUCKET]


def _gated(cloud: "LocalCloud") -> bool:
    return any(True for _ in _buckets(cloud))


def _told(cloud: "LocalCloud", mails: list[Left]) -> bool:
    """Tell the readers of the streams how rows stood when mails left; False if one has not read."""
    rows = [left.row for left in mails if left.row is not None]
    with cloud.lock:
        for row in rows:
            cloud.streams.tell(row)
        readers = [m for m in cloud.wired.mappings if isinstance(m, StreamMapping)]
        for reader in readers:
            _run(cloud, reader)
        return all((m.progress.position or 0) >= cloud.streams.end(m.table) for m in readers)


def _run(cloud: "LocalCloud", mapping: StreamMapping | QueueMapping) -> None:
    for _ in range(ROUNDS):
        if isinstance(mapping, StreamMapping):
            count = mapping.step(cloud.sources)
        else:
            count = mapping.step(cloud.queues, cloud.invoker)
        if not count:
            return


def _replayed(cloud: "LocalCloud", since: datetime) -> bool:
    """Replay the lake as an operator would, and tell whether the gates have opened."""
    shut, before = _gate(cloud), cloud.queues.waiting()
    body = json.dumps({"since": since.isoformat()})
    if (
        cloud.http("POST", "/v1/sending/replay", headers=_owner(cloud), body=body).status
        != ACCEPTED
    ):
        return False
    grown = {name for name, count in cloud.queues.waiting().items() if count > before[name]}
    with cloud.lock:
        for mapping in cloud.wired.mappings:
            if isinstance(mapping, QueueMapping) and mapping.url.rpartition("/")[2] in grown:
                _run(cloud, mapping)
    return _gate(cloud) != shut


def _gate(cloud: "LocalCloud") -> str:
    return cloud.http("GET", "/v1/sending", headers=_owner(cloud)).text


def _owner(cloud: "LocalCloud") -> dict[str, str]:
    """Speak as the owner, if the secret has a key of theirs."""
    owner = key("main", "owner", "bearer")
    found = (name for name, known in cloud.secret.get("keys", {}).items() if known == owner)
    return {"authorization": f"Bearer {next(found, '')}", "content-type": "application/json"}


def _owe(cloud: "LocalCloud", kept: dict[str, Any], tail: Tail) -> tuple[str, ...]:
    """Owe a relay what it was not offered; give what it may have taken."""
    waiting = [*kept["waiting"], *(m.letter.id for m in tail.mails if m.relayed)]
    over = {*tail.offered, *tail.settled}
    letters = cloud.outbox.letters
    cloud.owed.add(letters[i] for i in dict.fromkeys(waiting) if i in letters and i not in over)
    offered = dict.fromkeys([*kept["offered"], *tail.offered])
    return tuple(ident for ident in offered if ident not in tail.settled)
