"""Where a person may be, for the rules about hours and law."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from signet.cleaning import countries, whereabouts
from signet.cleaning.whereabouts import place_of
from signet.domain.place import Place
from signet.domain.zones import is_zone, zone_named

US = whereabouts.ZONES["US"]


@pytest.mark.parametrize(
    ("traits", "country", "zones"),
    [
        ({"timezone": "asia/tokyo", "country": "Japan"}, "JP", ("Asia/Tokyo",)),
        ({"timezone": "Asia/Tokyo", "phone": "+442079460958"}, "GB", ("Asia/Tokyo",)),
        ({"timezone": "America/New_York", "country": "US"}, "US", ("America/New_York",)),
        ({"phone": "+442079460958"}, "GB", ("Europe/London",)),
        ({"phone": "+12025550123"}, "US", ("America/New_York",)),
        ({"phone": "+12025550123", "country": "US"}, "US", ("America/New_York",)),
        ({"phone": "+12025550123", "country": "DE"}, "DE", ("Europe/Berlin",)),
        ({"phone": "+442079460958", "country": "US"}, "US", US),
        ({"phone": "+18765551234"}, "JM", ("America/Jamaica",)),
        ({"phone": "0412 345 678", "country": "AU"}, "AU", whereabouts.ZONES["AU"]),
        ({"country": "US"}, "US", US),
        ({"locale": "en-US"}, "", ()),
        ({"phone": "nonsense", "country": "Atlantis", "timezone": "Mars/Olympus"}, "", ()),
        ({}, "", ()),
    ],
)
def test_place_has_every_zone_that_is_possible_and_none_that_is_guessed(
    traits: dict[str, JsonValue], country: str, zones: tuple[str, ...]
) -> None:
    """What somebody said, then the phone, then every clock of the country; never the locale."""
    assert Place(country=country, zones=zones) == place_of(traits)


def test_number_without_its_country_is_of_the_region() -> None:
    """As for everything else that is made of a number."""
    traits: dict[str, JsonValue] = {"phone": "020 7946 0958"}

    assert ("GB", "") == (place_of(traits, region="gb").country, place_of(traits).country)


NAMES = st.sampled_from(["phone", "country", "timezone", "locale", "address", "time_zone"])
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("US")


@settings(max_examples=50)
@given(traits=st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=2), max_size=4))
def test_any_traits_make_a_place_of_zones_that_exist(traits: dict[str, JsonValue]) -> None:
    """Whatever a client sent, a message can be planned."""
    place = place_of(traits)

    assert all(is_zone(zone) or zone == "localtime" for zone in place.zones)


@cache
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """Read a clock every 25 hours, so at all hours, as far as its rules are known."""
    begin, clock = datetime(2024, 1, 1, tzinfo=UTC), zone_named(zone)
    moments = (begin + timedelta(hours=25 * n) for n in range(14 * 350))
    return tuple(moment.astimezone(clock).utcoffset() for moment in moments)


def test_table_has_each_clock_of_a_country_with_several_once() -> None:
    """When the time zone database splits a country, this test says so."""
    lines = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8").splitlines()
    known: dict[str, set[str]] = {}
    for line in lines:
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            known.setdefault(code, set()).add(zone)
    several = {
        code for code, row in countries.table().items() if row.zone is None and code in known
    }

    assert several == set(whereabouts.ZONES)
    for code in several:
        clocks = [_clock(zone) for zone in whereabouts.ZONES[code]]
        assert len(clocks) == len(set(clocks)), code
        assert {_clock(zone) for zone in known[code]} == set(clocks), code
