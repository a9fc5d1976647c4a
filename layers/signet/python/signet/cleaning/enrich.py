"""What follows from what is known of a person: derived when somebody looks, and never stored."""

from collections.abc import Callable, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, JsonValue

from signet.cleaning import email as emails
from signet.cleaning import names, places
from signet.cleaning import phone as phones
from signet.cleaning.email import Email
from signet.cleaning.names import Name
from signet.cleaning.phone import Phone
from signet.cleaning.places import Coordinates

LONGEST = 256
PostCodes = Callable[[str], Mapping[str, Coordinates]]
# What clients call the same thing; Segment's names and those of forms.
_CALLED: dict[str, tuple[str, ...]] = {
    "given": ("first_name", "firstName", "given_name"),
    "family": ("last_name", "lastName", "family_name"),
    "name": ("name", "full_name", "fullName"),
    "country": ("country", "country_code", "countryCode", "address.country"),
    "post_code": ("postal_code", "postalCode", "postcode", "zip", "address.postalCode"),
    "language": ("language", "locale", "lang"),
    "time_zone": ("time_zone", "timezone", "timeZone"),
    "latitude": ("latitude", "lat", "location.latitude", "location.lat", "address.latitude"),
    "longitude": (
        "longitude", "lon", "lng", "location.longitude", "location.lon", "location.lng",
        "address.longitude",
    ),
}  # fmt: skip


class Derived(BaseModel):
    """A value, and what it was derived from: the name of a trait, or `phone`, or `country`."""

    model_config = ConfigDict(frozen=True)

    value: str
    origin: str


class Enrichment(BaseModel):
    """
    What follows from a person's traits; each part is None where nothing is known.

    `time_zones` are all those that the person may be in, where the phone number leaves several:
    whoever keeps quiet hours keeps them in each.
    """

    model_config = ConfigDict(frozen=True)

    email: Email | None = None
    phone: Phone | None = None
    name: Name | None = None
    country: Derived | None = None
    language: Derived | None = None
    time_zone: Derived | None = None
    time_zones: tuple[str, ...] = ()
    geo_cell: Derived | None = None


def enriched(
    traits: Mapping[str, JsonValue],
    *,
    region: str | None = None,
    post_codes: PostCodes | None = None,
) -> Enrichment:
    """
    Derive what follows from traits.

    Args:
        traits: The traits as plain values.
        region: Where a phone number without a country's code is from; if None, the country that
            the traits name.
        post_codes: Gives a country's table of post codes, see `places.place_of_post_code`; it is
            asked only where nothing better is known.
    """
    written = traits.get("email"), traits.get("phone")
    spoken = _first(traits, "language", places.language)
    named = _first(traits, "country", places.country)
    home = phones.known_region(region) or (named.value if named else None)
    phone = phones.read(written[1], home) if isinstance(written[1], str) and written[1] else None
    country = named or _country_of(phone, spoken)
    zones = phones.time_zones(phone.e164) if phone and phone.valid and phone.e164 else ()
    lives_there = phone is not None and country is not None and phone.country == country.value
    zone = _first(traits, "time_zone", places.time_zone)
    zone = zone or _zone_of(zones if lives_there else (), country)
    return Enrichment(
        email=emails.judged(written[0]) if isinstance(written[0], str) and written[0] else None,
        phone=phone,
        name=names.parts(**{part: _text(traits, part) for part in ("given", "family", "name")}),
        country=country,
        language=spoken,
        time_zone=zone,
        time_zones=(zone.value,) if zone else zones,
        geo_cell=_cell(traits, country, post_codes),
    )


def _country_of(phone: Phone | None, spoken: Derived | None) -> Derived | None:
    """Ask the phone before the locale: devices say `en-US` all over the world."""
    if phone is not None and phone.valid and phone.country is not None:
        return Derived(value=phone.country, origin="phone")
    if spoken is None or (code := places.region_of(spoken.value)) is None:
        return None
    return Derived(value=code, origin=spoken.origin)


def _zone_of(zones: tuple[str, ...], country: Derived | None) -> Derived | None:
    if len(zones) == 1:
        return Derived(value=zones[0], origin="phone")
    zone = places.zone_of_country(country.value) if country else None
    return Derived(value=zone, origin="country") if zone else None


def _cell(
    traits: Mapping[str, JsonValue],
    country: Derived | None,
    post_codes: PostCodes | None,
) -> Derived | None:
    latitude, longitude = (next(_found(traits, part), None) for part in ("latitude", "longitude"))
    place, origin = places.coordinates(latitude, longitude), "coordinates"
    code = _text(traits, "post_code")
    if place is None and country is not None and code is not None and post_codes is not None:
        table, origin = post_codes(country.value), "post_code"
        place = places.place_of_post_code(code, table=table)
    found = None if place is None else places.cell(place)
    return Derived(value=found, origin=origin) if found else None


def _first(
    traits: Mapping[str, JsonValue], part: str, read: Callable[[str], str | None]
) -> Derived | None:
    """Read the first trait of a part that says something."""
    for name in _CALLED[part]:
        value = _walk(traits, name)
        found = read(value) if isinstance(value, str) and len(value) <= LONGEST else None
        if found is not None:
            return Derived(value=found, origin=name)
    return None


def _text(traits: Mapping[str, JsonValue], part: str) -> str | None:
    texts = (str(v) for v in _found(traits, part) if isinstance(v, str | int) and str(v).strip())
    return next(texts, None)


def _found(traits: Mapping[str, JsonValue], part: str) -> Iterator[JsonValue]:
    values = (_walk(traits, name) for name in _CALLED[part])
    return (value for value in values if value is not None and not isinstance(value, bool))


def _walk(traits: Mapping[str, JsonValue], name: str) -> JsonValue:
    outer, dot, inner = name.partition(".")
    value = traits.get(outer)
    if not dot:
        return value
    return value.get(inner) if isinstance(value, dict) else None
