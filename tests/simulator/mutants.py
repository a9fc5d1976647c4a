"""
Guards, taken away one at a time: the simulator is awake if it notices.

Each mutant replaces something by a version without one guard. A guard that another one backs up is
also tried together with that one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from functions.report import wiring as report_wiring
from functions.upkeep import wiring as upkeep_wiring
from signet.adapters.dynamodb import counters, ledger
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.catalog import MemoryCatalog
from signet.domain.message import RANK
from signet.domain.permission import judge
from signet.errors import InDoubt, Transient
from signet.ids import fresh
from signet.ports import Step
from signet.ports.store import Put
from signet.runtime import batch
from signet.usecases import (
    campaigns,
    deliver,
    doubt,
    ingest,
    planning,
    preprocess,
    redrive,
    report,
    restore,
    settle,
    upkeep,
)
from tests.simulator import remote

Patch = tuple[Any, str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Mutant:
    """
    One guard less.

    Args:
        name: What the mutant does wrong.
        patches: What is replaced, each by a function of what was there.
        needs: What must be in the schedules for the guard to matter.
        backed_by: The mutant whose guard does the same; killed together with it only.
        rate: The rate of faults at which it is looked for.
    """

    name: str
    patches: tuple[Patch, ...]
    needs: frozenset[str] = frozenset()
    backed_by: str = ""
    rate: float = 0.02

    @contextmanager
    def living(self) -> Iterator[None]:
        """Let the mutant live for a while."""
        with ExitStack() as stack:
            for patch in self.patches:
                stack.enter_context(_patched(*patch))
            yield


@contextmanager
def _patched(target: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    real = getattr(target, name)
    setattr(target, name, make(real))
    try:
        yield
    finally:
        setattr(target, name, real)


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _real: lambda *_given, **_named: value


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda _real: value


def _forgiving(real: Any) -> Any:
    """Go on as if a call had worked, whatever it said."""

    def call(*given: Any, **named: Any) -> Any:
        try:
            return real(*given, **named)
        except Transient:
            return given[-1] if given else None

    return call


def _promised(real: Any) -> Any:
    """Say that a caller's message has its row, whatever became of the write."""

    def plan(self: Any, message: Any) -> bool:
        try:
            return bool(real(self, message))
        except Transient:
            if message.campaign_id is not None:
                raise
            return True

    return plan


def _unconditional(real: Any) -> Any:
    return lambda *given, **named: replace(real(*given, **named), condition=None)


def _look_first(_real: Any) -> Any:
    """Look before the claim, as if nobody could say anything in between."""

    def lot(ready: Any, desk: Any, *, time_left: Any) -> list[Transient]:
        if not ready:
            return []
        asked = deliver._looked([deliver.Held(one, "", desk.clock.now()) for one in ready], desk)
        faults: list[Transient] = []
        claims = []
        for one, before in zip(ready, asked, strict=True):
            held = deliver._claimed(one, desk, faults)
            claims += [replace(held, rules=before.rules)] if held else []
        deliver._hand_over_all(claims, desk, time_left=time_left)
        return faults

    return lot


def _doubt_is_refusal(real: Any) -> Any:
    """Take a lost answer for a refusal."""

    class Mailer:
        def __init__(self, mailer: Any) -> None:
            self._mailer = mailer

        def send(self, outgoing: Any) -> str:
            try:
                return str(self._mailer.send(outgoing))
            except InDoubt as error:
                raise Transient(str(error)) from error

        def __getattr__(self, name: str) -> Any:
            return getattr(self._mailer, name)

    def hand_over(claim: Any, desk: Any) -> bool:
        return bool(real(claim, replace(desk, mailer=Mailer(desk.mailer))))

    return hand_over


def _repeating(real: Any) -> Any:
    """Let the SDK repeat a send whose answer was lost."""

    def send(self: Any, outgoing: Any) -> str:
        try:
            return str(real(self, outgoing))
        except InDoubt:
            return str(real(self, outgoing))

    return send


def _taken_over(_real: Any) -> Any:
    def again(message: Any, now: Any, *, ledger: Any) -> bool:
        step = Step(to="planned", at=now, from_statuses=("claimed",), due_at=now)
        return bool(ledger.move(message.workspace, message.id, step))

    return again


def _as_assured(real: Any) -> Any:
    return lambda message, now, **ports: real(
        message.model_copy(update={"message_class": "assured"}), now, **ports
    )


def _unfenced(real: Any) -> Any:
    def stepping(step: Step) -> Any:
        every = tuple(RANK)
        return real(replace(step, from_statuses=every, epoch=None, token=None))

    return stepping


def _event_first(real: Any) -> Any:
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

    def add(self, *_given: Any, **_named: Any) -> bool:
        return True


def _drawn_ids(_real: Any) -> Any:
    drawn = iter(range(10**9))
    return lambda *_given, **_named: fresh(next(drawn).to_bytes(16, "big"))


