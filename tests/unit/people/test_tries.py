"""Tries of one call side by side, or cut off half-way: a person comes out as if there were one."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.domain.events import IDENTIFIED, Event, Identifiers
from signet.domain.lineage import TraitLineage
from signet.domain.profile import joined
from signet.errors import Transient
from tests.unit.people.people import People

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Interrupted:
    """A store of events that closes none until it is let."""

    def __init__(self, events: DynamoEvents) -> None:
        self._events = events
        self.known = events.known
        self.down = True

    def add_many(self, entries: Any) -> frozenset[str]:
        """Close events, or fail."""
        if self.down:
            raise Transient("no answer")
        return self._events.add_many(entries)


@pytest.mark.parametrize("first", ["early", "late"])
def test_of_the_tries_of_one_call_the_first_that_came_through_dates_the_event(first: str) -> None:
    """A call without a time is dated by its receipt; profile, lineage and timeline agree on one."""
    people = People()
    tries = {
        "early": _said("e1", "pro", minute=1),
        "late": _said("e1", "pro", minute=9, trust=80),
    }
    stopped: Any = Interrupted(people.events)
    people.stores = replace(people.stores, events=stopped)
    with suppress(Transient):
        people.take([[tries[first]]])
    stopped.down = False
    people.take([[one] for name, one in tries.items() if name != first])
    people.take([[tries[first]]])
    current = _plan(people).current
    (person,) = people.profiles.page("main", limit=9, position=None).items
    (row,) = people.events.get_many("main", [current.event_key]).values()

    assert tries[first].occurred_at == current.at == person.traits["plan"].at
    assert tries[first].occurred_at == row.event.occurred_at
    assert tries[first].trust == current.trust == row.event.trust


def test_what_a_try_that_was_cut_off_left_in_the_profile_is_in_lineage_when_it_comes_again() -> (
    None
):
    """Another try, which ranked lower, closed the event meanwhile."""
    people = People()
    early, late = _said("e1", "pro", minute=1), _said("e1", "pro", minute=9)
    people.take([[_said("e0", "free", minute=5)], [early]])
    (person,) = people.profiles.page("main", limit=9, position=None).items
    people.profiles.save(joined(person, late), expected_version=person.version)
    people.take([[late]])

    assert (late.occurred_at, "pro") == (_plan(people).current.at, _plan(people).current.value)


class Quicker(DynamoProfiles):
    """A store of profiles in which somebody else links the first handle a moment earlier."""

    late = False

    def link_many(self, workspace: str, handles: Mapping[str, str]) -> dict[str, str]:
        """Link handles, but for the first."""
        if not self.late:
            self.late = True
            self.link(workspace, next(iter(handles)), "pquick")
        return super().link_many(workspace, handles)


def test_who_links_a_handle_too_late_goes_on_with_the_person_whom_it_belongs_to() -> None:
    """No second person is made of somebody who became known a moment ago."""
    people = People()
    sealer = people.stores.sealer
    people.stores = replace(people.stores, profiles=Quicker(people.profiles_table, sealer))
    people.take([[_said("e1", "pro", minute=1)]])
    (person,) = people.profiles.page("main", limit=9, position=None).items

    assert "pquick" == person.id
    assert {"plan"} == set(people.profiles.lineages("main", ["pquick"])["pquick"].traits)


def _said(event_id: str, plan: str, *, minute: int, trust: int = 50) -> Event:
    return Event(
        workspace="main",
        id=event_id,
        source="source:crm",
        type=IDENTIFIED,
        occurred_at=NOON + timedelta(minutes=minute),
        received_at=NOON + timedelta(minutes=minute),
        trust=trust,
        identifiers=Identifiers(external_id="ada"),
        traits={"plan": plan},
    )


def _plan(people: People) -> TraitLineage:
    (ada,) = people.profiles.page("main", limit=9, position=None).items
    return people.profiles.lineages("main", [ada.id])[ada.id].traits["plan"]
