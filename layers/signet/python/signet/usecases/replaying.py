"""Look at what waits in quarantine, correct it, bring it in again, or put it aside for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, model_validator

from signet.domain.merge_patch import patched
from signet.domain.quarantine import (
    LONGEST_NOTE,
    Fault,
    QuarantineAction,
    Quarantined,
    QuarantineDoor,
    QuarantineStatus,
    QuarantineStep,
    size_of,
    written,
)
from signet.domain.request import Unprocessable
from signet.errors import Conflict, Rejected
from signet.ports import Quarantine
from signet.usecases.readmission import Bench, Reading, find, read
from signet.usecases.views import View

AT_ONCE = 100
NEWEST = 20
# What a list shows of an item; the whole of it is at its own address.
SHOWN_BYTES = 2_000
SHOWN_STEPS = 3
SHOWN_FAULTS = 10
LARGEST_KEPT_CORRECTION = 16_000
Note = Field(default="", max_length=LONGEST_NOTE)


class ReplayRequest(BaseModel):
    """A correction: a merge patch (RFC 7386), or with `whole` the corrected payload itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    correction: JsonValue = None
    whole: StrictBool = False
    note: str = Note

    @model_validator(mode="after")
    def _something_whole(self) -> "ReplayRequest":
        if self.whole and self.correction is None:
            raise ValueError("whole needs a correction")
        return self


class ReplayManyRequest(BaseModel):
    """Which waiting items to bring in again: those named, or those of an origin, page by page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=AT_ONCE)
    source: str | None = Field(default=None, min_length=1, max_length=512)
    cursor: str | None = None
    correction: JsonValue = None
    dry_run: StrictBool = False
    note: str = Note

    @model_validator(mode="after")
    def _one_choice(self) -> "ReplayManyRequest":
        if (self.ids is None) == (self.source is None):
            raise ValueError("either ids or source must be there")
        if self.cursor is not None and self.source is None:
            raise ValueError("a cursor belongs to a source")
        return self


class DiscardRequest(BaseModel):
    """Why an item is put aside for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = Field(min_length=1, max_length=LONGEST_NOTE)


class QuarantinedView(View):
    """
    An item of the quarantine.

    In a list `sample` is null where it is larger than 2,000 bytes, and of faults and history the
    first ten and the newest three are shown.
    """

    id: str
    door: QuarantineDoor
    source: str
    reason: str
    faults: tuple[Fault, ...]
    sample: JsonValue = Field(description="The payload as it came; null where it is not shown.")
    sample_bytes: int
    as_text: bool = Field(
        description="The sample is the payload written as JSON: it holds half a letter, or is "
        "nested more deeply than is ever read."
    )
    truncated: bool = Field(
        description="The payload was too large; its beginning is in `excerpt`, and a replay needs "
        "the whole of it."
    )
    excerpt: str
    count: int = Field(description="How many calls the sample is a list of; 1: it is the payload.")
    status: QuarantineStatus
    received_at: datetime
    event_ids: tuple[str, ...]
    correction: JsonValue = Field(description="What it was last read with; null in a list.")
    history: tuple[QuarantineStep, ...]


class WaitingBrief(View):
    """An item that waits, as the console shows it: why, and nothing of the payload."""

    id: str
    door: QuarantineDoor
    source: str
    reason: str
    received_at: datetime


class Settled(View):
    """What became of an item: nothing personal, because answers are kept for repeated calls."""

    id: str
    status: QuarantineStatus
    event_ids: tuple[str, ...]


class Refusal(View):
    """An item that still cannot be taken, and why."""

    id: str
    reason: str
    faults: tuple[Fault, ...]


class Replayed(View):
    """What was brought in again, or would be, and what still waits."""

    replayed: tuple[str, ...]
    refused: tuple[Refusal, ...]
    dry_run: bool
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, for the audit."""

    workspace: str
    key_id: str


def show(item: Quarantined, *, samples: bool, whole: bool = True) -> QuarantinedView:
    """
    Show an item.

    Args:
        item: The item.
        samples: The caller may see what it says about people.
        whole: Show all of it, rather than what a list shows.
    """
    size = size_of(written(item.sample) or "")
    personal = samples and (whole or size <= SHOWN_BYTES)
    shown = {name: getattr(item, name) for name in QuarantinedView.model_fields if name in _PLAIN}
    return QuarantinedView(
        **shown,
        faults=item.faults if whole else item.faults[:SHOWN_FAULTS],
        history=item.history if whole else item.history[-SHOWN_STEPS:],
        sample=item.sample if personal else None,
        sample_bytes=size,
        excerpt=item.excerpt if personal else "",
        correction=item.correction if samples and whole else None,
    )


def newest(workspace: str, *, quarantine: Quarantine) -> tuple[WaitingBrief, ...]:
    """Show the newest items that wait, at most twenty."""
    page = quarantine.page(workspace, status="waiting", limit=NEWEST, position=None)
    items = (item for item in page.items if isinstance(item, Quarantined))
    return tuple(WaitingBrief(**item.model_dump(include=_BRIEF)) for item in items)


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
        item = bench.quarantine.get(workspace, item_id) if item_id else None
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
        for body in reading.bodies():
            self.bench.queues[reading.queue].send_raw(body)
        done = item.after(self._step("replayed", self.request.note), status="replayed")
        return _saved(item, done, self.bench)

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


_BRIEF = set(WaitingBrief.model_fields)
_PLAIN = frozenset(
    {
        "id", "door", "source", "reason", "as_text", "truncated", "count", "status",
        "received_at", "event_ids",
    }
)  # fmt: skip
