"""One timeline of several profiles that became one."""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from signet.errors import Rejected
from signet.ports import EventStore, MergeStore, Page, TimelineEntry


class Timelines(Protocol):
    """Something that lists a profile's events, newest first."""

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a profile's events with the messages they caused, newest first."""


@dataclass(frozen=True)
class Joined:
    """
    The timelines of a profile and of every profile that was merged into it, as one.

    Each keeps its own rows, so that a merge moves none and can be undone. Somebody who was never
    merged costs one read more.
    """

    events: EventStore
    merges: MergeStore

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """
        List the events of all of them, newest first.

        Raises:
            Rejected: The position is none of this listing.
        """
        members = self.merges.members(workspace, profile_id)
        if not members and not (position or "").startswith("{"):
            return self.events.timeline(workspace, profile_id, limit=limit, position=position)
        places = _places(position, [profile_id, *members])
        return self._merged(workspace, places, limit)

    def _merged(self, workspace: str, places: dict[str, str | None], limit: int) -> Page:
        def page(ident: str, most: int) -> Page:
            at = places[ident]
            return self.events.timeline(workspace, ident, limit=most, position=at)

        pages = {ident: page(ident, limit) for ident in places}
        newest = heapq.nlargest(limit, _entries(pages), key=_order)
        left: dict[str, str | None] = {}
        for ident, whole in pages.items():
            taken = sum(owner == ident for owner, _ in newest)
            # A page that was not used up ends where it was left: read again, it says where.
            used = whole if taken == len(whole.items) else page(ident, taken) if taken else None
            if used is None:
                left[ident] = places[ident]
            elif used.next_position is not None:
                left[ident] = used.next_position
        following = json.dumps(left, sort_keys=True) if left else None
        return Page(tuple(entry for _, entry in newest), following)


def _entries(pages: dict[str, Page]) -> list[tuple[str, TimelineEntry]]:
    return [
        (ident, entry)
        for ident, page in pages.items()
        for entry in page.items
        if isinstance(entry, TimelineEntry)
    ]


def _order(owned: tuple[str, TimelineEntry]) -> tuple[datetime, str]:
    # As the rows are ordered by themselves: what a page leaves must be its end.
    event = owned[1].event
    return event.occurred_at, event.key


def _places(position: str | None, members: Sequence[str]) -> dict[str, str | None]:
    """Give where each timeline goes on; one that is not named has ended."""
    if not position:
        return dict.fromkeys(members)
    try:
        found: Any = json.loads(position)
    except ValueError:
        # The first pages were read when there was one timeline only.
        return {members[0]: position}
    if not isinstance(found, dict):
        raise Rejected.field("cursor", "is not a cursor of this listing")
    return found
