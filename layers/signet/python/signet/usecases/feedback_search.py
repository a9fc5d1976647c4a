"""Find what people said: by its words, its phrases and its marks, newest first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from signet.domain.feedback import Feedback, Label, Sentiment
from signet.errors import Rejected
from signet.ports import Mark, Page, Span
from signet.reading.words import holds, joined, words
from signet.usecases.feedback import ALL, FeedbackShelf, opened
from signet.usecases.views import View

LONGEST_QUESTION = 500
MOST_ASKED = 16
# One answer looks at so many postings and opens so many documents; the cursor goes on from there.
LOOKED_AT = 2000
OPENED = 200
_PHRASE = re.compile(r'["“”„«»]([^"“”„«»]*)["“”«»]')


@dataclass(frozen=True)
class Wanted:
    """
    What is looked for: words in any order, phrases word for word, and marks of documents.

    Args:
        words: Each must be there.
        phrases: Sequences of words, each of which must be there as it is.
        marks: Kind, language, sentiment, topic or person.
        since: The first day.
        until: The last day.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    marks: tuple[Mark, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def lists(self) -> tuple[Mark, ...]:
        """The marks that a document must bear to be worth opening."""
        said = [*self.words, *(word for phrase in self.phrases for word in phrase)]
        return (*(("word", word) for word in dict.fromkeys(said)), *self.marks) or (ALL,)

    def fits(self, text: str) -> bool:
        """Tell whether a text really holds all of it."""
        sequence = words(text)
        whole = joined(sequence)
        return set(self.words) <= set(sequence) and all(
            holds(whole, list(phrase)) for phrase in self.phrases
        )


class FeedbackView(View):
    """What somebody said, and how it was read."""

    id: str
    profile_id: str
    source: str
    kind: str
    text: str
    rating: int | float | None
    language: str
    sentiment: Sentiment
    topics: tuple[str, ...]
    topics_version: int
    occurred_at: datetime


def wanted(
    question: str,
    *,
    marks: Mapping[str, str | None],
    since: date | None = None,
    until: date | None = None,
) -> Wanted:
    """
    Read a question: words, and phrases between quotation marks.

    Raises:
        Rejected: There is no word in it, or too many, or a sentiment that there is not.
    """
    feeling = marks.get("sentiment")
    if feeling and feeling not in get_args(Label):
        raise Rejected.field("sentiment", f"must be one of {', '.join(get_args(Label))}")
    if len(question) > LONGEST_QUESTION:
        raise Rejected.field("q", f"may have {LONGEST_QUESTION} characters at most")
    phrases = [tuple(words(found)) for found in _PHRASE.findall(question)]
    single = words(_PHRASE.sub(" ", question))
    ask = Wanted(
        words=tuple(dict.fromkeys(single)),
        phrases=tuple(phrase for phrase in dict.fromkeys(phrases) if phrase),
        marks=tuple((kind, value) for kind, value in marks.items() if value),
        since=since,
        until=until,
    )
    asked = [mark for mark in ask.lists if mark[0] == "word"]
    if question.strip() and not asked:
        raise Rejected.field("q", "must hold a word to look for")
    if len(asked) > MOST_ASKED:
        raise Rejected.field("q", f"may hold {MOST_ASKED} different words at most")
    return ask


def search(
    workspace: str, ask: Wanted, *, limit: int, position: str | None, shelf: FeedbackShelf
) -> Page:
    """
    Find what people said, newest first.

    The page is shorter than `limit` where the search has looked at so much that the rest is left
    to the next page.
    """
    found: list[FeedbackView] = []
    many = 0
    walk = shelf.index.walk(workspace, ask.lists, span=_span(ask, position))
    for looked, posting in enumerate(walk, 1):
        if posting.fits:
            many += 1
            document = opened(workspace, posting.id, shelf)
            if document is not None and ask.fits(document.text):
                found.append(show(document))
        if len(found) == limit or many == OPENED or looked == LOOKED_AT:
            more = next(walk, None) is not None
            return Page(tuple(found), posting.position if more else None)
    return Page(tuple(found), None)


def show(document: Feedback) -> FeedbackView:
    """Show a document."""
    return FeedbackView(**document.model_dump(include=set(FeedbackView.model_fields)))


def _span(ask: Wanted, position: str | None) -> Span:
    """Give the stretch of time that is asked for; a day is written so that days sort by time."""
    since = f"{ask.since.isoformat()}T" if ask.since else ""
    last = ask.until if ask.until and ask.until < date.max else None
    before = f"{(last + timedelta(days=1)).isoformat()}T" if last else None
    return Span(since=since, before=before, after=position)
