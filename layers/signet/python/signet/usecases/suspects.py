"""Whom to compare with others: people who are new, or whose names or addresses changed."""

from collections.abc import Iterable, Sequence

from signet.domain.events import Event
from signet.domain.profile import Profile
from signet.domain.work import FindDuplicates
from signet.linkage.blocking import telling
from signet.linkage.fields import linking
from signet.linkage.records import Record, record

# Each of them may be compared with some hundred others.
PACK = 25


def comparable(person: Profile) -> Record:
    """Read a person for comparison: traits, and the addresses that lead to them."""
    addresses = {kind: person.identifiers.get(kind, ()) for kind in ("email", "phone")}
    return record(person.id, person.values(), addresses)


def suspicious(before: Profile, after: Profile, events: Iterable[Event]) -> bool:
    """
    Tell whether what events said makes a person worth comparing with others again.

    Where nothing changed, an event that is the origin of what is known is being repeated: what
    it set off may have been lost.
    """
    if before is after and not any(_origin(event, after) for event in events):
        return False
    mine = comparable(after)
    return telling(mine) and (before is after or comparable(before).fields != mine.fields)


def _origin(event: Event, person: Profile) -> bool:
    known = (person.traits.get(name) for name in event.traits if linking(name))
    return any(trait is not None and trait.event_key == event.key for trait in known)


def packed(workspace: str, profile_ids: Sequence[str]) -> list[FindDuplicates]:
    """Pack people into work items."""
    starts = range(0, len(profile_ids), PACK)
    return [
        FindDuplicates(workspace=workspace, profile_ids=tuple(profile_ids[at : at + PACK]))
        for at in starts
    ]
