"""Add up what a person did, when somebody asks."""

from signet.domain.computed import Computed, computed
from signet.domain.events import Event
from signet.domain.profile import Profile
from signet.ports import Clock, TimelineEntry
from signet.usecases.timelines import Timelines

MOST_EVENTS = 1000
_PAGE = 200


def compute(person: Profile, *, events: Timelines, clock: Clock) -> Computed:
    """
    Add up the newest thousand events of a person.

    Nothing is kept: the sum is as fresh as the timeline, and an event costs no write for it.
    """
    found: list[Event] = []
    position: str | None = None
    while True:
        limit = min(_PAGE, MOST_EVENTS - len(found))
        page = events.timeline(person.workspace, person.id, limit=limit, position=position)
        found += [entry.event for entry in page.items if isinstance(entry, TimelineEntry)]
        position = page.next_position
        if position is None or len(found) >= MOST_EVENTS:
            return computed(found, complete=position is None, now=clock.now())
