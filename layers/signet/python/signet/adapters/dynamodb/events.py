"""
Timelines on DynamoDB: one sealed row per event, in its profile's partition.

The sort key holds the time that the client claims, which is the same in every repeat of an event;
so the row's key alone says whether an event is a repeat, and the timeline is in order. An event
without a claimed time leaves a marker under its own key first, which remembers the time chosen.
"""

import zlib
from collections.abc import Sequence
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.adapters.dynamodb.table import Table
from signet.domain.events import Event
from signet.ports import Page, Sealer, TimelineEntry


class DynamoEvents:
    """The event store."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def known(self, pairs: Sequence[tuple[str, Event]]) -> frozenset[str]:
        """Give the keys of those events that their profile's timeline has already."""
        markers = self._markers([event for _, event in pairs if event.claimed_at is None])
        places = {
            self._place(profile_id, event, markers.get(event.key)): event.key
            for profile_id, event in pairs
            if event.claimed_at is not None or event.key in markers
        }
        found = self._table.get_many(places)
        return frozenset(places[place] for place in found)

    def add(self, profile_id: str, event: Event, *, messages: Sequence[str]) -> bool:
        """Close an event: write its row if it is not there."""
        pk, sk = self._place(profile_id, event, self._mark(event))
        body = zlib.compress(event.model_dump_json(exclude_defaults=True).encode())
        return self._table.put_new(
            {
                "pk": pk,
                "sk": sk,
                "workspace": event.workspace,
                "profile_id": profile_id,
                "occurred_at": event.occurred_at.isoformat(),
                "messages": list(messages),
                "sealed": self._sealer.seal(event.workspace, profile_id, body),
            }
        )

    def timeline(self, workspace: str, profile_id: str, *, limit: int, position: str | None) -> Page:
        """List a profile's events with the messages they caused, newest first."""
        return self._timeline(keys.profile(workspace, profile_id), limit, after(position))

    def _timeline(self, pk: str, limit: int, start: dict[str, Any] | None) -> Page:
        page = self._table.query(
            "pk = :pk AND begins_with(sk, :events)",
            {"pk": pk, "events": "e#"},
            ScanIndexForward=False,
            Limit=limit,
            after=start,
        )
        return Page(tuple(self._read(item) for item in page.items), position(page.last))

    def recent(self, workspace: str, *, limit: int) -> tuple[TimelineEntry, ...]:
        """Give some of the newest events of a workspace, newest first."""
        ring = self._table.get((keys.listing(workspace, "recent"), "events"))
        places = [tuple(r.split("\n")) for r in (ring or {}).get("references", [])[:limit]]
        found = self._table.get_many([(pk, sk) for pk, sk in places], consistent=False)
        return tuple(self._read(found[place]) for place in places if place in found)  # type: ignore[index]

    def _place(self, profile_id: str, event: Event, marked: str | None) -> tuple[str, str]:
        when = marked or keys.stamp(event.claimed_at or event.occurred_at)
        return keys.profile(event.workspace, profile_id), keys.join("e", when, event.key)

    def _mark(self, event: Event) -> str | None:
        if event.claimed_at is not None:
            return None
        chosen = keys.stamp(event.occurred_at)
        marker = {"pk": keys.join(event.workspace, "d", event.key), "sk": "seen", "at": chosen}
        if self._table.put_new(marker):
            return chosen
        return self._markers([event]).get(event.key, chosen)

    def _markers(self, events: Sequence[Event]) -> dict[str, str]:
        places = {(keys.join(e.workspace, "d", e.key), "seen"): e.key for e in events}
        return {places[p]: item["at"] for p, item in self._table.get_many(places).items()}

    def _read(self, item: dict[str, Any]) -> TimelineEntry:
        plain = self._sealer.open(item["workspace"], item["profile_id"], item["sealed"])
        event = Event.model_validate_json(zlib.decompress(plain))
        return TimelineEntry(item["profile_id"], event, tuple(item["messages"]))


class DynamoRing:
    """The ring of references to the newest rows; a row of at most fifty, last writer wins."""

    SIZE = 50

    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, workspace: str, what: str, references: Sequence[str]) -> None:
        """Put references at the front of the ring `what`."""
        place = (keys.listing(workspace, "recent"), what)
        older = (self._table.get(place) or {}).get("references", [])
        ring = list(dict.fromkeys([*reversed(references), *older]))[: self.SIZE]
        self._table.put({"pk": place[0], "sk": place[1], "references": ring})
