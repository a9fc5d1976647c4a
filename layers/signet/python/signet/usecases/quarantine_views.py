"""What callers ask of the quarantine, and what they are shown of it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, model_validator

from signet.domain.quarantine import (
    LONGEST_NOTE,
    Fault,
    Quarantined,
    QuarantineDoor,
    QuarantineStatus,
    QuarantineStep,
    size_of,
    written,
)
from signet.ports import Quarantine
from signet.usecases.views import View

AT_ONCE = 100
NEWEST = 20
# What a list shows of an item; the whole of it is at its own address.
SHOWN_BYTES = 2_000
SHOWN_STEPS = 3
SHOWN_FAULTS = 10
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


_BRIEF = set(WaitingBrief.model_fields)
_PLAIN = frozenset(
    {
        "id", "door", "source", "reason", "as_text", "truncated", "count", "status",
        "received_at", "event_ids",
    }
)  # fmt: skip
