"""How much two values of a field agree, on the few levels that have weights."""

from collections.abc import Iterator
from itertools import product
from typing import Literal

from signet.linkage.fields import Field
from signet.linkage.records import Record

Level = Literal["same", "near", "alike", "slip", "swapped", "different"]

# Jaro-Winkler similarities of two names that are probably one name, and that may be one.
NEAR, ALIKE = 0.92, 0.80
_RANKS: tuple[Level, ...] = ("same", "swapped", "near", "slip", "alike", "different")
_BY_LETTERS: frozenset[Field] = frozenset({"birth_date", "national_id", "postcode", "phone"})
_EXACT: frozenset[Field] = frozenset({"house_number", "state"})
_ALIKE_COUNTS: frozenset[Field] = frozenset({"given_name", "family_name"})
_DAY_DIGITS, _LONG_NAME = 8, 5


def levels(one: Record, other: Record) -> dict[Field, Level]:
    """
    Compare two records field by field; a field that one of them lacks is no evidence.

    Names are compared with the Jaro-Winkler similarity (W. E. Winkler, String Comparator Metrics
    and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage, 1990), dates and
    numbers with the Damerau-Levenshtein distance (F. J. Damerau, A technique for computer
    detection and correction of spelling errors, CACM 7, 1964).
    """
    found = {field: _level(field, one, other) for field in _shared(one, other)}
    if "different" in (found.get("given_name"), found.get("family_name")):
        found |= dict.fromkeys(_swapped(one, other), "swapped")
    return found


def _shared(one: Record, other: Record) -> Iterator[Field]:
    return (field for field in one.fields if field in other.fields)


def _level(field: Field, one: Record, other: Record) -> Level:
    """Give the best level that any two values of a field reach."""
    mine, theirs = one.fields[field], other.fields[field]
    if not set(mine).isdisjoint(theirs):
        return "same"
    return min((_compared(field, a, b) for a, b in product(mine, theirs)), key=_RANKS.index)


def _compared(field: Field, one: str, other: str) -> Level:
    if field in _EXACT:
        return "different"
    if field in _BY_LETTERS:
        return _by_letters(field, one, other)
    likeness = _likeness(one, other)
    if likeness >= NEAR or _mistyped(one, other):
        return "near"
    return "alike" if likeness >= ALIKE and field in _ALIKE_COUNTS else "different"


def _mistyped(one: str, other: str) -> bool:
    """
    Tell whether a slip of the finger makes two names of one.

    In a short name, or at the beginning, another letter makes another name: Kyle and Kyla, Jayden
    and Hayden. Two letters in each other's place do not.
    """
    if one[:1] != other[:1] or _distance(one, other) > 1:
        return False
    return sorted(one) == sorted(other) or min(len(one), len(other)) >= _LONG_NAME


def _by_letters(field: Field, one: str, other: str) -> Level:
    if field == "birth_date" and _turned(one) == other:
        return "swapped"
    return "slip" if _distance(one, other) <= 1 else "different"


def _distance(one: str, other: str) -> int:
    from jellyfish import damerau_levenshtein_distance  # noqa: PLC0415 - few calls compare people

    return damerau_levenshtein_distance(one, other)


def _turned(day: str) -> str:
    """Write a date with its day and month in each other's place."""
    return day[:4] + day[6:] + day[4:6] if len(day) == _DAY_DIGITS else day


def _likeness(one: str, other: str) -> float:
    from jellyfish import jaro_winkler_similarity  # noqa: PLC0415 - few calls compare people

    # A sum of floats may differ by its order: the smaller text goes first.
    first, second = sorted((one, other))
    return jaro_winkler_similarity(first, second)


def _swapped(one: Record, other: Record) -> tuple[Field, ...]:
    """
    Name the name fields that stand in each other's place.

    Where one record has a single name, that is a family name which the other has as given name.
    """
    pairs = (
        (one.first("given_name"), other.first("family_name")),
        (one.first("family_name"), other.first("given_name")),
    )
    crossed = [pair for pair in pairs if all(pair)]
    if not crossed or not all(_one_name(mine, theirs) for mine, theirs in crossed):
        return ()
    return ("given_name", "family_name") if len(crossed) > 1 else ("family_name",)


def _one_name(one: str, other: str) -> bool:
    return one == other or _likeness(one, other) >= NEAR or _mistyped(one, other)
