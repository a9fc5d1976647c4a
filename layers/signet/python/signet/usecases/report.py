"""Fold the ledger's stream into counters, exactly once, and append it to the lake."""

import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from signet.domain.message import Message
from signet.domain.report import Change, changes
from signet.errors import Conflict, Transient
from signet.ports import CounterChange, Counters, ObjectStore, RecentRing
from signet.usecases.lake import PREFIX

# A transaction holds a hundred writes; each change touches at most three scopes.
SCOPES_PER_FOLD = 99
# Another invocation may fold the same shard; after so many lost races the batch comes again.
ATTEMPTS = 5
Scope = tuple[str, str]


@dataclass(frozen=True)
class Books:
    """The ports that folding needs."""

    counters: Counters
    lake: ObjectStore
    ring: RecentRing


def fold(shard: str, batch: Sequence[Change], *, books: Books) -> int:
    """
    Fold one batch of a shard, in sequence order.

    Effects: lake, counters, ring.
    Idempotent: by the shard's checkpoint: what was folded before is left out.

    Returns:
        How many changes were new.

    Raises:
        Transient: Others folded the same shard again and again, or a store does not answer.
    """
    done = 0
    for _ in range(ATTEMPTS):
        last = books.counters.checkpoint(shard)
        new = [change for change in batch if not last or int(change.sequence) > int(last)]
        if not new:
            return done
        try:
            done += _fold_runs(shard, new, last=last, books=books)
        except Conflict:
            continue
        _show(new, books.ring)
        return done
    raise Transient(f"the shard was folded by others {ATTEMPTS} times meanwhile")


def fold_late(shard: str, change: Change, *, books: Books) -> bool:
    """
    Fold one change whose batch went on without it.

    Effects: counters.
    Idempotent: by shard and sequence number, for ever.

    Returns:
        False when it was folded before.
    """
    marker = f"{shard}/{change.sequence}"
    if books.counters.checkpoint(marker):
        return False
    try:
        sums = list(_sums([change]))
        books.counters.fold(marker, before="", after=change.sequence, changes=sums)
    except Conflict:
        return False
    return True


def _fold_runs(shard: str, new: Sequence[Change], *, last: str, books: Books) -> int:
    done = 0
    for run in _runs(new):
        if any(change.after is not None for change in run):
            books.lake.put(_place(shard, run), _lines(run))
        after = run[-1].sequence
        books.counters.fold(shard, before=last, after=after, changes=list(_sums(run)))
        last, done = after, done + len(run)
    return done


def _runs(new: Sequence[Change]) -> Iterator[list[Change]]:
    run: list[Change] = []
    scopes: set[Scope] = set()
    for change in new:
        touched = {(change.workspace, scope) for scope in _scopes(change)}
        if run and len(scopes | touched) > SCOPES_PER_FOLD:
            yield run
            run, scopes = [], set()
        run.append(change)
        scopes |= touched
    if run:
        yield run


def _scopes(change: Change) -> Iterator[str]:
    yield "all"
    yield f"day:{change.day}"
    if change.after is not None and change.after.campaign_id:
        yield f"campaign:{change.after.campaign_id}"


def _sums(run: Sequence[Change]) -> Iterator[CounterChange]:
    for change in run:
        amounts = changes(change.before, change.after) if change.after else [("events", 1)]
        scopes = tuple(_scopes(change))
        for name, amount in amounts:
            for scope in scopes:
                yield CounterChange(change.workspace, scope, name, amount)


def _place(shard: str, run: Sequence[Change]) -> str:
    """
    Name the lake file by where it begins and ends.

    A try that failed may write its file long afterwards. It then takes nothing away from what
    was folded instead: the lines that both files have are the same, and have the same sequence.
    """
    first, last = run[0], run[-1]
    name = f"{shard}-{first.sequence}-{last.sequence}"
    return f"{PREFIX}dt={first.at:%Y-%m-%d}/{name}.ndjson.gz"


def _lines(run: Sequence[Change]) -> bytes:
    rows = (_line(change.sequence, change.after) for change in run if change.after is not None)
    return gzip.compress("".join(rows).encode(), mtime=0)


def _line(sequence: str, message: Message) -> str:
    head = json.dumps({"sequence": sequence})
    body = message.model_dump_json(exclude={"decisions"}, ensure_ascii=True)
    return f"{head[:-1]}, {body[1:]}\n"


def _show(new: Sequence[Change], ring: RecentRing) -> None:
    rows: dict[Scope, list[str]] = {}
    for change in new[-200:]:
        if change.after is None:
            rows.setdefault((change.workspace, "events"), []).append(change.reference)
        elif change.before is None:
            rows.setdefault((change.workspace, "messages"), []).append(change.reference)
    # The ring is for people who watch; no batch is worth repeating for it.
    with suppress(Transient):
        for (workspace, what), references in rows.items():
            ring.note(workspace, what, references)
