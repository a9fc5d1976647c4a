"""Correct what waits in quarantine and bring it in again, or put it aside for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from signet.domain.merge_patch import patched
from signet.domain.quarantine import (
    LONGEST_ITEM_ID,
    LONGEST_NOTE,
    Fault,
    QuarantineAction,
    Quarantined,
    QuarantineStep,
    size_of,
    written,
)
from signet.domain.request import Unprocessable
from signet.errors import Conflict, Rejected
from signet.usecases.importing.refusing import refuse
from signet.usecases.quarantine_requests import (
    AT_ONCE,
    DiscardRequest,
    ReplayManyRequest,
    ReplayRequest,
)
from signet.usecases.quarantine_views import Refusal, Replayed, Settled
from signet.usecases.readmission import Bench, Reading, find, read

LARGEST_KEPT_CORRECTION = 16_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, for the audit."""

    workspace: str
    key_id: str


def replay(item_id: str, request: ReplayRequest, *, actor: Actor, bench: Bench) -> Settled:
    """
    Read an item again, with its correction, and bring it in.

    What was read is written down before it is queued, so that a crash in between repeats the same
    events; of two at once one is refused.

    Effects: quarantine, the queue of its door.
    Idempotent: by the events' ids, which the first replay gives for ever.

    Raises:
        Missing: There is no such item.
        Conflict: It was replayed already, or somebody is at it.
        Unprocessable: It still cannot be taken; the attempt is in the item's history.
        Transient: The queue did not take it; the item waits.
    """
    item = find(actor.workspace, item_id, quarantine=bench.quarantine)
    _demand_open(item)
    return _settled(_Attempt(request, actor, bench).replay(item))


def replay_many(
    items: Sequence[Quarantined], request: ReplayManyRequest, *, actor: Actor, bench: Bench
) -> Replayed:
    """
    Bring many items in again, each by itself; with `dry_run`, only tell which could be.

    Effects: quarantine, the queues of their doors.
    Idempotent: as `replay`.

    Raises:
        Transient: A queue did not take one; it and those after it wait.
    """
    one = ReplayRequest(correction=request.correction, note=request.note)
    attempt = _Attempt(one, actor, bench)
    done: list[str] = []
    refused: list[Refusal] = []
    for item in items:
        try:
            _demand_open(item)
            attempt.look(item) if request.dry_run else attempt.replay(item)
            done.append(item.id)
        except (Rejected, Conflict) as error:
            refused.append(_refusal(item, error))
    return Replayed(replayed=tuple(done), refused=tuple(refused), dry_run=request.dry_run)


def chosen(
    request: ReplayManyRequest, *, workspace: str, position: str | None, bench: Bench
) -> tuple[list[Quarantined], str | None]:
    """
    Give the items that a request chooses, and where the next page of its origin begins.

    Raises:
        Rejected: An id is in nobody's quarantine; nothing was done.
    """
    if request.ids is None:
        page = bench.quarantine.page(
            workspace, status="waiting", limit=AT_ONCE, position=position, source=request.source
        )
        return [item for item in page.items if isinstance(item, Quarantined)], page.next_position
    found: list[Quarantined] = []
    for item_id in dict.fromkeys(request.ids):
        there = 0 < len(item_id) <= LONGEST_ITEM_ID
        item = bench.quarantine.get(workspace, item_id) if there else None
        if item is None:
            raise Rejected.field("ids", f"there is no item {item_id[:64]} in quarantine")
        found.append(item)
    return found, None


def discard(item_id: str, request: DiscardRequest, *, actor: Actor, bench: Bench) -> Settled:
    """
    Put an item aside for good; it stays to be read until it expires.

    Effects: quarantine.
    Idempotent: by status.

    Raises:
        Missing: There is no such item.
        Conflict: It was replayed already, or somebody is at it.
    """
    item = find(actor.workspace, item_id, quarantine=bench.quarantine)
    _demand_open(item)
    if item.status != "discarded":
        step = QuarantineStep(
            at=bench.clock.now(), actor=actor.key_id, action="discarded", note=request.note
        )
        item = _saved(item, item.after(step, status="discarded"), bench)
    return _settled(item)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One correction, tried on items."""

    request: ReplayRequest
    actor: Actor
    bench: Bench

    def look(self, item: Quarantined) -> Reading:
        """Read an item without any effect."""
        reading = read(item, self._payload(item), bench=self.bench)
        return reading.named(item.event_ids)

    def replay(self, item: Quarantined) -> Quarantined:
        """Bring an item in."""
        try:
            reading = self.look(item)
        except Rejected as error:
            _saved(item, item.after(self._step("refused", error.message)), self.bench)
            raise Unprocessable(error.message, error.fields) from None
        item = _saved(item, self._begun(item, reading), self.bench)
        self._refuse(reading, item)
        for body in reading.bodies():
            self.bench.queues[reading.queue].send_raw(body)
        done = item.after(self._step("replayed", self.request.note), status="replayed")
        return _saved(item, done, self.bench)

    def _refuse(self, reading: Reading, item: Quarantined) -> None:
        if reading.refusing is not None:
            source, endpoint = reading.refusing
            refuse(
                endpoint,
                source,
                received_at=item.received_at,
                sealer=self.bench.sealer,
                permissions=self.bench.permissions,
            )

    def _begun(self, item: Quarantined, reading: Reading) -> Quarantined:
        correction = self.request.correction
        small = size_of(written(correction) or "") <= LARGEST_KEPT_CORRECTION
        return item.after(
            self._step("begun" if correction is None else "corrected", self.request.note),
            event_ids=tuple(event.id for event in reading.events),
            correction=correction if small else None,
        )

    def _payload(self, item: Quarantined) -> object:
        correction = self.request.correction
        if self.request.whole:
            return correction
        payload = item.payload()
        if correction is None:
            return payload
        if isinstance(payload, list) and isinstance(correction, dict):
            return [patched(member, correction) for member in payload]
        return patched(payload, correction)

    def _step(self, action: QuarantineAction, note: str) -> QuarantineStep:
        at, actor = self.bench.clock.now(), self.actor.key_id
        return QuarantineStep(at=at, actor=actor, action=action, note=note[:LONGEST_NOTE])


def _demand_open(item: Quarantined) -> None:
    if item.status == "replayed":
        raise Conflict("it has been replayed already")


def _saved(read_in: Quarantined, changed: Quarantined, bench: Bench) -> Quarantined:
    bench.quarantine.save(changed, expected_version=read_in.version)
    return changed.model_copy(update={"version": read_in.version + 1})


def _refusal(item: Quarantined, error: Rejected | Conflict) -> Refusal:
    fields = error.fields if isinstance(error, Rejected) else ()
    faults = tuple(Fault(field=fault.field, message=fault.message) for fault in fields)
    return Refusal(id=item.id, reason=str(error), faults=faults)


def _settled(item: Quarantined) -> Settled:
    return Settled(id=item.id, status=item.status, event_ids=item.event_ids)
