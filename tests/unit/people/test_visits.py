"""Whoever logs in is the visitor they were before, unless something speaks against it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from signet.domain.events import IDENTIFIED, TRACKED, Event, Identifiers
from signet.domain.profile import Profile
from signet.usecases.unmerging import unmerge
from tests.unit.people.people import People

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOGIN = {"external_id": "ada", "anonymous_id": "device"}


def _event(number: int, *, traits: dict[str, Any] | None = None, **identifiers: str) -> Event:
    return Event(
        workspace="main",
        id=f"e{number}",
        source="segment:demo",
        type=TRACKED if traits is None else IDENTIFIED,
        name="Viewed",
        occurred_at=NOON + timedelta(minutes=number),
        received_at=NOON + timedelta(hours=1, minutes=number),
        identifiers=Identifiers(**identifiers),
        traits=traits or {},
    )


def _told(events: Sequence[Event]) -> tuple[People, list[Profile]]:
    people = People()
    for event in events:
        people.take([[event]])
        people.settle()
    return people, _everybody(people)


def _everybody(people: People) -> list[Profile]:
    page = people.profiles.page("main", limit=10, position=None)
    return [person for person in page.items if isinstance(person, Profile)]


STORY = (
    _event(1, anonymous_id="device"),
    _event(2, external_id="ada", traits={"first_name": "Ada", "plan": "free"}),
    _event(3, traits={"plan": "pro"}, **LOGIN),
    _event(4, anonymous_id="device", traits={"language": "en"}),
)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_visitor_who_logs_in_is_one_person_in_every_order(order: Sequence[int]) -> None:
    """Whether the visit, the account or the login is heard of first makes no difference."""
    _, everybody = _told([STORY[place] for place in order])

    assert 1 == len(everybody)
    assert {"first_name": "Ada", "plan": "pro", "language": "en"} == everybody[0].values()
    assert {"external_id": ("ada",), "anonymous_id": ("device",)} == everybody[0].identifiers
    assert NOON + timedelta(hours=1, minutes=1) == everybody[0].created_at


def test_a_second_person_on_a_device_stays_apart() -> None:
    """A device that somebody logged in from says nothing about who logs in next."""
    _, everybody = _told([*STORY, _event(5, traits={}, external_id="bob", anonymous_id="device")])

    assert 2 == len(everybody)


def test_two_new_people_on_one_new_device_stay_apart_within_a_pack() -> None:
    """What was said a moment ago counts, though it is not written yet."""
    people = People()
    both = [
        _event(number, external_id=name, anonymous_id="device")
        for number, name in enumerate(["ada", "bob", "ada"])
    ]
    people.take([both])

    found = {person.identifiers["external_id"] for person in _everybody(people)}
    assert {("ada",), ("bob",)} == found


def test_a_visitor_with_another_address_or_name_stays_apart() -> None:
    """What was left on a shared device may be somebody else's."""
    for traits in ({"email": "bob@example.org"}, {"first_name": "Bob"}):
        visit = _event(1, anonymous_id="device", traits=traits)
        account = _event(2, external_id="ada", traits={"first_name": "Ada", "email": "a@b.example"})
        _, everybody = _told([visit, account, _event(3, traits={}, **LOGIN)])

        assert 2 == len(everybody)


def test_a_track_call_joins_nobody() -> None:
    """Only an introduction joins: other calls carry the device's id, whoever holds it."""
    login = _event(3, **LOGIN)
    _, everybody = _told([STORY[0], STORY[1], login])

    assert 2 == len(everybody)


def test_a_visitor_who_was_told_apart_stays_so() -> None:
    """What somebody undid is not done again by the next login."""
    people, (ada,) = _told([STORY[1], STORY[0], STORY[2]])
    (visitor,) = people.office.merges.members("main", ada.id)
    unmerge(visitor, workspace="main", by="k1", office=people.office)
    people.take([[_event(9, traits={}, **LOGIN)]])
    people.settle()

    assert 2 == len(_everybody(people))
