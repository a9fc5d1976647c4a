"""A dry run: what a source would make of samples; nothing is kept."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.domain.events import Event, Identifiers
from signet.domain.source import Arrival, Source, SourceDraft, outcomes_of
from signet.errors import FieldError, Rejected
from signet.usecases import registry
from signet.usecases.registry import SourceRequest
from signet.usecases.views import View

MOST_SAMPLES = 20
Samples = Annotated[tuple[JsonValue, ...], Field(min_length=1, max_length=MOST_SAMPLES)]


class Trial(BaseModel):
    """A draft, and bodies as its source would send them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft: SourceRequest
    samples: Samples


class TrialOfKnown(BaseModel):
    """Bodies for a registered source, or for what it is to become."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft: SourceRequest | None = None
    samples: Samples


class TriedEvent(View):
    """An event that would have been made."""

    id: str
    name: str
    occurred_at: datetime
    trust: int
    mapping_version: int
    identifiers: Identifiers
    traits: dict[str, JsonValue]
    context: dict[str, JsonValue]


class TriedFault(View):
    """A field that would have been refused, and why."""

    field: str
    message: str


class Tried(View):
    """What became of one sample; items that are skipped are counted."""

    events: tuple[TriedEvent, ...]
    errors: tuple[TriedFault, ...]
    skipped: int


class TrialView(View):
    """What became of each sample, in their order."""

    results: tuple[Tried, ...]


def drafted(draft: SourceDraft, *, workspace: str, known: Source | None = None) -> Source:
    """Make the source that a draft would become."""
    name, before = (known.name, known.revision) if known else ("draft", 0)
    return registry.drafted(draft, workspace=workspace, name=name, revision=before + 1)


def run(source: Source, samples: Sequence[JsonValue], *, now: datetime) -> TrialView:
    """
    Read samples by a source's mapping.

    Samples are from last year, or invented: how far their times are is not looked at.
    """
    return TrialView(results=tuple(_tried(source, sample, now) for sample in samples))


def _tried(source: Source, sample: JsonValue, now: datetime) -> Tried:
    outcomes: list[Event | Rejected | None] = []
    try:
        outcomes = list(outcomes_of(source, sample, Arrival(now, "any")))
    except Rejected as error:
        outcomes = [error]
    return Tried(
        events=tuple(_shown(found) for found in outcomes if isinstance(found, Event)),
        errors=tuple(_faults(outcomes)),
        skipped=outcomes.count(None),
    )


def _shown(event: Event) -> TriedEvent:
    told = event.model_dump()
    return TriedEvent(**{name: told[name] for name in TriedEvent.model_fields})


def _faults(outcomes: Sequence[Event | Rejected | None]) -> Iterator[TriedFault]:
    for found in outcomes:
        if isinstance(found, Rejected):
            for fault in found.fields or (FieldError("body", found.message),):
                yield TriedFault(field=fault.field, message=fault.message)
