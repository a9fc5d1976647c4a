"""
Many rows in one call, each under the condition that there is none yet.

A batch write knows no conditions, and a transaction costs twice the write units and fails as a
whole. An INSERT in PartiQL is refused alone where the row is there, at the price of a put:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from signet.errors import Transient
from signet.ports.store import Item

_MOST_STATEMENTS = 25
# A call may hold sixteen mebibytes; the names and the numbers of a row are small beside its bytes.
_MOST_BYTES = 4_000_000
_THERE = "DuplicateItem"


def inserting(table: str, items: Sequence[Item]) -> Iterator[list[dict[str, Any]]]:
    """Write packed items as the statements of as few calls as may be."""
    statements: list[dict[str, Any]] = []
    weight = 0
    for item in items:
        size = sum(_size(attribute) for attribute in item.values())
        if statements and (len(statements) == _MOST_STATEMENTS or weight + size > _MOST_BYTES):
            yield statements
            statements, weight = [], 0
        names = ", ".join(f"'{name}': ?" for name in item)
        statement = f'INSERT INTO "{table}" VALUE {{{names}}}'
        statements.append({"Statement": statement, "Parameters": list(item.values())})
        weight += size
    if statements:
        yield statements


def inserted(responses: Sequence[Mapping[str, Any]]) -> list[bool]:
    """
    Read for each statement whether it wrote its row.

    Raises:
        Transient: One of them failed for another reason than a row that is there.
    """
    codes = [response.get("Error", {}).get("Code") for response in responses]
    wrong = sorted({code for code in codes if code not in (None, _THERE)})
    if wrong:
        raise Transient(f"rows were not written: {', '.join(wrong)}")
    return [code is None for code in codes]


def _size(attribute: Mapping[str, Any]) -> int:
    (value,) = attribute.values()
    return len(value) if isinstance(value, str | bytes) else 64
