"""What follows from traits, in which order of belief."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from signet.cleaning.enrich import Enrichment, enriched

VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
)
NAMES = st.sampled_from(
    ["email", "phone", "name", "first_name", "country", "locale", "timezone", "lat", "lon", "zip"]
)


@pytest.mark.parametrize(
    ("traits", "country", "origin"),
    [
        ({"country": "Schweiz", "phone": "+442079460958", "locale": "en-US"}, "CH", "country"),
        ({"phone": "+442079460958", "locale": "en-US"}, "GB", "phone"),
        ({"locale": "en_US"}, "US", "locale"),
        ({"address": {"country": "de"}}, "DE", "address.country"),
        ({"country": "Atlantis", "countryCode": "FR"}, "FR", "countryCode"),
        ({"phone": "+447700900123", "locale": "en"}, None, None),
    ],
)
def test_country_is_what_somebody_said_then_the_phone_then_the_locale(
    traits: dict[str, JsonValue], country: str | None, origin: str | None
) -> None:
    """Half the world's devices say en-US, so a locale is asked last."""
    found = enriched(traits).country

    assert (country, origin) == ((found.value, found.origin) if found else (None, None))


@pytest.mark.parametrize(
    ("traits", "zone", "origin"),
    [
        ({"timezone": "asia/tokyo", "phone": "+442079460958"}, "Asia/Tokyo", "timezone"),
        ({"phone": "+442079460958"}, "Europe/London", "phone"),
        ({"phone": "+12025550123"}, "America/New_York", "phone"),
        ({"phone": "+12025550123", "country": "DE"}, "Europe/Berlin", "country"),
        ({"phone": "+442079460958", "country": "AU"}, None, None),
        ({"country": "IN"}, "Asia/Kolkata", "country"),
        ({"country": "US"}, None, None),
    ],
)
def test_time_zone_follows_where_nothing_contradicts(
    traits: dict[str, JsonValue], zone: str | None, origin: str | None
) -> None:
    """The phone of a country where somebody does not live tells no clock."""
    found = enriched(traits).time_zone

    assert (zone, origin) == ((found.value, found.origin) if found else (None, None))


def test_all_zones_of_a_mobile_are_told_where_one_is_not_known() -> None:
    """Who keeps quiet hours has to keep them in each."""
    found = enriched({"phone": "+61 412 345 678"})

    assert found.time_zone is None
    assert {"Australia/Perth", "Australia/Sydney"} <= set(found.time_zones)
    assert ("Europe/London",) == enriched({"phone": "+442079460958"}).time_zones


def test_number_without_its_country_is_of_the_region_or_of_the_country_that_is_told() -> None:
    """The source's region decides, then the traits."""
    told: dict[str, JsonValue] = {"phone": "079 123 45 67", "country": "Switzerland"}
    found = (
        enriched(told),
        enriched({"phone": "079 123 45 67"}, region="CH"),
        enriched({"phone": "079 123 45 67"}),
    )

    assert ["+41791234567", "+41791234567", None] == [
        each.phone.e164 if each.phone else "none" for each in found
    ]


def test_cell_comes_from_coordinates_or_from_the_post_code_table() -> None:
    """Without a table a post code says nothing."""
    placed = enriched({"location": {"lat": "51.5", "lng": -0.14}})
    coded: dict[str, JsonValue] = {"address": {"country": "GB", "postalCode": "SW1A 1AA"}}
    looked_up = enriched(coded, post_codes={"GB": {"SW1A": (51.5, -0.14)}}.__getitem__)

    assert [("gcpuu", "coordinates"), ("gcpuu", "post_code")] == [
        (each.geo_cell.value, each.geo_cell.origin) for each in (placed, looked_up) if each.geo_cell
    ]
    assert enriched(coded).geo_cell is None


@given(traits=st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=2), max_size=6))
def test_any_traits_can_be_looked_at(traits: dict[str, JsonValue]) -> None:
    """Whatever a client sent, the person can be shown."""
    found = enriched(traits)

    assert found == Enrichment.model_validate_json(found.model_dump_json())


def test_naughty_strings_can_be_looked_at(corpora: Callable[[str], Path]) -> None:
    """Each of them, as every trait that is read, is kept beside what follows from it."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    names = ("email", "phone", "name", "country", "locale", "timezone", "lat", "lon", "zip")
    found = [(word, enriched(dict.fromkeys(names, word))) for word in words if word]

    assert [] == [word for word, each in found if each.email is None or each.email.written != word]
    assert [] == [word for word, each in found if each.phone is None or each.phone.written != word]
