"""Which records are compared at all: those that share a block."""

from collections.abc import Iterator

from signet.linkage.fields import Field
from signet.linkage.records import Record
from signet.linkage.verdict import REVIEW
from signet.linkage.weights import WEIGHTS, chance, total

# A block that grew beyond this says nothing about anybody: a switchboard, a default date.
LARGEST_BLOCK = 50
_WHOLE: tuple[Field, ...] = ("national_id", "email", "phone")
_FIRST_LETTERS = 4


def blocks(record: Record) -> tuple[str, ...]:
    """
    Give the names of the blocks that a record belongs to; they hold what people are known by.

    Each is missed by another kind of mistake, so that two records of one person share one of
    them in spite of several. A record that is too thin to be judged belongs to none.
    """
    return tuple(dict.fromkeys(_blocks(record))) if telling(record) else ()


def telling(record: Record) -> bool:
    """Tell whether another record could agree with this one enough to be looked at."""
    best = {field: max(WEIGHTS[field], key=WEIGHTS[field].__getitem__) for field in record.fields}
    return chance(total(best)) >= REVIEW


def _blocks(record: Record) -> Iterator[str]:
    for field in _WHOLE:
        yield from (f"{field}:{value}" for value in record.fields.get(field, ()))
    given, family = record.first("given_name"), record.first("family_name")
    born, postcode = record.first("birth_date"), record.first("postcode")
    # In alphabetical order, so that names in each other's place lead to the same block.
    if given and family:
        yield "names:" + ":".join(sorted((_sound(given), _sound(family))))
    if born:
        yield from (f"born:{born}:{name[0]}" for name in (given, family) if name)
    if postcode and (given or family):
        yield f"post:{postcode}:{(given or family)[0]}"
    house, street = record.first("house_number"), record.first("street")
    if house and street:
        yield f"door:{house}:{street[:_FIRST_LETTERS]}"


def _sound(name: str) -> str:
    """Give how a name sounds; one without a letter from A to Z stands for itself."""
    from jellyfish import soundex  # noqa: PLC0415 - few calls compare people

    return soundex(name) or name
