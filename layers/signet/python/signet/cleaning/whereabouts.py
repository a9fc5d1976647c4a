"""Where a person may be, for the rules about hours and law: nothing is guessed."""

from collections.abc import Mapping

from pydantic import JsonValue

from signet.cleaning import phone as phones
from signet.cleaning import places
from signet.cleaning.phone import Phone
from signet.cleaning.traits import first
from signet.domain.place import Place

# The clocks of countries that have several, by the first zone that shows each since 2024.
ZONES: dict[str, tuple[str, ...]] = {
    "AQ": (
        "Antarctica/McMurdo", "Antarctica/Casey", "Antarctica/Davis", "Antarctica/DumontDUrville",
        "Antarctica/Mawson", "Antarctica/Palmer", "Antarctica/Syowa", "Antarctica/Troll",
    ),
    "AU": (
        "Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide",
        "Australia/Darwin", "Australia/Eucla", "Australia/Lord_Howe",
    ),
    "BR": ("America/Sao_Paulo", "America/Manaus", "America/Rio_Branco", "America/Noronha"),
    "CA": (
        "America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg",
        "America/Halifax", "America/Regina", "America/St_Johns", "America/Whitehorse",
        "America/Atikokan", "America/Blanc-Sablon", "America/Cambridge_Bay", "America/Rankin_Inlet",
    ),
    "CD": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    "CL": ("America/Santiago", "America/Coyhaique", "America/Punta_Arenas", "Pacific/Easter"),
    "CN": ("Asia/Shanghai", "Asia/Urumqi"),
    "EC": ("America/Guayaquil", "Pacific/Galapagos"),
    "ES": ("Europe/Madrid", "Atlantic/Canary"),
    "FM": ("Pacific/Chuuk", "Pacific/Pohnpei"),
    "GL": ("America/Nuuk", "America/Danmarkshavn", "America/Scoresbysund", "America/Thule"),
    "ID": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "KI": ("Pacific/Tarawa", "Pacific/Kanton", "Pacific/Kiritimati"),
    "KZ": ("Asia/Almaty", "Asia/Qyzylorda"),
    "MN": ("Asia/Ulaanbaatar", "Asia/Hovd"),
    "MX": (
        "America/Mexico_City", "America/Cancun", "America/Matamoros", "America/Ciudad_Juarez",
        "America/Mazatlan", "America/Tijuana",
    ),
    "NZ": ("Pacific/Auckland", "Pacific/Chatham"),
    "PF": ("Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier"),
    "PG": ("Pacific/Port_Moresby", "Pacific/Bougainville"),
    "PT": ("Europe/Lisbon", "Atlantic/Azores"),
    "RU": (
        "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Samara", "Asia/Omsk",
        "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Europe/Kaliningrad", "Asia/Magadan",
        "Asia/Kamchatka",
    ),
    "UM": ("Pacific/Midway", "Pacific/Wake"),
    "US": (
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
        "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu",
    ),
}  # fmt: skip


def place_of(traits: Mapping[str, JsonValue], *, region: str | None = None) -> Place:
    """
    Tell a person's country and every time zone they may be in.

    A locale is not asked: devices say `en-US` all over the world, and law is no place for guesses.
    The phone is read only where the traits leave something open.

    Args:
        traits: The traits as plain values.
        region: Where a phone number without a country's code is from; if None, the country that
            the traits name.
    """
    named = first(traits, "country", places.country)
    said = first(traits, "time_zone", places.time_zone)
    country = named.value if named else ""
    zones = (said.value,) if said else _zones_of(country)
    if country and len(zones) == 1:
        return Place(country=country, zones=zones)
    phone = _phone(traits, phones.known_region(region) or country or None)
    if phone is None or phone.country is None or country not in {"", phone.country}:
        return Place(country=country, zones=zones)
    return Place(country=phone.country, zones=zones if said else _zones_of_phone(phone))


def _phone(traits: Mapping[str, JsonValue], region: str | None) -> Phone | None:
    written = traits.get("phone")
    phone = phones.read(written, region) if isinstance(written, str) and written else None
    return phone if phone is not None and phone.valid else None


def _zones_of(country: str) -> tuple[str, ...]:
    one = places.zone_of_country(country)
    return (one,) if one else ZONES.get(country, ())


def _zones_of_phone(phone: Phone) -> tuple[str, ...]:
    """Take the fewer: numbers of a country with one clock may name those of half a continent."""
    told = phones.time_zones(phone.e164) if phone.e164 else ()
    known = _zones_of(phone.country or "")
    return min((zones for zones in (told, known) if zones), key=len, default=())
