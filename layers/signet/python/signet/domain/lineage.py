"""Lineage: where each trait of a person comes from, and what it replaced."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.domain.events import ORDINARY_TRUST, Event

# The order in which what is said about a person counts: trust, then time, then the event's key.
Rank = tuple[int, datetime, str]


class Origin(BaseModel):
    """
    Who said a value, and when.

    `at` is when it was so by the source's account, `received_at` when we heard it;
    `mapping_version` is 0 where no mapping was needed to read it.
    """

    model_config = ConfigDict(frozen=True)

    value: JsonValue
    source: str
    event_id: str
    event_key: str
    at: datetime
    received_at: datetime
    mapping_version: int = 0
    trust: int = ORDINARY_TRUST

    @property
    def rank(self) -> Rank:
        """What decides between two origins; the greater one wins."""
        return self.trust, self.at, self.event_key


class TraitLineage(BaseModel):
    """The origin of a trait's value, and of the best-ranked other value anybody gave."""

    model_config = ConfigDict(frozen=True)

    current: Origin
    replaced: Origin | None = None


class Lineage(BaseModel):
    """The lineage of every trait of one profile; `version` guards writes as a profile's does."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    profile_id: str
    version: int = Field(default=0, ge=0)
    traits: dict[str, TraitLineage] = Field(default_factory=dict)


def traced(lineage: Lineage, event: Event) -> Lineage:
    """
    Join what an event says about a person's traits into their lineage.

    The result is the same for every order of events, and for every number of repeats: the
    current origin is the greatest by rank, and `replaced` is the greatest by rank among those
    whose value is another one. Returns the lineage itself where nothing changes.
    """
    traits = dict(lineage.traits)
    for name, value in event.traits.items():
        told = _origin(event, value)
        known = traits.get(name)
        traits[name] = TraitLineage(current=told) if known is None else _with(known, told)
    if traits == lineage.traits:
        return lineage
    return lineage.model_copy(update={"traits": traits})


def _with(known: TraitLineage, told: Origin) -> TraitLineage:
    current, replaced = known.current, known.replaced
    if told.rank > current.rank:
        # All that was known before ranks below what stood, so that is the best of the others.
        best = replaced if told.value == current.value else current
        return TraitLineage(current=told, replaced=best)
    if told.value == current.value:
        return known
    if replaced is None or told.rank > replaced.rank:
        return TraitLineage(current=current, replaced=told)
    return known


def _origin(event: Event, value: JsonValue) -> Origin:
    return Origin(
        value=value,
        source=event.source,
        event_id=event.id,
        event_key=event.key,
        at=event.occurred_at,
        received_at=event.received_at,
        mapping_version=event.mapping_version,
        trust=event.trust,
    )


def combined(lineages: Iterable[Lineage]) -> dict[str, TraitLineage]:
    """Join the lineages of profiles that are one person's, as if all had been told to one."""
    origins: dict[str, list[Origin]] = {}
    for lineage in lineages:
        for name, trait in lineage.traits.items():
            known = origins.setdefault(name, [])
            known += [one for one in (trait.current, trait.replaced) if one is not None]
    return {name: _best(known) for name, known in sorted(origins.items())}


def _best(origins: Sequence[Origin]) -> TraitLineage:
    current = max(origins, key=lambda origin: origin.rank)
    others = [origin for origin in origins if origin.value != current.value]
    replaced = max(others, key=lambda origin: origin.rank) if others else None
    return TraitLineage(current=current, replaced=replaced)
