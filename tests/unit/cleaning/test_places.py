"""Countries, languages, time zones and cells."""

import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS

from signet.cleaning import countries, places

CANONICAL = "u4pruydqqvj"  # the cell of 57.64911, 10.40744 that descriptions of geohash give


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("GB", "GB"),
        ("uk", "GB"),
        ("U.K.", "GB"),
        ("gbr", "GB"),
        ("United Kingdom", "GB"),
        ("the netherlands", "NL"),
        ("Cote d\u2019Ivoire", "CI"),
        ("St. Lucia", "LC"),
        ("Bosnia & Herzegovina", "BA"),
        ("TURKEY", "TR"),
        ("Türkiye", "TR"),
        ("U.S.A.", "US"),
        (" Deutschland ", "DE"),
        ("Guinea Bissau", "GW"),
        ("Atlantis", None),
        ("", None),
        ("X", None),
    ],
)
def test_country_is_found_by_code_and_by_name(written: str, code: str | None) -> None:
    """Case, dots, marks and articles do not matter; what is none is None."""
    assert code == places.country(written)


def test_table_of_countries_is_whole() -> None:
    """Every country that has phone numbers is there, every name leads to one, every zone exists."""
    table = countries.table()
    zones = {row.zone for row in table.values() if row.zone}
    names = [countries.folded(name) for row in table.values() for name in row.names]
    owned = {"AC", "TA"}  # Ascension and Tristan da Cunha have codes of their own

    assert set() == SUPPORTED_REGIONS - set(table) - owned
    assert len(names) == len(set(names))
    assert 250 == len(table) == len({row.code3 for row in table.values()})
    assert set() == zones - zoneinfo.available_timezones()


def test_zone_of_a_country_is_known_where_it_has_one() -> None:
    """A country with several clocks tells nothing."""
    found = [places.zone_of_country(code) for code in ("DE", "GB", "IN", "US", "AU", "XX")]

    assert ["Europe/Berlin", "Europe/London", "Asia/Kolkata", None, None, None] == found


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en_GB.UTF-8", "en-GB"),
        ("EN", "en"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("de_DE@euro", "de-DE"),
        ("iw", "he"),
        ("es-419", "es-419"),
        ("sr-Latn-RS", "sr-Latn-RS"),
        ("de-1996", "de-1996"),
        ("gsw-CH", "gsw-CH"),
        ("en-US-u-ca-buddhist", "en-US"),
        ("en-x-secret", "en"),
        ("C", None),
        ("POSIX", None),
        ("english", None),
        ("xx", None),
        ("x-secret", None),
        ("", None),
    ],
)
def test_language_has_one_form(written: str, tag: str | None) -> None:
    """Locales of systems and tags of browsers are one thing."""
    assert tag == places.language(written)
    assert tag is None or tag == places.language(tag)


def test_country_of_a_language_tag() -> None:
    """A tag that names a country tells it; a region of the world is none."""
    tags = ("en-GB", "zh-Hans-CN", "es-419", "en")

    assert ["GB", "CN", None, None] == [places.region_of(tag) for tag in tags]


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_time_zone_is_one_of_the_database(written: str, zone: str | None) -> None:
    """A name is taken in any case; a path or an invention is none."""
    assert zone == places.time_zone(written)


def test_time_zone_of_the_right_shape_is_believed_without_a_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine without the database still keeps what it is told."""
    monkeypatch.setattr(places, "_zones", dict)
    places.time_zone.cache_clear()
    found = [places.time_zone(text) for text in ("Europe/Berlin", "UTC", "../../etc/passwd", "x")]
    places.time_zone.cache_clear()

    assert ["Europe/Berlin", "UTC", None, None] == found


def test_cell_is_the_one_of_the_formula() -> None:
    """Others compute the same names."""
    assert CANONICAL == places.cell((57.64911, 10.40744), length=11)
    assert CANONICAL[:5] == places.cell((57.64911, 10.40744))
    assert ["s0000", "zzzzz", "00000"] == [
        places.cell(place) for place in ((0, 0), (90, 180), (-90, -180))
    ]


@given(
    place=st.tuples(
        st.floats(min_value=-90, max_value=90), st.floats(min_value=-180, max_value=180)
    )
)
def test_larger_cell_begins_the_name_of_a_smaller_one(place: tuple[float, float]) -> None:
    """Neighbourhoods are found by the beginning of the name."""
    fine = places.cell(place, length=9)

    assert fine is not None and fine[:5] == places.cell(place)


def test_no_place_has_no_cell() -> None:
    """Beyond the poles, or no number at all, there is nothing."""
    nowhere = [places.cell((91, 0)), places.cell((0, 181)), places.cell((float("nan"), 0))]
    unread = [places.coordinates("x", 1), places.coordinates(None, 1), places.coordinates(True, 1),
              places.coordinates("inf", 1), places.coordinates(10**400, 1)]  # fmt: skip

    assert [None] * 8 == nowhere + unread
    assert (51.5, -0.1) == places.coordinates("51.5", -0.1)


def test_post_code_is_found_by_its_longest_beginning() -> None:
    """A table of areas serves whole codes."""
    table = {"SW1A": (51.5, -0.14), "SW": (51.4, -0.2)}
    asked = ("sw1a 1aa", "SW9", "S", "8001", "")
    found = [places.place_of_post_code(code, table=table) for code in asked]

    assert [(51.5, -0.14), (51.4, -0.2), None, None, None] == found
