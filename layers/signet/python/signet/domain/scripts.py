"""
Which scripts a text is written in, and whether it looks like a text of other letters.

The rules are a small part of what Unicode Technical Standard 39 says of mixed scripts and of
skeletons: enough to flag a `paypal` with Cyrillic letters in it, with a table of our own for the
letters that look Latin.
"""

import re
import string
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_DIGITS = frozenset(string.digits)
# How the names of marks and letters begin that belong to no script.
_SHARED = frozenset({"COMBINING", "VARIATION", "MODIFIER"})
# Scripts that one word of these languages mixes as a matter of course.
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
# Latin letters in ordinary use: up to here those of Europe, then a few of Azerbaijan and Africa.
_ORDINARY_LATIN = 0x17F
_ORDINARY_TOO = frozenset("əƏɓƁɗƊƙƘƴƳɛƐɔƆ")
# Letters of ordinary alphabets which nobody tells from Latin ones at a glance.
_LATIN_LOOKS = str.maketrans(
    "аеорсухіјѕԁһӏԛԝɡονιρυαγκτχωοօոսհցզıƖǀǃАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlqwgovipuayktxwoonuhgqilliABEKMHOPCTYXIJSABEZHIKMNOPTYX",
)


class Look(NamedTuple):
    """
    What a text looks like.

    `mixed` says that one of its parts mixes scripts that no language mixes, `unusual` that it
    has letters no ordinary alphabet has, `resembles` which plain text it can be taken for.
    """

    mixed: bool
    unusual: bool
    resembles: str | None


def looked_at(local: str, domain: str) -> Look:
    """Look at an address: the part before the @, and each label of its domain, by itself."""
    domain = _readable(domain)
    whole = f"{local}@{domain}"
    if whole.isascii():
        return Look(mixed=False, unusual=False, resembles=None)
    parts = (local, *domain.split("."))
    plain = unicodedata.normalize("NFKC", whole).translate(_LATIN_LOOKS)
    return Look(
        mixed=any(is_mixed(part) for part in parts),
        unusual=any(map(_is_unusual, whole)),
        resembles=plain if plain.isascii() else None,
    )


def is_mixed(text: str) -> bool:
    """Tell whether one word mixes scripts that no language writes together."""
    found = {script(letter) for letter in text} - {""}
    return len(found) > 1 and not any(found <= allowed for allowed in _TOGETHER)


@lru_cache(maxsize=2048)
def script(letter: str) -> str:
    """
    Name the script of a letter, digit or mark; what all scripts share has none.

    The standard library tells no scripts, but names begin with them.
    """
    if letter in _DIGITS or not _is_written(letter):
        return ""
    plain = unicodedata.normalize("NFKC", letter)
    if plain.isascii():
        return "LATIN"
    name = unicodedata.name(plain[0], "OTHER").removeprefix("EXTENDED ")
    first = re.split("[ -]", name, maxsplit=1)[0]
    return "" if first in _SHARED else first


def _readable(domain: str) -> str:
    """Write a domain in the letters that its punycode stands for."""
    if "xn--" not in domain.lower():
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _is_written(letter: str) -> bool:
    """Tell letters, marks and digits from signs."""
    return unicodedata.category(letter)[0] in "LM" or letter.isdecimal()


def _is_unusual(letter: str) -> bool:
    """Tell letters of fonts and of phonetics, and signs, from those that people write."""
    if letter.isascii() or unicodedata.combining(letter):
        return False
    if unicodedata.normalize("NFKC", letter) != letter:
        return True
    if not _is_written(letter):
        return True
    base = unicodedata.normalize("NFD", letter)[0]
    plain = base.isascii() or ord(base) <= _ORDINARY_LATIN or base in _ORDINARY_TOO
    return script(letter) == "LATIN" and not plain
