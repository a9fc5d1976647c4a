"""What people said about what they want to hear, with its evidence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ConsentStatus = Literal["granted", "withdrawn"]


class Consent(BaseModel):
    """
    The latest word of a person on one channel and topic, with its evidence.

    A grant is good before `expires_at`. `receipt` names the receipt of the word, empty for words
    from before there were any; `renewed` tells a grant over a grant that was still good.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str = Field(min_length=1, max_length=32)
    topic: str = Field(min_length=1, max_length=64)
    status: ConsentStatus
    basis: str = Field(default="consent", max_length=64)
    wording_version: str = Field(default="", max_length=128)
    source: str = Field(default="", max_length=256)
    evidence: str = Field(default="", max_length=1024)
    at: datetime
    expires_at: datetime | None = None
    receipt: str = Field(default="", max_length=64)
    renewed: bool = False

    def expired(self, at: datetime) -> bool:
        """Tell whether it was a grant that is not good any more at a moment."""
        granted = self.status == "granted"
        return granted and self.expires_at is not None and at >= self.expires_at

    def grants(self, at: datetime) -> bool:
        """Tell whether it is a grant that is good at a moment."""
        return self.status == "granted" and not self.expired(at)


def over(standing: Consent | None, word: Consent) -> Consent:
    """
    Give a word as it comes into force over the one that stands.

    Two containers' clocks may differ: where the standing word seems newer, the new one is moved
    behind it, because whoever speaks last means it.
    """
    if standing is None:
        return word.model_copy(update={"renewed": False})
    at = max(word.at, standing.at + timedelta(microseconds=1))
    renewed = word.status == "granted" and standing.grants(at)
    return word.model_copy(update={"at": at, "renewed": renewed})


def repeats(word: Consent, standing: Consent) -> bool:
    """Tell whether a word is the standing one once more, of the same moment."""
    numbered = {"receipt": standing.receipt, "renewed": standing.renewed}
    return word.model_copy(update=numbered) == standing


def strictest(
    own: tuple[Consent, ...], theirs: tuple[Consent, ...], *, since: datetime
) -> tuple[Consent, ...]:
    """
    Join the words of two profiles that were found to be one person's.

    What the person said since then holds for both, the last word first. Of what was said before,
    a withdrawal outweighs a grant, whichever was later: the grant may have been another's.
    Silence outweighs nothing.

    Args:
        own: The words of the one.
        theirs: The words of the other.
        since: When the two became one.
    """
    known = {(word.channel, word.topic): word for word in own}
    for word in theirs:
        place = (word.channel, word.topic)
        both = (known.get(place, word), word)
        later = [one for one in both if one.at > since]
        known[place] = _last(later) if later else _firm(both)
    return tuple(known[place] for place in sorted(known))


def _last(words: Sequence[Consent]) -> Consent:
    return max(words, key=lambda word: (word.at, word.status == "withdrawn"))


def _firm(words: Sequence[Consent]) -> Consent:
    return max(words, key=lambda word: (word.status == "withdrawn", word.at))
