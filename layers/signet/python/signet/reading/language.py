"""Language: the sender's word for it, the person's own, or what the text itself shows."""

from typing import Literal

from signet.domain.feedback import UNKNOWN, language_of

# So many letters a text must have before its language is told from it, and how surely.
ENOUGH_LETTERS, SURE = 20, 0.9
# So many, and so surely, where it contradicts what the profile says.
MANY_LETTERS, QUITE_SURE = 40, 0.99
# A sign of Chinese, Japanese or Korean says as much as a few letters.
_DENSE, _DENSE_FROM = 3, 0x2E80
_READ = 2000

From = Literal["given", "profile", "text", "nobody"]


def language(text: str, *, given: str | None, locale: object = None) -> tuple[str, From]:
    """
    Tell the language of a text, and by whose word.

    What was given with the text stands; then the profile's locale, unless a longer text clearly
    reads as another language; then the text itself, if it is long and clear enough.
    """
    if given is not None:
        return given, "given"
    own, letters = language_of(locale), _letters(text)
    needed, surely = (ENOUGH_LETTERS, SURE) if own is None else (MANY_LETTERS, QUITE_SURE)
    seen = _seen(text, surely) if letters >= needed else None
    if seen is not None and seen != own:
        return seen, "text"
    return (own, "profile") if own is not None else (UNKNOWN, "nobody")


def _letters(text: str) -> int:
    return sum(_DENSE if ord(s) >= _DENSE_FROM else 1 for s in text[:_READ] if s.isalpha())


def _seen(text: str, surely: float) -> str | None:
    """Ask langdetect, whose guesses are the same for the same text under a fixed seed."""
    import langdetect  # noqa: PLC0415 - a quarter of a second, and only feedback is read

    langdetect.DetectorFactory.seed = 0
    try:
        best = langdetect.detect_langs(text[:_READ])[0]
    except langdetect.LangDetectException:
        return None
    return language_of(best.lang) if best.prob >= surely else None