def _new_only(real: Any) -> Any:
    """Send no work for a message whose row was there already."""

    def triggered(self: Any, campaign: Any, about: Any, person: Any) -> Any:
        known = {}
        real_plan = self.ledger.plan

        class Ledger:
            def plan(self, message: Any) -> bool:
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


def _apart(_real: Any) -> Any:
    """Write the counters and their checkpoint one after the other."""

    def fold(self: Any, shard: str, *, before: str, after: str, changes: Any) -> None:
        sums: dict[Any, dict[str, int]] = {}
        for change in changes:
            place = sums.setdefault((change.workspace, change.scope), {})
            place[change.name] = place.get(change.name, 0) + change.amount
        for place, amounts in sums.items():
            self._table.update(*_update_of(counters._addition(place, amounts)))
        self._table.transact([counters._checkpoint(shard, before, after)])

    return fold


def _update_of(change: Any) -> Any:
    return change.key, change.update


def _loose(real: Any) -> Any:
    return lambda *given: Put(real(*given).item, None)


def _forgetful(_real: Any) -> Any:
    """Fold what was folded before, too."""

    def fold(shard: str, given: Any, *, books: Any) -> int:
        last = books.counters.checkpoint(shard)
        if given:
            report._fold_runs(shard, list(given), last=last, books=books)
        return len(given)

    return fold


def _skipping(real: Any) -> Any:
    """Answer well for a batch of the stream that could not be folded."""

    def fold(event: Any, ports: Any) -> Any:
        try:
            return real(event, ports)
        except Exception:  # noqa: BLE001 - that is what the mutant does
            return {"state": {}, "batchItemFailures": []}

    return fold


def _first_word(_real: Any) -> Any:
    """Let an older clock's word yield to what stands."""

    def record(self: Any, workspace: str, profile_id: str, said: Any) -> Any:
        place = (f"{workspace}#p#{profile_id}", "permission")
        self._table.update(place, self._spoken(workspace, profile_id, said))
        return said

    return record


def _healing(_real: Any) -> Any:
    def beat(*, gates: Any, epoch: Any) -> bool:
        standing, known = epoch.read(), gates.beat()
        after = max(standing, known) + 1
        if gates.raise_beat(known, after):
            epoch.advance(standing, after)
        return True

    return beat


def _opened(_real: Any) -> Any:
    def replay(_work: Any, *, archive: Any) -> int:
        restore._open(archive)
        return 0

    return replay


def _swallowed(_real: Any) -> Any:
    def one(record: Any, *, handle: Any, dead_letters: Any, again: Any) -> None:
        try:
            handle(record.body)
        except Exception:  # noqa: BLE001 - that is what the mutant does
            return

    return one


def _partly(real: Any) -> Any:
    """Overlook that a queue took only some of the items."""

    def send(self: Any, items: Any, *, delay: timedelta = timedelta(0)) -> None:
        try:
            real(self, items, delay=delay)
        except Transient as error:
            if "some items" not in str(error):
                raise

    return send


def _cached(real: Any) -> Any:
    """Read the gate once per container."""

    def look(self: Any, workspace: str, campaign_ids: Any) -> Any:
        kept = self.__dict__.setdefault("_kept", {})
        place = (workspace, tuple(sorted(campaign_ids)))
        if place not in kept:
            kept[place] = real(self, workspace, campaign_ids)
        return kept[place]

    return look


def _gone_first(_real: Any) -> Any:
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


def _undated(*statuses: str) -> Callable[[Any], Any]:
    def make(real: Any) -> Any:
        def stepping(step: Step) -> Any:
            return real(replace(step, due_at=None) if step.to in statuses else step)

        return stepping

    return make


def _planned_undated(real: Any) -> Any:
    return lambda message: real(message.model_copy(update={"due_at": None}))


def _by_time(_real: Any) -> Any:
    """Think that the row with the later move knows more."""

    def more(elsewhere: Any, known: Any) -> bool:
        last = [max(step.at for step in m.transitions) for m in (elsewhere, known)]
        return bool(last[0] > last[1])

    return more


