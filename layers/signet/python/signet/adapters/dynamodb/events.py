"""
Events on DynamoDB: one sealed row per event, under its own derived key.

The key is made of workspace, source and id, so a repeat is seen wherever and whenever it comes,
whatever else it says. A sparse index gives each profile its timeline.
"""

import zlib
from collections.abc import Sequence
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.domain.events import Event
from signet.ports import Page, Sealer, TimelineEntry
from signet.ports.store import NEW, Query, Store


class DynamoEvents:
    """The event store."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def known(self, events: Sequence[Event]) -> frozenset[str]:
        """Give the keys of those events that have been closed already."""
        return frozenset(self.origins(events))

    def origins(self, events: Sequence[Event]) -> dict[str, str]:
        """Give the keys of those events that have been closed, with the origin of each."""
        places = {_place(event.workspace, event.key): event.key for event in events}
        found = self._table.get_many(places)
        return {places[place]: str(row.get("origin", "")) for place, row in found.items()}

    def add(self, profile_id: str, event: Event, *, messages: Sequence[str]) -> bool:
        """Close an event: write its row if it is not there."""
        row = self._row(TimelineEntry(profile_id, event, tuple(messages)))
        return self._table.put(row, condition=NEW)

    def add_many(self, entries: Sequence[TimelineEntry]) -> frozenset[str]:
        """Close events: write each one's row if it is not there, in few calls."""
        written = self._table.insert([self._row(entry) for entry in entries])
        return frozenset(
            entry.event.key for entry, new in zip(entries, written, strict=True) if new
        )

    def _row(self, entry: TimelineEntry) -> dict[str, Any]:
        profile_id, event = entry.profile_id, entry.event
        pk, sk = _place(event.workspace, event.key)
        body = zlib.compress(event.model_dump_json(exclude_defaults=True).encode())
        row = {
            "pk": pk,
            "sk": sk,
            "timeline_pk": keys.profile(event.workspace, profile_id),
            "timeline_sk": keys.join(keys.stamp(event.occurred_at), event.key),
            "workspace": event.workspace,
            "profile_id": profile_id,
            "occurred_at": event.occurred_at.isoformat(),
            "messages": list(entry.messages),
            "sealed": self._sealer.seal(event.workspace, profile_id, body),
        }
        return row | ({"origin": event.origin} if event.origin else {})

    def get_many(self, workspace: str, event_keys: Sequence[str]) -> dict[str, TimelineEntry]:
        """Read events by their keys; those that are not closed are left out."""
        places = {_place(workspace, key): key for key in event_keys}
        found = self._table.get_many(places)
        return {places[place]: self._read(item) for place, item in found.items()}

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a profile's events with the messages they caused, newest first."""
        return self._timeline(keys.profile(workspace, profile_id), limit, after(position))

    def _timeline(self, pk: str, limit: int, start: dict[str, Any] | None) -> Page:
        page = self._table.query(Query(pk, limit, index="timeline", newest_first=True, after=start))
        places = [(item["pk"], item["sk"]) for item in page.items]
        found = self._table.get_many(places)
        rows = tuple(self._read(found[place]) for place in places if place in found)
        return Page(rows, position(page.last))

    def recent(self, workspace: str, *, limit: int) -> tuple[TimelineEntry, ...]:
        """Give some of the newest events of a workspace, newest first."""
        ring = self._table.get((keys.listing(workspace, "recent"), "events"))
        places = [_place(workspace, key) for key in (ring or {}).get("references", [])[:limit]]
        found = self._table.get_many(places, consistent=False)
        return tuple(self._read(found[place]) for place in places if place in found)

    def _read(self, item: dict[str, Any]) -> TimelineEntry:
        plain = self._sealer.open(item["workspace"], item["profile_id"], item["sealed"])
        event = Event.model_validate_json(zlib.decompress(plain))
        return TimelineEntry(item["profile_id"], event, tuple(item["messages"]))


def _place(workspace: str, event_key: str) -> tuple[str, str]:
    return keys.event(workspace, event_key), "event"


class DynamoRing:
    """The ring of references to the newest rows; a row of at most fifty, last writer wins."""

    SIZE = 50

    def __init__(self, table: Store) -> None:
        self._table = table

    def note(self, workspace: str, what: str, references: Sequence[str]) -> None:
        """Put references at the front of the ring `what`."""
        place = (keys.listing(workspace, "recent"), what)
        older = (self._table.get(place) or {}).get("references", [])
        ring = list(dict.fromkeys([*reversed(references), *older]))[: self.SIZE]
        self._table.put({"pk": place[0], "sk": place[1], "references": ring})
