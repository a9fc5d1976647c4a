"""Phone numbers: their one form, what kind they are, and which of them may be sent to."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from signet.domain.address import normal
from signet.errors import Rejected

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

PhoneKind = Literal[
    "mobile", "fixed", "fixed_or_mobile", "voip", "toll_free", "premium", "shared_cost",
    "personal", "pager", "company", "voicemail", "satellite", "network", "short", "unknown",
]  # fmt: skip
# What a message may be sent to; all others cost somebody dearly, or reach nobody.
SENDABLE = frozenset({"mobile", "fixed", "fixed_or_mobile", "voip"})
LONGEST = 64
_KINDS: tuple[PhoneKind, ...] = (
    "fixed", "mobile", "fixed_or_mobile", "toll_free", "premium", "shared_cost", "voip",
    "personal", "pager", "company", "voicemail",
)  # fmt: skip
# Calling codes that belong to no country: Inmarsat and the satellite systems, Thuraya among the
# networks, and the networks.
_SATELLITE = re.compile(r"\+(870|881|88216)")
_NETWORK = re.compile(r"\+(878|882|883|888)")
# Digits of any script and what people put between them; an extension may follow, nothing else.
_WRITTEN = re.compile(
    r"\s*(?:tel:)?\s*\+?[\d\s().\-/\u00a0\u2010-\u2015\uff0b\uff0d]{2,}"
    r"(?:\s*(?:;ext=|ext\.?|extension|x|\#)\s*\d{1,7})?\s*",
    re.IGNORECASE,
)
_REGION = re.compile("[A-Z]{2}")


class Phone(BaseModel):
    """
    What is known of a phone number.

    `e164` is there where the number is one that can be written so, `valid` where its country has
    given out numbers like it. `extension` leads to one of several people behind one number.
    `country` is None for numbers of no country, such as satellite phones.
    """

    model_config = ConfigDict(frozen=True)

    written: str
    valid: bool
    e164: str | None = None
    extension: str | None = None
    kind: PhoneKind = "unknown"
    country: str | None = None


@lru_cache(maxsize=4096)
def read(written: str, region: str | None = None) -> Phone:
    """
    Read a number; one without a country's code is of the region, given as ISO 3166 code.

    Words around a number, or two numbers, are no number: nobody can tell what was meant.
    """
    number = _parsed(written, region)
    if number is None:
        return Phone(written=written, valid=False)
    import phonenumbers  # noqa: PLC0415 - 20 ms, only where a phone is seen

    valid = phonenumbers.is_valid_number(number)
    if not valid and phonenumbers.is_possible_short_number(number) and not _is_abroad(written):
        return Phone(written=written, valid=False, kind="short", country=region)
    if not phonenumbers.is_possible_number(number):
        return Phone(written=written, valid=False)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not valid and not _is_stable(e164):
        return Phone(written=written, valid=False)
    country = phonenumbers.region_code_for_number(number)
    return Phone(
        written=written,
        valid=valid,
        e164=e164,
        extension=number.extension,
        kind=_kind(number, e164) if valid else "unknown",
        country=country if country and _REGION.fullmatch(country) else None,
    )


def _is_stable(e164: str) -> bool:
    """Tell whether a form reads as itself: of zeros that nobody dials each reading drops one."""
    import phonenumbers  # noqa: PLC0415 - loaded where this is asked

    again = _parsed(e164, None)
    form = phonenumbers.PhoneNumberFormat.E164
    return again is not None and phonenumbers.format_number(again, form) == e164


def matching(written: str, *, region: str | None = None) -> str:
    """Give the form under which a number is looked up; what is no number is compared as text."""
    return international(written, region=region) or normal(written)


def international(written: str, *, region: str | None = None) -> str | None:
    """
    Give a number in E.164 form, with an extension where there is one; None if it is no number.

    A number that is not valid has that form only where it was written with its country's code;
    else the region might make a stranger's number of it.
    """
    found = read(written, known_region(region))
    if found.e164 is None or not (found.valid or _is_abroad(written)):
        return None
    return found.e164 if found.extension is None else f"{found.e164};ext={found.extension}"


def demand_sendable(
    written: str,
    *,
    field: str = "phone",
    region: str | None = None,
    countries: Collection[str] | None = None,
) -> Phone:
    """
    Give a number that a message may be sent to.

    Args:
        written: The number.
        field: What the caller calls it.
        region: Where a number without a country's code is from.
        countries: The countries that may be sent to; all if None.

    Raises:
        Rejected: It is no valid number, of a kind that costs or reaches nobody, or of another
            country; names the field.
    """
    found = read(written, known_region(region))
    if found.kind == "short":
        raise Rejected.field(field, "must not be a short number")
    if not found.valid:
        raise Rejected.field(field, "must be a valid phone number")
    if found.kind not in SENDABLE:
        raise Rejected.field(field, f"must not be a {found.kind.replace('_', ' ')} number")
    if countries is not None and found.country not in countries:
        allowed = ", ".join(sorted(countries))
        raise Rejected.field(field, f"must be a number of {allowed}, is of {found.country or '?'}")
    return found


def known_region(region: object) -> str | None:
    """Give a region as the code that numbers are read by, None where it is no code."""
    code = region.strip().upper() if isinstance(region, str) else ""
    return code if _REGION.fullmatch(code) else None


@lru_cache(maxsize=4096)
def time_zones(e164: str) -> tuple[str, ...]:
    """Give every time zone that a number's owner may be in; none where that is not known."""
    import phonenumbers  # noqa: PLC0415 - 20 ms, only where a phone is seen
    from phonenumbers import timezone  # noqa: PLC0415 - its table is large

    zones: tuple[str, ...] = timezone.time_zones_for_number(phonenumbers.parse(e164))
    return tuple(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)


def _parsed(written: str, region: str | None) -> "PhoneNumber | None":
    if len(written) > LONGEST or _WRITTEN.fullmatch(written) is None:
        return None
    import phonenumbers  # noqa: PLC0415 - 20 ms, only where a phone is seen

    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None


def _is_abroad(written: str) -> bool:
    """Tell whether a number was written with its country's code."""
    return written.strip().removeprefix("tel:").lstrip().startswith(("+", "\uff0b"))


def _kind(number: "PhoneNumber", e164: str) -> PhoneKind:
    import phonenumbers  # noqa: PLC0415 - 20 ms, only where a phone is seen

    if _SATELLITE.match(e164):
        return "satellite"
    if _NETWORK.match(e164):
        return "network"
    kind = phonenumbers.number_type(number)
    return _KINDS[kind] if 0 <= kind < len(_KINDS) else "unknown"
