"""Fold the ledger's stream into counters, exactly once, and append it to the lake."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.report import Change, changes
from signet.errors import Conflict
from signet.ports import CounterChange, Counters, ObjectStore, RecentRing

# A transaction holds a hundred writes; each change touches at most three scopes.
SCOPES_PER_FOLD = 99


@dataclass(frozen=True)
class Books:
    """The ports that folding needs."""

    counters: Counters
    lake: ObjectStore
    ring: RecentRing


def fold(shard: str, batch: Sequence[Change], *, at: datetime, books: Books) -> int:
    """
    Fold one batch of a shard, in sequence order.

    Effects: lake, counters, ring.
    Idempotent: by the shard's checkpoint: what was folded before is left out.

    Returns:
        How many changes were new.
    """
    last = books.counters.checkpoint(shard)
    new = [change for change in batch if not last or int(change.sequence) > int(last)]
    if not new:
        return 0
    if any(change.after is not None for change in new):
        books.lake.put(_place(shard, new, at), _lines(new))
    for run in _runs(new):
        after = run[-1].sequence
        try:
            books.counters.fold(shard, before=last, after=after, changes=list(_sums(run)))
        except Conflict:
            # Another invocation folded this shard meanwhile: begin again from where it stands.
            return fold(shard, batch, at=at, books=books)
        last = after
    _show(new, books.ring)
    return len(new)


def _runs(new: Sequence[Change]) -> Iterator[list[Change]]:
    run: list[Change] = []
    scopes: set[tuple[str, str]] = set()
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
        for name, amount in list(amounts):
            for scope in _scopes(change):
                yield CounterChange(change.workspace, scope, name, amount)


def _place(shard: str, new: Sequence[Change], at: datetime) -> str:
    """Name the lake file by what it holds, so that a repeat writes the same file."""
    return f"transitions/dt={at:%Y-%m-%d}/{shard}-{new[0].sequence}-{new[-1].sequence}.ndjson.gz"


def _lines(new: Sequence[Change]) -> bytes:
    rows = (_line(change) for change in new if change.after is not None)
    return gzip.compress("".join(rows).encode(), mtime=0)


def _line(change: Change) -> str:
    after = change.after
    shown = {} if after is None else after.model_dump(mode="json", exclude={"decisions", "token"})
    return json.dumps({"sequence": change.sequence, **shown}, sort_keys=True) + "\n"


def _show(new: Sequence[Change], ring: RecentRing) -> None:
    rows: dict[tuple[str, str], list[str]] = {}
    for change in new[-200:]:
        if change.after is None:
            rows.setdefault((change.workspace, "events"), []).append(change.reference)
        elif change.before is None:
            rows.setdefault((change.workspace, "messages"), []).append(change.reference)
    for (workspace, what), references in rows.items():
        ring.note(workspace, what, references)
