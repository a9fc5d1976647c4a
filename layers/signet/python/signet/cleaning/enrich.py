"""What follows from what is known of a person: derived when somebody looks, and never stored."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, JsonValue

from signet.cleaning import email as emails
from signet.cleaning import names, places
from signet.cleaning import phone as phones
from signet.cleaning.email import Email
from signet.cleaning.names import Name
from signet.cleaning.phone import Phone
from signet.cleaning.places import Coordinates
from signet.cleaning.traits import Derived, first, found, text

PostCodes = Callable[[str], Mapping[str, Coordinates]]


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
    spoken = first(traits, "language", places.language)
    named = first(traits, "country", places.country)
    home = phones.known_region(region) or (named.value if named else None)
    phone = phones.read(written[1], home) if isinstance(written[1], str) and written[1] else None
    country = named or _country_of(phone, spoken)
    zones = phones.time_zones(phone.e164) if phone and phone.valid and phone.e164 else ()
    lives_there = phone is not None and country is not None and phone.country == country.value
    zone = first(traits, "time_zone", places.time_zone)
    zone = zone or _zone_of(zones if lives_there else (), country)
    return Enrichment(
        email=emails.judged(written[0]) if isinstance(written[0], str) and written[0] else None,
        phone=phone,
        name=names.parts(**{part: text(traits, part) for part in ("given", "family", "name")}),
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
    latitude, longitude = (next(found(traits, part), None) for part in ("latitude", "longitude"))
    place, origin = places.coordinates(latitude, longitude), "coordinates"
    code = text(traits, "post_code")
    if place is None and country is not None and code is not None and post_codes is not None:
        table, origin = post_codes(country.value), "post_code"
        place = places.place_of_post_code(code, table=table)
    known = None if place is None else places.cell(place)
    return Derived(value=known, origin=origin) if known else None
