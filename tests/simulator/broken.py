"""Versions of guards that do not guard, for the mutants; each gets the real one and replaces it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from signet.adapters.dynamodb import counters
from signet.adapters.dynamodb.message_row import DUE
from signet.errors import Transient
from signet.ids import fresh
from signet.ports import Step
from signet.ports.store import Put
from signet.usecases import (
    planning,
    preprocess,
    redrive,
    report,
    restore,
)


def always(value: Any) -> Callable[[Any], Any]:
    """Give the same whatever is asked."""
    return lambda _real: lambda *_given, **_named: value


def soon(_real: Any) -> Any:
    """Look a minute later, whenever that is."""
    return lambda _planned_at, now: now + timedelta(minutes=1)


def forgiving(real: Any) -> Any:
    """Go on as if a call had worked, whatever it said."""

    def call(*given: Any, **named: Any) -> Any:
        try:
            return real(*given, **named)
        except Transient:
            return given[-1] if given else None

    return call


def promised(real: Any) -> Any:
    """Say that a caller's message has its row, whatever became of the write."""

    def plan(self: Any, message: Any) -> bool:
        try:
            return bool(real(self, message))
        except Transient:
            if message.campaign_id is not None:
                raise
            return True

    return plan


def unconditional(real: Any) -> Any:
    """Write an update that happens whatever stands there."""
    return lambda *given, **named: replace(real(*given, **named), condition=None)


def event_first(real: Any) -> Any:
    """Close the events before their effects."""

    def once(workspace: str, events: Any, stores: Any) -> int:
        known = stores.events.known(events)
        new = [event for event in events if event.key not in known]
        for event in new:
            directory = preprocess.Directory(workspace, stores.profiles, stores.sealer)
            directory.load([event])
            stores.events.add(directory.owner(event), event, messages=())
        blind = _Unclosed(stores.events)
        return int(real(workspace, new, replace(stores, events=blind))) if new else 0

    return once


class _Unclosed:
    def __init__(self, events: Any) -> None:
        self._events = events

    def known(self, _events: Any) -> frozenset[str]:
        return frozenset()

    def add_many(self, entries: Any) -> frozenset[str]:
        return frozenset(entry.event.key for entry in entries)


def drawn_ids(_real: Any) -> Any:
    """Draw ids instead of deriving them."""
    drawn = iter(range(10**9))
    return lambda *_given, **_named: fresh(next(drawn).to_bytes(16, "big"))


def new_only(real: Any) -> Any:
    """Send no work for a message whose row was there already."""

    def triggered(self: Any, campaign: Any, about: Any, person: Any) -> Any:
        known = {}
        real_plan = self.ledger.plan

        class Ledger:
            def plan(self, message: Any) -> bool:
                """Plan, and remember whether that was news."""
                known["new"] = real_plan(message)
                return bool(known["new"])

        planned = real(replace_ledger(self, Ledger()), campaign, about, person)
        return planned if known["new"] else planning.Planned(planned.message_id, None)

    return triggered


def replace_ledger(planner: Any, book: Any) -> Any:
    """Give a planner with another ledger and the same kept campaigns."""
    other = replace(planner, ledger=book)
    other._kept = planner._kept
    return other


def apart(_real: Any) -> Any:
    """Write the counters and their checkpoint one after the other."""

    def fold(self: Any, shard: str, *, before: str, after: str, changes: Any) -> None:
        sums: dict[Any, dict[str, int]] = {}
        for change in changes:
            place = sums.setdefault((change.workspace, change.scope), {})
            place[change.name] = place.get(change.name, 0) + change.amount
        for place, amounts in sums.items():
            added = counters._addition(place, amounts)
            self._table.update(added.key, added.update)
        self._table.transact([counters._checkpoint(shard, before, after)])

    return fold


def loose(real: Any) -> Any:
    """Write the checkpoint whatever stands there."""
    return lambda *given: Put(real(*given).item, None)


