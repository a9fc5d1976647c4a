"""Find what traits say, whatever a client calls them."""

from collections.abc import Callable, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, JsonValue

LONGEST = 256
# What clients call the same thing; Segment's names and those of forms.
CALLED: dict[str, tuple[str, ...]] = {
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


def first(
    traits: Mapping[str, JsonValue], part: str, read: Callable[[str], str | None]
) -> Derived | None:
    """Read the first trait of a part that says something."""
    for name in CALLED[part]:
        value = _walk(traits, name)
        said = read(value) if isinstance(value, str) and len(value) <= LONGEST else None
        if said is not None:
            return Derived(value=said, origin=name)
    return None


def text(traits: Mapping[str, JsonValue], part: str) -> str | None:
    """Give the first trait of a part as text."""
    texts = (str(v) for v in found(traits, part) if isinstance(v, str | int) and str(v).strip())
    return next(texts, None)


def found(traits: Mapping[str, JsonValue], part: str) -> Iterator[JsonValue]:
    """Go through the traits of a part, as they are."""
    values = (_walk(traits, name) for name in CALLED[part])
    return (value for value in values if value is not None and not isinstance(value, bool))


def _walk(traits: Mapping[str, JsonValue], name: str) -> JsonValue:
    outer, dot, inner = name.partition(".")
    value = traits.get(outer)
    if not dot:
        return value
    return value.get(inner) if isinstance(value, dict) else None
