"""Versions of intake's guards that do not guard; each gets the real one and replaces it."""

from contextlib import suppress
from typing import Any

from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.domain.lineage import TraitLineage
from signet.domain.profile import Trait
from signet.errors import Conflict
from signet.ids import derived
from signet.usecases import tracing


def last_word(_real: Any) -> Any:
    """Let whatever comes last stand."""

    def newer(_profile: Any, event: Any) -> dict[str, Trait]:
        about = {"at": event.occurred_at, "event_key": event.key, "trust": event.trust}
        return {name: Trait(value=value, **about) for name, value in event.traits.items()}

    return newer


def untrusting(_real: Any) -> Any:
    """Rank by time and key only."""
    return property(lambda self: (0, self.at, self.event_key))


def by_receipt(_real: Any) -> Any:
    """Take an event that is received again for another one."""
    return property(
        lambda self: derived(self.workspace, self.source, self.id, self.received_at.isoformat())
    )


def without_runner_up(real: Any) -> Any:
    """Keep no value that was outranked when it was heard."""

    def joined(known: Any, told: Any) -> TraitLineage:
        return known if told.rank <= known.current.rank else real(known, told)

    return joined


def as_heard(_real: Any) -> Any:
    """Let each try of a call tell its own time."""
    return lambda _profile, event: event


def slower(_real: Any) -> Any:
    """Go on about another person when a handle was linked by somebody quicker."""

    def link(self: Any, event: Any, profile_id: str) -> None:
        for _, handle in self.handles(event):
            if handle not in self.owners:
                owner = self.profiles.link(self.workspace, handle, profile_id)
                self.owners[handle] = owner

    return link


def put_off(_real: Any) -> Any:
    """Write no lineage yet, but remember what would be."""

    def trace(*given: Any, profiles: Any) -> None:
        profiles.put_off.append(given)

    return trace


def traced_last(real: Any) -> Any:
    """Close the events, and then write the lineages that were put off."""

    def once(workspace: str, events: Any, stores: Any) -> int:
        stores.profiles.put_off = []
        done = int(real(workspace, events, stores))
        for told in stores.profiles.put_off:
            tracing.trace(*told, profiles=stores.profiles)
        return done

    return once


def over_whatever(save: str) -> Any:
    """Write a row of a person over whatever stands there."""

    def make(real: Any) -> Any:
        def unconditional(self: Any, item: Any, *, expected_version: int) -> None:
            place = (f"{item.workspace}#p#{getattr(item, 'profile_id', None) or item.id}", save)
            standing = self._table.get(place)
            with suppress(Conflict):
                real(self, item, expected_version=(standing or {}).get("version", 0))

        return unconditional

    return make


def one_by_one(save: str) -> Any:
    """Write rows of people one after the other."""

    def make(_real: Any) -> Any:
        def many(self: Any, items: Any) -> None:
            for item in items:
                getattr(self, save)(item, expected_version=item.version)

        return many

    return make


PROFILES = (DynamoProfiles, "save_many", one_by_one("save"))
LINEAGES = (DynamoProfiles, "save_lineages", one_by_one("save_lineage"))
PROFILE = (DynamoProfiles, "save", over_whatever("profile"))
LINEAGE = (DynamoProfiles, "save_lineage", over_whatever("lineage"))