_CONSENTLESS: Patch = (
    deliver,
    "judge",
    lambda _real: lambda allowed, **named: judge(allowed, **named)[:1],
)
RESTORE, BUG = frozenset({"restore"}), frozenset({"bug"})
ASSURED, MINDS = frozenset({"assured", "silence"}), frozenset({"minds"})
MUTANTS: tuple[Mutant, ...] = (
    Mutant("the claim has no condition", ((ledger, "claiming", _unconditional),)),
    Mutant("consent is not looked at after the claim", (_CONSENTLESS,)),
    Mutant(
        "suppression is not looked at after the claim",
        ((deliver, "judge", lambda _r: lambda allowed, **n: judge(allowed, **n)[1:]),),
    ),
    Mutant("gate and campaign are not looked at", ((deliver, "passes", _always(())),)),
    Mutant(
        "the look comes before the claim",
        ((deliver, "_deliver_lot", _look_first),),
        needs=MINDS,
        rate=0.05,
    ),
    Mutant("the gate is read once per container", ((DynamoGates, "look", _cached),)),
    Mutant("a lost answer is taken for a refusal", ((deliver, "_hand_over", _doubt_is_refusal),)),
    Mutant("the SDK repeats sends", ((remote.RemoteMailer, "send", _repeating),)),
    Mutant(
        "a lapsed claim is taken over",
        ((deliver, "doubt_when_lapsed", _taken_over), (upkeep, "doubt_when_lapsed", _taken_over)),
    ),
    Mutant("class once is repeated", ((upkeep, "resolve", _as_assured),)),
    Mutant(
        "class assured is repeated for ever",
        ((doubt, "MOST_HAND_OVERS", _constant(99)),),
        needs=ASSURED,
        rate=0.1,
    ),
    Mutant(
        "a doubt is ended without evidence",
        ((upkeep.canary, "send", _always(False)), (upkeep, "_heard_since", _always(True))),
        needs=ASSURED,
        rate=0.1,
    ),
    Mutant(
        "a doubt is ended at once",
        (
            (deliver, "doubt_ends", lambda _r: lambda at, _class: at - timedelta(hours=1)),
            (doubt, "doubt_ends", lambda _r: lambda at, _class: at - timedelta(hours=1)),
        ),
        needs=ASSURED,
        rate=0.1,
    ),
    Mutant("moves have no fence", ((ledger, "stepping", _unfenced),)),
    Mutant("upkeep sends nothing on", ((upkeep, "_send_on", _always(0)),)),
    Mutant(
        "upkeep doubts no claim",
        ((upkeep, "doubt_when_lapsed", _always(False)),),
        backed_by="deliver doubts no claim",
    ),
    Mutant(
        "deliver doubts no claim",
        ((deliver, "doubt_when_lapsed", _always(False)),),
        backed_by="upkeep doubts no claim",
    ),
    Mutant("planned messages are not due", ((ledger, "row", _planned_undated),)),
    Mutant("held messages are not due", ((ledger, "stepping", _undated("held")),)),
    Mutant("messages in doubt are not due", ((ledger, "stepping", _undated("in_doubt")),)),
    Mutant("the event's row is written first", ((preprocess, "_apply_once", _event_first),)),
    Mutant("message ids are drawn", ((planning, "message_id", _drawn_ids),)),
    Mutant(
        "a planned row is written over",
        ((DynamoLedger, "plan", lambda _r: lambda self, m: self._table.put(ledger.row(m))),),
    ),
    Mutant(
        "no work is sent for a row that is there",
        ((planning.Planner, "_triggered", _new_only),),
        backed_by="upkeep sends nothing on",
    ),
    Mutant("the fold has no checkpoint to hold on to", ((counters, "_checkpoint", _loose),)),
    Mutant("counters and checkpoint are written apart", ((DynamoCounters, "fold", _apart),)),
    Mutant("what was folded is folded again", ((report_wiring, "fold", _forgetful),)),
    Mutant("a failing batch of the stream is skipped", ((report_wiring, "_fold", _skipping),)),
    Mutant("any report moves a message", ((settle, "settles", _always(True)),)),
    Mutant(
        "an older clock's word is refused", ((DynamoPermissions, "record_consent", _first_word),)
    ),
    Mutant(
        "consent is acknowledged before it is written",
        ((DynamoPermissions, "record_consent", _forgiving),),
    ),
    Mutant(
        "suppression is acknowledged before it is written",
        ((DynamoPermissions, "suppress", _forgiving),),
    ),
    Mutant(
        "a pause is acknowledged before it is written",
        ((MemoryCatalog, "save_campaign", _forgiving),),
        rate=0.05,
    ),
    Mutant("events are acknowledged before they are queued", ((ingest, "accept", _forgiving),)),
    Mutant(
        "a message is acknowledged before its row is there",
        ((DynamoLedger, "plan", _promised),),
        rate=0.05,
    ),
    Mutant("failed records are forgotten", ((batch, "_one", _swallowed),)),
    Mutant("a queue's partial refusal is overlooked", ((remote.RemoteQueue, "send", _partly),)),
    Mutant("dead letters are not kept", ((DynamoDeadLetterRows, "add", _always(None)),), needs=BUG),
    Mutant(
        "a letter goes off the list before it is sent",
        ((redrive, "redrive", _gone_first),),
        needs=BUG | {"late faults"},
        rate=0.05,
    ),
    Mutant("a backup heals by itself", ((upkeep_wiring, "beat", _healing),), needs=RESTORE),
    Mutant("the gates open without a replay", ((upkeep_wiring, "replay", _opened),), needs=RESTORE),
    Mutant("a replay believes the later row", ((ledger, "tells_more", _by_time),), needs=RESTORE),
    Mutant(
        "a resume walks no message",
        ((campaigns, "_walked", lambda _r: lambda c, *_: c),),
        backed_by="upkeep sends nothing on",
    ),
)
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