def forgetful(_real: Any) -> Any:
    """Fold what was folded before, too."""

    def fold(shard: str, given: Any, *, books: Any) -> int:
        last = books.counters.checkpoint(shard)
        if given:
            report._fold_runs(shard, list(given), last=last, books=books)
        return len(given)

    return fold


def skipping(real: Any) -> Any:
    """Answer well for a batch of the stream that could not be folded."""

    def fold(event: Any, ports: Any) -> Any:
        try:
            return real(event, ports)
        except Exception:  # noqa: BLE001 - that is what the mutant does
            return {"state": {}, "batchItemFailures": []}

    return fold


def first_word(real: Any) -> Any:
    """Let an older clock's word yield to what stands."""

    def record(self: Any, workspace: str, profile_id: str, said: Any, **more: Any) -> Any:
        standing = self.look(workspace, profile_id).consent(said.channel, said.topic)
        if standing is not None and standing.at > said.at:
            return said
        return real(self, workspace, profile_id, said, **more)

    return record


def healing(_real: Any) -> Any:
    """Raise the beat also where the ledger is from a backup."""

    def beat(*, gates: Any, epoch: Any) -> bool:
        standing, known = epoch.read(), gates.beat()
        after = max(standing, known) + 1
        if gates.raise_beat(known, after):
            epoch.advance(standing, after)
        return True

    return beat


def opened(_real: Any) -> Any:
    """Open the gates without reading what the lost minutes had sent."""

    def replay(_work: Any, *, archive: Any) -> int:
        restore._open(archive)
        return 0

    return replay


def swallowed(_real: Any) -> Any:
    """Forget a record that failed."""

    def one(record: Any, *, handle: Any, dead_letters: Any, again: Any) -> None:
        try:
            handle(record.body)
        except Exception:  # noqa: BLE001 - that is what the mutant does
            return

    return one


def partly(real: Any) -> Any:
    """Overlook that a queue took only some of the items."""

    def send(self: Any, items: Any, *, delay: timedelta = timedelta(0)) -> None:
        try:
            real(self, items, delay=delay)
        except Transient as error:
            if "some items" not in str(error):
                raise

    return send


def cached(real: Any) -> Any:
    """Read the gate once per container."""

    def look(self: Any, workspace: str, campaign_ids: Any) -> Any:
        kept = self.__dict__.setdefault("_kept", {})
        place = (workspace, tuple(sorted(campaign_ids)))
        if place not in kept:
            kept[place] = real(self, workspace, campaign_ids)
        return kept[place]

    return look


def gone_first(_real: Any) -> Any:
    """Take a letter off the list before it is sent."""

    def again(request: Any, *, workspace: str, sexton: Any) -> Any:
        letters = redrive._all(request.queue, workspace, sexton.rows)
        wanted = [one for one in letters if one.position in (request.ids or ())]
        for letter in wanted:
            redrive.exhume(letter.body, ledger=sexton.ledger, clock=sexton.clock)
            sexton.rows.remove(workspace, letter.position)
            sexton.queues[request.queue].send_raw(letter.body)
        ids = tuple(letter.position for letter in wanted)
        return redrive.Redriven(queue=request.queue, ids=ids, dry_run=False)

    return again


def undated(*statuses: str) -> Callable[[Any], Any]:
    """Let messages of some statuses wait without a moment to look at them."""

    def make(real: Any) -> Any:
        def stepping(step: Step) -> Any:
            if step.to not in statuses:
                return real(step)
            return replace(real(replace(step, due_at=None)), removes=DUE)

        return stepping

    return make


def by_time(_real: Any) -> Any:
    """Think that the row with the later move knows more."""

    def more(elsewhere: Any, known: Any) -> bool:
        last = [max(step.at for step in m.transitions) for m in (elsewhere, known)]
        return bool(last[0] > last[1])

    return more
