"""One person, however their number or their address was spelled."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.cleaning.event import cleaned, region_of
from signet.domain.events import IDENTIFIED, Event, Identifiers
from signet.domain.profile import Profile
from signet.domain.source import Source, events_of
from signet.usecases.identity import Directory
from tests.unit.people.people import People

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(number: int, region: object = None, **identifiers: str) -> Event:
    """Let a source say something about somebody."""
    return Event(
        workspace="main",
        id=f"e{number}",
        source="source:crm",
        type=IDENTIFIED,
        name="identify",
        occurred_at=NOON,
        received_at=NOON,
        identifiers=Identifiers(**identifiers),
        traits={kind: value for kind, value in identifiers.items() if kind in {"email", "phone"}},
        context={} if region is None else {"region": region},  # type: ignore[dict-item]
    )


def people_of(*events: Event) -> list[Profile]:
    """Apply events and list everybody."""
    world = People()
    world.take([[event] for event in events])
    page = world.profiles.page("main", limit=100, position=None)
    return [person for person in page.items if isinstance(person, Profile)]


def test_number_with_and_without_its_country_is_one_person() -> None:
    """A source of Great Britain need not write +44."""
    found = people_of(
        told(1, phone="+44 20 7946 0958"),
        told(2, region="GB", phone="020 7946 0958"),
        told(3, region="gb", phone="(020) 7946-0958"),
        told(4, region="US", phone="011 44 20 7946 0958"),
    )

    assert [("+442079460958",)] == [person.identifiers["phone"] for person in found]
    assert ["020 7946 0958"] != [person.values()["phone"] for person in found]


def test_source_with_a_region_leads_to_the_same_person() -> None:
    """The region of a registered source is asked for what its numbers leave out."""
    source = Source(workspace="main", name="crm", kind="crm", region="GB")
    payload: dict[str, JsonValue] = {"id": "1", "phone": "020 7946 0958"}
    (event,) = events_of(source, payload, received_at=NOON)

    assert 1 == len(people_of(told(1, phone="+442079460958"), event))


def test_number_that_only_looks_the_same_is_somebody_else() -> None:
    """Without a region, or with another one, digits alone are no number of Great Britain."""
    found = people_of(
        told(1, phone="+44 20 7946 0958"),
        told(2, phone="020 7946 0958"),
        told(3, region="US", phone="202 555 0123"),
        told(4, region="GB", phone="+44 20 7946 0958 ext 12"),
    )

    assert 4 == len(found)


def test_number_in_a_trait_alone_leads_to_the_same_person() -> None:
    """Whoever names the number as a trait only is found by it, in the source's region."""
    event = told(2, region="GB", anonymous_id="a", phone="020 7946 0958")
    bare = event.model_copy(update={"identifiers": Identifiers(phone=None)})
    directory = Directory("main", People().profiles, RootSealer(b"r" * 64, SeededRandom("x")))

    assert ("phone", directory.handle("phone", "+442079460958")) in list(directory.handles(bare))


@pytest.mark.parametrize("region", [None, "", "nowhere", 44, ["GB"], {"a": 1}, "G8"])
def test_region_that_is_none_helps_nobody(region: object) -> None:
    """What a client writes there is read as a code, or not at all."""
    event = told(1, region=region, phone="020 7946 0958")

    assert region_of(event) is None
    assert cleaned(event) is event


def test_cleaning_keeps_all_but_the_number() -> None:
    """Traits and addresses stay as they were written, and a second cleaning changes nothing."""
    event = told(1, region="GB", phone="020 7946 0958", email="Ada@Example.org", external_id="ada")
    once = cleaned(event)

    assert ("+442079460958", "Ada@Example.org") == (once.identifiers.phone, once.identifiers.email)
    assert (event.traits, event.key) == (once.traits, once.key)
    assert once is cleaned(once)


def test_what_is_no_number_is_kept_to_the_byte(corpora: Callable[[str], Path]) -> None:
    """A naughty string is an identifier like any other."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    naughty = [word for word in words if any(letter.isalpha() for letter in word)]
    kept = [cleaned(told(1, region="US", phone=word)).identifiers.phone for word in naughty]

    assert naughty == kept


def test_tagged_address_is_one_person_only_where_the_provider_says_so() -> None:
    """A tag at Google's is the same mailbox; elsewhere it may be a colleague's."""
    google = people_of(told(1, email="ada+a@gmail.com"), told(2, email="A.da@googlemail.com"))
    others = people_of(told(1, email="ada+a@example.org"), told(2, email="ada@example.org"))

    assert (1, 2) == (len(google), len(others))


def test_look_alike_addresses_are_two_people() -> None:
    """A Cyrillic letter in the address is somebody else's address."""
    found = people_of(told(1, email="ada@example.org"), told(2, email="\u0430da@example.org"))

    assert 2 == len(found)
