"""
Words: a text as the sequence of what it can be found by.

Letters are compared without regard to case, width and accents. What lies between two words does
not matter. Scripts that put no space between words are read in pairs of signs that overlap, and
symbols such as emoji are words of their own.
"""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

# A document is found by so many different words, the first ones of its text.
MOST_WORDS = 64

_LETTER, _SIGN, _SYMBOL, _GAP = "letter", "sign", "symbol", "gap"
# Han, kana, Hangul, Thai, Lao, Myanmar, Khmer: first and last code points, in order.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3005, 0x3007),
    (0x3040, 0x30FF), (0x3130, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_FIRSTS = [first for first, _ in _UNSPACED]
# Combining classes of marks that are written around a letter: accents, and points of vowels in
# Hebrew and Arabic. The marks of other scripts are parts of their letters.
_OVERLAY, _FIXED, _AROUND = 1, range(10, 36), 200
_VARIATION = range(0xFE00, 0xFE10)


def words(text: str) -> list[str]:
    """Give the words of a text in their order."""
    found: list[str] = []
    for kind, group in groupby(folded(text), key=_kind):
        signs = list(group)
        if kind == _SYMBOL:
            found += signs
        elif kind == _SIGN:
            found += signs if len(signs) == 1 else [a + b for a, b in pairwise(signs)]
        elif kind == _LETTER and any(sign.isalnum() for sign in signs):
            found.append("".join(signs))
    return found


def findable(text: str) -> list[str]:
    """Give the different words that a text is found by."""
    return list(dict.fromkeys(words(text)))[:MOST_WORDS]


def folded(text: str) -> str:
    """Write a text so that what is the same to a reader is the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFKC", "".join(part for part in parts if not _drops(part)))


def joined(sequence: list[str]) -> str:
    """Write a sequence of words so that another one can be looked for in it."""
    return f" {' '.join(sequence)} "


def holds(sequence: str, phrase: list[str]) -> bool:
    """Tell whether a joined sequence holds some words right after each other."""
    return joined(phrase) in sequence


@lru_cache(maxsize=8192)
def _drops(sign: str) -> bool:
    """Tell whether a sign makes no difference: accents, points, and what is not seen."""
    if unicodedata.category(sign) == "Cf" or ord(sign) in _VARIATION:
        return True
    around = unicodedata.combining(sign)
    return around == _OVERLAY or around in _FIXED or around >= _AROUND


@lru_cache(maxsize=8192)
def _kind(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "So":
        return _SYMBOL
    if not (sign.isalnum() or category in {"Mn", "Mc", "Me"}):
        return _GAP
    place = bisect_right(_FIRSTS, ord(sign)) - 1
    return _SIGN if place >= 0 and ord(sign) <= _UNSPACED[place][1] else _LETTER
