"""
Keywords: what somebody means who answers a message with a word, or asks in their own words.

The words that stop are the union of what the FCC, AWS and the carriers demand. A text counts as one
of them however it is written: case, width, accents, punctuation, symbols and gaps make no
difference.
"""

from functools import cache
from typing import Final, Literal

from signet.reading.phrases import ASKING_PHRASES, ASKING_WORDS, HARMLESS
from signet.reading.words import folded, holds, joined, words

Meaning = Literal["stop", "start", "help", "asks"]
STOP: Final = frozenset(
    """
    arret cancel end optout quit remove revoke stop stopall td unsubscribe
    """.split()
)
START: Final = frozenset({"start", "unstop"})
HELP: Final = frozenset({"aide", "help", "info"})
# Longer texts are no keyword with something around it, but somebody telling something.
_MOST_WORDS = 12
_SHORT = 4
_READ = 2000
_POLITE: Final = frozenset(
    """
    alsjeblieft alstublieft aub bitte danke favor favore gracias grazie hey hi jetzt just merci now
    ok okay per plait please pls plz por s si svp thank thanks vous yes you
    """.split()
)


def meant(text: str) -> Meaning | None:
    """
    Tell what a text means that was written to us.

    `asks` is free text that asks to hear no more: it has to be obeyed like `stop`, and read by a
    person as well, as has a keyword with more lines below it. None is everything else.
    """
    found = words(text[:_READ])
    spoken = [word for word in found if any(sign.isalnum() for sign in word)]
    word = keyword(text)
    if word in STOP or (spoken and len(spoken) <= _MOST_WORDS and STOP.issuperset(spoken)):
        return "stop"
    if word in START:
        return "start"
    if word in HELP:
        return "help"
    first = text.strip()[:_READ].partition("\n")[0]
    return "asks" if keyword(first) in STOP or _asks(spoken) else None


def keyword(text: str) -> str:
    """Give a short text as one word of letters and digits, to be looked up among keywords."""
    return "".join(sign for sign in folded(text[:_READ]) if sign.isalnum())


def _asks(spoken: list[str]) -> bool:
    sequence = joined(spoken)
    for harmless in _harmless():
        sequence = sequence.replace(joined(list(harmless)), " ")
    if any(holds(sequence, list(phrase)) for phrase in _phrases()):
        return True
    left = [word for word in sequence.split() if word not in _POLITE]
    if len(left) > _SHORT or not left:
        return False
    return left[0] in {"stop", "unsubscribe"} or ASKING_WORDS.issuperset(left)


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(line)) for line in ASKING_PHRASES)


@cache
def _harmless() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(line)) for line in HARMLESS)
