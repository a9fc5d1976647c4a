"""Names of people: a form to show and a form to sort by, beside what was written."""

import re
import unicodedata

from pydantic import BaseModel, ConfigDict

# Words that belong to the family name after them, where they are written in small letters.
_PARTICLES = frozenset(
    """
    af al ap av bin binti ibn da das de dei del della den der des di do dos du el la le las lo
    los ten ter tot und van vom von zu zum zur 't
    """.split()
)
_ORGANISATIONS = frozenset(
    """
    ab ag as bv co company corp corporation eg foundation gbr gmbh inc incorporated kg limited llc
    llp ltd nv oy oyj plc pty sa sarl sas se spa srl stiftung trust university verein
    """.split()
)
_TITLES = frozenset({"dr", "herr", "frau", "madam", "miss", "mr", "mrs", "ms", "mx", "prof", "sir"})
_SUFFIXES = frozenset({"ii", "iii", "iv", "jr", "sr", "esq", "md", "phd"})
# Only in these scripts do we know where a family name stands, and even there not always.
_GIVEN_FIRST = ("LATIN", "CYRILLIC", "GREEK")


class Name(BaseModel):
    """
    What to show and what to sort by.

    `display` keeps the letters as they were written, capitals too: `MCDONALD` may be McDonald or
    Mcdonald. `sort` is folded for comparing, family name first with its particles. `given` and
    `family` are there where somebody said so or, with `guessed`, where the order of a written
    name made them likely; a company or a single name has neither.
    """

    model_config = ConfigDict(frozen=True)

    display: str
    sort: str
    given: str | None = None
    family: str | None = None
    organisation: bool = False
    guessed: bool = False


def parts(
    *, given: str | None = None, family: str | None = None, name: str | None = None
) -> Name | None:
    """Make a name of what there is; parts that were given by name come before a guess."""
    first, last, whole = _tidy(given), _tidy(family), _tidy(name)
    if first and last:
        return _of(whole or f"{first} {last}", first, last)
    if whole is None:
        single = first or last
        return None if single is None else _of(single, first, last)
    if first or last:
        return _of(whole, first, last)
    if _is_organisation(whole):
        return Name(display=whole, sort=_folded(whole), organisation=True)
    return _split(whole)


def _split(whole: str) -> Name:
    """Split a whole name where that is safe enough."""
    before, comma, after = whole.partition(",")
    if comma and before.strip() and after.strip() and "," not in after:
        if _bare(after) in _SUFFIXES:
            return _split(before.strip()).model_copy(update={"display": whole})
        family, given = before.strip(), after.strip()
        return _of(f"{given} {family}", given, family, guessed=True)
    words = _without_titles(whole.split(" "))
    if comma or len(words) < 2 or not all(map(_is_given_first, words)):  # noqa: PLR2004 - a name of two
        return Name(display=whole, sort=_folded(whole))
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    given, family = " ".join(words[:start]), " ".join(words[start:])
    return _of(whole, given, family, guessed=True)


def _of(display: str, given: str | None, family: str | None, *, guessed: bool = False) -> Name:
    order = ", ".join(part for part in (family, given) if part)
    return Name(display=display, sort=_folded(order), given=given, family=family, guessed=guessed)


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and _bare(words[0]) in _TITLES:
        words = words[1:]
    while len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        words = words[:-1]
    return words


def _is_organisation(name: str) -> bool:
    words = [_bare(word) for word in name.split(" ")]
    return len(words) > 1 and ("&" in words or words[-1] in _ORGANISATIONS)


def _is_given_first(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return bool(letters) and all(
        unicodedata.name(letter, "").startswith(_GIVEN_FIRST) for letter in letters
    )


def _bare(word: str) -> str:
    return re.sub(r"[.,]", "", word.strip()).casefold()


def _tidy(text: str | None) -> str | None:
    """Compose letters and make one space of each run of spaces; nothing else is touched."""
    if text is None:
        return None
    return " ".join(unicodedata.normalize("NFC", text).split()) or None


def _folded(text: str) -> str:
    """Fold for comparing: capitals and marks do not count, so that Éric sorts beside Eric."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)
