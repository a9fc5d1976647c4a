"""When people are compared with others: when they are new, or when what links them changed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from signet.adapters.memory.queue import MemoryQueue
from signet.domain.events import IDENTIFIED, TRACKED, Event, Identifiers
from tests.unit.people.people import People

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"}


def told(name: str, user: str = "ada", *, minutes: int = 0, **traits: Any) -> Event:
    """Tell something about a person, some minutes after noon."""
    return Event(
        workspace="main",
        id=name,
        source="crm",
        type=IDENTIFIED if traits else TRACKED,
        occurred_at=NOON + timedelta(minutes=minutes),
        received_at=NOON,
        identifiers=Identifiers(external_id=user),
        traits=traits,
    )


def compared(people: People, *events: Event) -> list[int]:
    """Apply events as one pack; give how many people each look for duplicates is about."""
    people.take([events])
    queue = people.stores.again
    assert isinstance(queue, MemoryQueue)
    found: list[int] = []
    while entries := queue.receive():
        found += [len(json.loads(entry.body)["profile_ids"]) for entry in entries]
        for entry in entries:
            queue.entries.pop(entry.id)
    return found


def test_new_people_are_compared_once_for_a_pack() -> None:
    """However many events are about each of them."""
    events = [told(f"{n}-{user}", user, **ADA) for n in range(2) for user in ("a", "b", "c")]

    assert [3] == compared(People(), *events)


def test_many_people_are_compared_in_packs() -> None:
    """A look is a bounded piece of work."""
    events = [told(f"i-{n}", f"u{n}", **ADA) for n in range(60)]

    assert [25, 25, 10] == compared(People(), *events)


def test_ordinary_event_looks_for_nobody() -> None:
    """Neither by somebody known nor by somebody of whom nothing is known."""
    people = People()
    compared(people, told("i", **ADA))

    assert [] == compared(people, told("t"), told("t2", "stranger"))


def test_traits_that_link_nobody_look_for_nobody() -> None:
    """A plan is no name; the same name again is nothing new."""
    people = People()
    compared(people, told("i", **ADA))

    assert [] == compared(people, told("p", plan="pro"), told("i2", **ADA))


def test_changed_name_is_compared_again() -> None:
    """Who was corrected may be somebody we know."""
    people = People()
    compared(people, told("i", **ADA))

    assert [1] == compared(people, told("z", minutes=1, **{**ADA, "last_name": "King"}))


def test_repeat_after_a_crash_looks_again() -> None:
    """The profile was written, the look was lost, the event was not closed: it all comes again."""
    people = People()
    event = told("i", **ADA)
    compared(people, event)
    for key in [key for key in people.events_table.rows if key[1] == "event"]:
        people.events_table.delete(key)

    assert [1] == compared(people, event)


def test_too_little_is_not_compared() -> None:
    """An address alone could never be enough for a look."""
    assert [] == compared(People(), told("i", email="ada@example.org"))
