"""Topics: what a text is about, by rules that people write."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from signet.domain.feedback import TopicRule
from signet.reading.words import holds, joined, words


def topics(rules: Iterable[TopicRule], text: str, language: str) -> tuple[str, ...]:
    """Name every topic that a text is about, in the order of the rules."""
    sequence = joined(words(text))
    return tuple(rule.name for rule in rules if _about(rule, sequence, language))


def _about(rule: TopicRule, sequence: str, language: str) -> bool:
    if rule.language not in (None, language):
        return False
    if rule.any and not any(_there(rule.any, sequence)):
        return False
    return all(_there(rule.all, sequence)) and not any(_there(rule.none, sequence))


def _there(phrases: Sequence[str], sequence: str) -> list[bool]:
    return [holds(sequence, list(_words(phrase))) for phrase in phrases]


@lru_cache(maxsize=4096)
def _words(phrase: str) -> tuple[str, ...]:
    return tuple(words(phrase))
