"""A person in the form that is compared, read from traits and identifiers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from signet.domain.address import normal
from signet.linkage.fields import FULL_NAMES, LONGEST, SYNONYMS, Field, plain

_DIGITS_OF_A_PHONE = 9
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[./-]?(\d{2})[./-]?(\d{2})(?:T.*)?")
_NAMES = {field: tuple(map(plain, names)) for field, names in SYNONYMS.items()}
_FULL = tuple(map(plain, FULL_NAMES))


@dataclass(frozen=True, slots=True)
class Record:
    """
    One person in the form that is compared.

    A field may have several values, two addresses for instance; one without a value is not there.
    """

    id: str
    fields: Mapping[Field, tuple[str, ...]]

    def first(self, field: Field) -> str:
        """Give the first value of a field, or nothing."""
        return self.fields.get(field, ("",))[0]


def record(
    ident: str, traits: Mapping[str, object], more: Mapping[str, Iterable[str]] | None = None
) -> Record:
    """
    Read a person for comparison.

    Args:
        ident: Whose record it is.
        traits: Plain values under any of the well-known names.
        more: Further values by field, such as identifiers.
    """
    known = {plain(name): value for name, value in traits.items()}
    found: dict[Field, tuple[str, ...]] = {}
    for field, names in _NAMES.items():
        given = [known[name] for name in names if name in known]
        values = [_in_form(field, value) for value in (*given, *(more or {}).get(field, ()))]
        if kept := tuple(dict.fromkeys(value for value in values if value)):
            found[field] = kept
    return Record(ident, _with_full_name(found, known))


def _in_form(field: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    if field == "birth_date":
        return _day(text)
    if field == "email":
        return normal(text[:LONGEST].encode("utf-8", "ignore").decode()) if "@" in text else ""
    if field == "phone":
        digits = "".join(letter for letter in text if letter.isdecimal())
        return digits[-_DIGITS_OF_A_PHONE:]
    return plain(text)


def _day(text: str) -> str:
    """Write a day as eight digits; what is no day is no evidence."""
    parts: tuple[str, ...] = ()
    if found := _YEAR_FIRST.fullmatch(text):
        parts = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        parts = found.groups()[::-1]
    try:
        year, month, day = (int(part) for part in parts)
        date(year, *((month, day) if month <= 12 else (day, month)))  # noqa: PLR2004 - months
    except ValueError:
        # A day with a typing error is still good for a comparison letter by letter.
        digits = "".join(parts)
        return digits if digits.strip("0") else ""
    return f"{year:04}{month:02}{day:02}"


def _with_full_name(
    found: dict[Field, tuple[str, ...]], known: Mapping[str, object]
) -> dict[Field, tuple[str, ...]]:
    """Take the full name apart where the parts are not there by themselves."""
    if "given_name" in found or "family_name" in found:
        return found
    full = next((v for n in _FULL if isinstance(v := known.get(n), str)), "")
    family, comma, given = full.partition(",")
    if not comma:
        given, _, family = full.strip().rpartition(" ")
    parts: dict[Field, str] = {"given_name": plain(given), "family_name": plain(family)}
    return found | {field: (value,) for field, value in parts.items() if value}
