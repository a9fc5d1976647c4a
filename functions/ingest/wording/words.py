"""The words of a language, and which language somebody reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module

from pydantic import JsonValue

from signet.cleaning import places

LANGUAGES = ("en", "de", "fr", "es", "nl", "it")
# Where a person's language stands, by what clients call it.
_TRAITS = ("language", "locale", "lang")
_MOST_NAMED = 20
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Words:
    """
    Everything that our pages say in one language.

    `day` writes a date from `{day}`, `{month}` and `{year}`; `paused` has a `{date}`. `channels`
    names the channels that we know; others go by their own names.
    """

    language: str
    thanks_title: str
    thanks_text: str
    unsubscribe_title: str
    unsubscribe_text: str
    unsubscribe_button: str
    unsubscribed_title: str
    unsubscribed_text: str
    choose_link: str
    title: str
    intro: str
    saved: str
    channels: Mapping[str, str]
    often: str
    frequencies: Mapping[str, str]
    save_button: str
    pause: str
    pause_text: str
    pause_button: str
    paused: str
    resume_button: str
    none: str
    none_text: str
    none_button: str
    unshared: str
    refused_title: str
    refused_text: str
    refused_back: str
    confirm_title: str
    confirm_text: str
    confirm_button: str
    confirmed_title: str
    confirmed_text: str
    late_title: str
    late_text: str
    overtaken_title: str
    overtaken_text: str
    day: str
    months: str

    def date(self, moment: datetime) -> str:
        """Write a day, in UTC."""
        month = self.months.split()[moment.month - 1]
        return self.day.format(day=moment.day, month=month, year=moment.year)


def words_of(traits: Mapping[str, JsonValue] | None, accepted: str) -> Words:
    """
    Choose the words for somebody: by their profile, else by their browser, else English.

    Args:
        traits: What is known of them; None where nobody is known.
        accepted: The header `Accept-Language`.
    """
    for name in _TRAITS:
        value = (traits or {}).get(name)
        known = _spoken(value) if isinstance(value, str) else None
        if known is not None:
            return _words(known)
    return _words(next((found for tag in _wanted(accepted) if (found := _spoken(tag))), "en"))


def _wanted(accepted: str) -> list[str]:
    """Give the tags of a header, the most wanted first."""
    ranked: list[tuple[float, str]] = []
    for part in accepted.split(",")[:_MOST_NAMED]:
        tag, _, weight = part.partition(";")
        try:
            ranked.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(ranked, key=lambda one: -one[0]) if weight > 0]


def _spoken(text: str) -> str | None:
    tag = places.language(text) if len(text) <= _LONGEST else None
    primary = tag.partition("-")[0] if tag else ""
    return primary if primary in LANGUAGES else None


@cache
def _words(language: str) -> Words:
    found: Words = import_module(f"functions.ingest.wording.{language}").WORDS
    return found
