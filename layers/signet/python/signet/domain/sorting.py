"""What a source sent in one body, item by item: what can be read, and what cannot."""

from dataclasses import dataclass

from signet.domain import source as sources
from signet.domain import values
from signet.domain.events import Event
from signet.domain.source import Arrival, SentItem, Source
from signet.domain.values import Limits
from signet.errors import Rejected


@dataclass(frozen=True, slots=True)
class UnreadItem:
    """An item that cannot be read, and why, in the item's own fields; `id` as its event's."""

    item: SentItem
    error: Rejected
    id: str | None


@dataclass(frozen=True, slots=True)
class Sorted:
    """The events of a body, and the items that are none; those to be skipped are in neither."""

    source: Source
    events: tuple[Event, ...]
    unread: tuple[UnreadItem, ...] = ()

    def whole(self) -> list[Event]:
        """
        Give the events of a body that holds nothing bad.

        Raises:
            Rejected: It does; names the first, as it stands there.
        """
        if self.unread:
            raise self._first()
        return list(self.events)

    def demand_some(self) -> None:
        """
        Let a body pass of which something can be taken, or that holds nothing to be taken.

        Raises:
            Rejected: All of it that is not skipped is bad; names the first, as it stands there.
        """
        if self.unread and not self.events:
            raise self._first()

    def _first(self) -> Rejected:
        first = self.unread[0]
        return sources.placed(first.error, first.item)


def sort_out(
    source: Source, payload: object, arrival: Arrival, *, limits: Limits | None = None
) -> Sorted:
    """
    Read a body item by item; a bad one fails alone.

    Args:
        source: Whose mapping to read by.
        payload: The body, of any shape.
        arrival: How it came.
        limits: What an item may look like; None where that was looked at before.

    Raises:
        Rejected: There is no list of items at all, or it is too long; or a body in which items
            have to be searched for is out of bounds.
    """
    if limits is not None and source.mapping.items is not None:
        # Items are searched for in the whole of it; how each looks is its own affair.
        values.check(payload, values.LENIENT)
    events: list[Event] = []
    unread: list[UnreadItem] = []
    for item in sources.items_of(source, payload, arrival):
        outcome = _outcome(source, item, limits)
        if isinstance(outcome, Rejected):
            unread.append(UnreadItem(item, outcome, sources.id_of(source, item)))
        elif outcome is not None:
            events.append(outcome)
    return Sorted(source, tuple(events), tuple(unread))


def _outcome(source: Source, item: SentItem, limits: Limits | None) -> Event | Rejected | None:
    try:
        if limits is not None:
            values.check(item.content, limits)
    except Rejected as error:
        return error
    return sources.outcome_of(source, item)
