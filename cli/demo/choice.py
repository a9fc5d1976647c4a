"""Which demo is shown, and how many of its people."""

import re
from dataclasses import dataclass

NAMES = ("shop", "cdnow")
_FORM = re.compile(rf"(?P<name>{'|'.join(NAMES)})(?::(?P<people>[1-9][0-9]{{0,5}}))?", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """A demo by its name, whole or with the first so many of its people."""

    name: str
    people: int | None = None


def read(text: str) -> Choice:
    """
    Read NAME or NAME:PEOPLE.

    Raises:
        ValueError: It is not of that form; the message says what would do.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        known = ", ".join(NAMES)
        raise ValueError(f"{text!r} is not one of {known}, alone or with people, as in shop:50")
    people = found["people"]
    return Choice(found["name"], int(people) if people else None)
