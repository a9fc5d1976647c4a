"""What callers are shown of the quarantine."""

from datetime import datetime

from pydantic import Field, JsonValue

from signet.domain.quarantine import (
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

NEWEST = 20
# What a list shows of an item; the whole of it is at its own address.
SHOWN_BYTES = 2_000
SHOWN_STEPS = 3
SHOWN_FAULTS = 10


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
    part: bool = Field(description="The sample is one item, taken out of a body of several.")
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
        "id", "door", "source", "reason", "as_text", "truncated", "count", "part",
        "status", "received_at", "event_ids",
    }
)  # fmt: skip
