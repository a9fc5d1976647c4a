"""
The invariants about people, checked after a schedule has healed.

What is known about somebody follows from the events on their timeline and from nothing else: not
from the order in which they came, nor from how often.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from signet.domain.events import Event
from signet.domain.lineage import Origin, TraitLineage
from signet.domain.profile import Trait
from tests.simulator.arrivals import Said
from tests.simulator.client import Call
from tests.simulator.evidence import Evidence
from tests.simulator.loop import START
from tests.simulator.rounds import MOST_SKEW
from tests.simulator.story import Place

Rank = tuple[int, datetime, str]


@dataclass(frozen=True)
class Told:
    """An event, and the first and the last moment at which it may have been so."""

    event: Event
    first: datetime
    last: datetime

    @property
    def least(self) -> Rank:
        """The rank that it has at least."""
        return self.event.trust, self.first, self.event.key

    def __repr__(self) -> str:
        """Show what matters of it."""
        return f"{self.event.id} {self.event.traits} {self.least} - {self.last}"


def check_people(evidence: Evidence) -> None:
    """Check what became of all that was said about people."""
    _on_one_timeline(evidence)
    for call in evidence.story.clients.calls:
        for said in call.about.get("said", ()):
            _arrived(evidence, call, said)
        for bad in call.about.get("bad", ()):
            _put_aside(evidence, call, bad)
    if evidence.story.restored_at is None:
        _known_as_told(evidence)


def _on_one_timeline(evidence: Evidence) -> None:
    """I1: every event is on one timeline, once, of somebody who is there."""
    times = Counter((entry.event.workspace, entry.event.id) for entry in evidence.entries)
    for place, number in times.items():
        if number > 1:
            evidence.say("I1", f"event {place} is on timelines {number} times")
    for entry in evidence.entries:
        if (entry.event.workspace, entry.profile_id) not in evidence.people:
            evidence.say("I1", f"event {entry.event.id} is on the timeline of nobody")


def _arrived(evidence: Evidence, call: Call, said: Said) -> None:
    """I1: what was accepted is on a timeline as it was said, or laid aside."""
    events = [entry.event for entry in evidence.entries if entry.event.id == said.id]
    heard = call.heard is not None and not evidence.forgotten(call.heard)
    if heard and not events and not evidence.laid_aside(said.id):
        evidence.say("I1", f"event {said.id} was accepted and is nowhere")
    for event in events:
        if not _is_as_said(event, said):
            evidence.say("I1", f"event {said.id} is not as it was said: {event}")


def _put_aside(evidence: Evidence, call: Call, bad: str) -> None:
    """I1: what could not be read is in quarantine, and on no timeline until it is corrected."""
    kept = call.what == "batch" and call.heard is not None
    refused = call.what == "source" and call.answer is not None
    if (kept or refused) and not evidence.forgotten(call.ended) and not evidence.put_aside(bad):
        evidence.say("I1", f"call {bad} could not be read and is not in quarantine")
    corrected = (c for c in evidence.story.clients.calls if c.what == "correct")
    known = {said.id for c in corrected for said in c.about["said"]}
    if ("main", bad) in evidence.closed and bad not in known:
        evidence.say("I1", f"event {bad} could not be read and is on a timeline")


def _is_as_said(event: Event, said: Said) -> bool:
    return (
        said.traits.items() <= event.traits.items()
        and said.at in (None, event.occurred_at)
        and said.trust == event.trust
        and said.source in ("", event.source)
    )


def _known_as_told(evidence: Evidence) -> None:
    """I15: each trait is what the greatest event by trust, time and key says, and its lineage."""
    told: dict[Place, list[Told]] = {}
    tries, halfway = _tries(evidence), _halfway(evidence)
    for entry in evidence.entries:
        place = (entry.event.workspace, entry.profile_id)
        told.setdefault(place, []).append(_told(entry.event, tries))
    for place, person in evidence.people.items():
        own = [said for ws, said in halfway if _may_be(place, ws, said, evidence=evidence)]
        unsure = {name for said in own for name in said.traits}
        events = told.get(place, [])
        traced = evidence.lineages[place].traits if place in evidence.lineages else {}
        named = {name for one in events for name in one.event.traits} - unsure
        if named != set(person.traits) - unsure or named != set(traced) - unsure:
            found = f"{sorted(person.traits)} and a lineage of {sorted(traced)}"
            evidence.say("I15", f"{place} has {found}, told were {sorted(named)}")
            continue
        for name in sorted(named):
            speaking = [one for one in events if name in one.event.traits]
            fault = _fault(name, speaking, trait=person.traits[name], origins=traced[name])
            if fault:
                evidence.say("I15", f"{name} of {place}: {fault}")


def _halfway(evidence: Evidence) -> list[tuple[str, Said]]:
    """
    Give what was said in events that are on no timeline, as their work was damaged.

    That happened on its way back to the queue, and nobody can read it any more. What an earlier
    try had written of it stands, and that may be a profile without its lineage.
    """
    damaged = evidence.story.world.corrupted
    if not damaged:
        return []
    calls = evidence.story.clients.calls
    told = [(call.about["workspace"], s) for call in calls for s in call.about.get("said", ())]
    lost = [(ws, s) for ws, s in told if (ws, s.id) not in evidence.closed]
    return [(ws, s) for ws, s in lost if any(f'"{s.id}"' in body for body in damaged)]


def _may_be(place: Place, workspace: str, said: Said, *, evidence: Evidence) -> bool:
    """Tell whether somebody may be whom a client spoke of; newcomers are known by no id of ours."""
    known = evidence.story.ids
    own = known.get(said.who)
    same = place[1] == own if own is not None else place[1] not in known.values()
    return workspace == place[0] and same


def _tries(evidence: Evidence) -> dict[str, tuple[float, float]]:
    """Give the times between which each event was sent, in seconds since the start."""
    found: dict[str, tuple[float, float]] = {}
    for call in evidence.story.clients.calls:
        for name in (*(said.id for said in call.about.get("said", ())), *call.about.get("bad", ())):
            first, last = found.get(name, (call.started, call.ended))
            found[name] = (min(first, call.started), max(last, call.ended))
    return found


def _told(event: Event, tries: dict[str, tuple[float, float]]) -> Told:
    """
    Tell when it was so.

    Where the client gave no time it is that of one of its tries, as the clock of whoever took it
    showed it, and which of them counts nobody promised.
    """
    if event.claimed_at is not None or event.id not in tries:
        return Told(event, event.occurred_at, event.occurred_at)
    first, last = tries[event.id]
    moments = (first - MOST_SKEW, last + MOST_SKEW)
    return Told(event, *(START + timedelta(seconds=moment) for moment in moments))


def _fault(name: str, speaking: Sequence[Told], *, trait: Trait, origins: TraitLineage) -> str:
    """Tell what is wrong with one trait, if anything is."""
    current, replaced = origins.current, origins.replaced
    if (trait.value, *_rank(trait)) != (current.value, *_rank(current)):
        return f"{trait.value} of {_rank(trait)}, and its lineage says {current}"
    if not _is_greatest(current, name, speaking):
        return f"comes from {current}, which is not the greatest of {speaking}"
    others = [one for one in speaking if one.event.traits[name] != current.value]
    if replaced is None:
        return f"stands over nothing by its lineage, not over one of {others}" if others else ""
    if not _is_greatest(replaced, name, others):
        return f"stands over {replaced} by its lineage, which is not the greatest of {others}"
    return ""


def _is_greatest(origin: Origin, name: str, among: Sequence[Told]) -> bool:
    """Tell whether an origin is that of an event, and no other event certainly ranks above it."""
    own = next((one for one in among if one.event.key == origin.event_key), None)
    return (
        own is not None
        and own.first <= origin.at <= own.last
        and _named(origin) == _named(own.event, own.event.traits[name])
        and all(_rank(origin) >= one.least for one in among)
    )


def _rank(found: Trait | Origin) -> Rank:
    """Give the rank of what is known, by the promise and not by the code."""
    return found.trust, found.at, found.event_key


def _named(found: Origin | Event, *said: Any) -> tuple[Any, ...]:
    """Give what an origin repeats of its event, as either has it."""
    if isinstance(found, Event):
        return (*said, found.source, found.id, found.trust, found.mapping_version)
    return (found.value, found.source, found.event_id, found.trust, found.mapping_version)
