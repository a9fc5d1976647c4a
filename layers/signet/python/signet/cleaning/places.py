"""Where somebody is and what they speak: countries, languages, time zones, cells of the earth."""

import math
import re
import zoneinfo
from collections.abc import Mapping
from functools import cache, lru_cache

from signet.cleaning import countries
from signet.cleaning.languages import LANGUAGES, REPLACED

Coordinates = tuple[float, float]
# About five kilometres: enough for the nearest shop, too little for a front door.
CELL_LENGTH = 5
_CELL_LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
_ZONE = re.compile(r"UTC|[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z0-9_+\-]+){1,2}")
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.IGNORECASE,
)


def country(text: str) -> str | None:
    """Give the ISO 3166 code of a country by its code of two or three letters or English name."""
    return countries.codes().get(countries.folded(text))


def zone_of_country(code: str) -> str | None:
    """Give the time zone of a country where all its clocks show the same."""
    row = countries.table().get(code)
    return row.zone if row else None


@lru_cache(maxsize=1024)
def language(text: str) -> str | None:
    """
    Give a language as BCP 47 writes it: `en_gb.UTF-8` is `en-GB`, `zh_hans_cn` is `zh-Hans-CN`.

    Extensions and private parts are left out. What is no language is None.
    """
    plain = re.split("[.@]", text.strip(), maxsplit=1)[0].replace("_", "-")
    found = _LANGUAGE.fullmatch(re.split("-[a-zA-Z0-9]-", plain, maxsplit=1)[0])
    if found is None:
        return None
    spoken = found["language"].lower()
    spoken = REPLACED.get(spoken, spoken)
    if len(spoken) == 2 and spoken not in LANGUAGES:  # noqa: PLR2004 - ISO 639-1 has two letters
        return None
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    rest = found["rest"].lower().strip("-")
    return "-".join(part for part in (spoken, script, region, rest) if part)


def region_of(tag: str) -> str | None:
    """Give the country that a language tag names, if it names one."""
    wanted = (part for part in tag.split("-")[1:] if len(part) == 2)  # noqa: PLR2004 - a country's
    return next((part for part in wanted if part in countries.table()), None)


@lru_cache(maxsize=1024)
def time_zone(text: str) -> str | None:
    """
    Give a time zone by its name in the time zone database, written in any case.

    Where the machine has no such database, a name of the right shape is believed.
    """
    known = _zones()
    name = text.strip().replace(" ", "_")
    if not known:
        return name if _ZONE.fullmatch(name) else None
    return known.get(name.lower())


def cell(place: Coordinates, *, length: int = CELL_LENGTH) -> str | None:
    """
    Give the cell of the earth in which a latitude and a longitude lie; None if they are none.

    The cell is a geohash, as Gustavo Niemeyer put it into the public domain in 2008: the ranges of
    longitude and latitude are halved in turn, each half taken is a bit, and five bits are a letter.
    A cell's name begins with the name of the larger cell around it.
    """
    latitude, longitude = place
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - the poles, the date line
        return None
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    bits = 0
    for turn in range(length * 5):
        span, value = ranges[turn % 2], (longitude, latitude)[turn % 2]
        middle = sum(span) / 2
        upper = value >= middle
        span[not upper] = middle
        bits = bits * 2 + upper
    return "".join(_CELL_LETTERS[bits >> shift & 31] for shift in range(length * 5 - 5, -5, -5))


def coordinates(latitude: object, longitude: object) -> Coordinates | None:
    """Read a latitude and a longitude, as numbers or as text."""
    found = tuple(
        float(part)
        for part in (latitude, longitude)
        if isinstance(part, int | float | str) and not isinstance(part, bool) and _is_number(part)
    )
    return (found[0], found[1]) if len(found) == 2 else None  # noqa: PLR2004 - one each


def plain_post_code(code: str) -> str:
    """Write a post code in capitals and without signs: `sw1a 1aa` is `SW1A1AA`."""
    return re.sub("[^A-Z0-9]", "", code.upper())


def place_of_post_code(code: str, *, table: Mapping[str, Coordinates]) -> Coordinates | None:
    """
    Find a post code in its country's table, or the longest beginning of it that is there.

    The keys of the table are plain post codes, such as `SW1A1AA`, or how some begin: `SW1A`.
    """
    key = plain_post_code(code)
    found = (table[key[:n]] for n in range(len(key), 0, -1) if key[:n] in table)
    return next(((place[0], place[1]) for place in found), None)


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def _is_number(part: float | str) -> bool:
    try:
        return math.isfinite(float(part))
    except (ValueError, OverflowError):
        return False
