"""Keep what people say, and find it again."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from signet.domain.events import Event
from signet.domain.feedback import Feedback, Label, Said, Sentiment, closed, said_in
from signet.domain.profile import Profile
from signet.errors import Missing, Rejected
from signet.ports import FeedbackIndex, Mark, ObjectStore, Page, Sealer, Span, TopicRules
from signet.reading.language import language
from signet.reading.sentiment import sentiment
from signet.reading.topics import topics
from signet.reading.words import findable, holds, joined, words
from signet.usecases.views import View

LONGEST_QUESTION = 500
MOST_ASKED = 16
# One answer looks at so many postings and opens so many documents; the cursor goes on from there.
LOOKED_AT = 2000
OPENED = 200
_LOCALES = ("locale", "language")
_PHRASE = re.compile(r'["“”„«»]([^"“”„«»]*)["“”«»]')
_ALL: Mark = ("all", "")


@dataclass(frozen=True)
class FeedbackShelf:
    """The ports of feedback."""

    objects: ObjectStore
    index: FeedbackIndex
    rules: TopicRules
    sealer: Sealer


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
        return (*(("word", word) for word in dict.fromkeys(said)), *self.marks) or (_ALL,)

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


def heard(event: Event, profile_id: str, *, person: Profile | None, shelf: FeedbackShelf) -> Event:
    """
    Keep what was said in an event, and give the event as its row is to be written.

    The object is written once and never changed: whatever came first under the event's key is
    what was said, and the index is made from it. An ordinary event is given back as it is.

    Effects: feedback object, feedback index.
    Idempotent: by the event's key.
    """
    said = said_in(event)
    if said is None:
        return event
    document = _kept(_read(event, said, profile_id=profile_id, person=person, shelf=shelf), shelf)
    shelf.index.post(
        document.workspace,
        document.id,
        at=document.occurred_at,
        profile_id=document.profile_id,
        marks=tuple(_marks(document)),
    )
    return closed(event, document)


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
    opened = 0
    walk = shelf.index.walk(workspace, ask.lists, span=_span(ask, position))
    for looked, posting in enumerate(walk, 1):
        if posting.fits:
            opened += 1
            document = _opened(workspace, posting.id, shelf)
            if document is not None and ask.fits(document.text):
                found.append(show(document))
        if len(found) == limit or opened == OPENED or looked == LOOKED_AT:
            more = next(walk, None) is not None
            return Page(tuple(found), posting.position if more else None)
    return Page(tuple(found), None)


def show(document: Feedback) -> FeedbackView:
    """Show a document."""
    return FeedbackView(**document.model_dump(include=set(FeedbackView.model_fields)))


def object_key(workspace: str, feedback_id: str) -> str:
    """Give the key of a document's object, which does not depend on what the document says."""
    return f"feedback/{workspace}/{feedback_id}.sealed"


def _read(
    event: Event, said: Said, *, profile_id: str, person: Profile | None, shelf: FeedbackShelf
) -> Feedback:
    """Read what was said: language, sentiment, topics."""
    traits = person.values() if person else {}
    locale = next((traits[name] for name in _LOCALES if traits.get(name)), None)
    spoken, by = language(said.text, given=said.language, locale=locale)
    rules = shelf.rules.feedback_topics(event.workspace)
    return Feedback(
        workspace=event.workspace,
        id=event.key,
        profile_id=profile_id,
        source=event.source,
        kind=said.kind,
        text=said.text,
        rating=said.rating,
        language=spoken,
        language_from=by,
        sentiment=sentiment(said.text, spoken),
        topics=topics(rules.topics, said.text, spoken) if rules else (),
        topics_version=rules.version if rules else 0,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
    )


def _kept(document: Feedback, shelf: FeedbackShelf) -> Feedback:
    """Keep a document unless one is kept already, and give the one that is."""
    workspace, owner = document.workspace, document.profile_id
    body = zlib.compress(document.model_dump_json(exclude_defaults=True).encode())
    sealed = shelf.sealer.seal(workspace, owner, body)
    key = object_key(workspace, document.id)
    # The owner stands before what is sealed for them: who opens it must know for whom.
    shelf.objects.put(key, owner.encode() + b"\n" + sealed, if_absent=True)
    return _opened(workspace, document.id, shelf) or document


def _opened(workspace: str, feedback_id: str, shelf: FeedbackShelf) -> Feedback | None:
    """Open a document; None where it is gone."""
    try:
        owner, _, sealed = shelf.objects.get(object_key(workspace, feedback_id)).partition(b"\n")
    except Missing:
        return None
    body = shelf.sealer.open(workspace, owner.decode(), sealed)
    return Feedback.model_validate_json(zlib.decompress(body))


def _marks(document: Feedback) -> Iterator[Mark]:
    """Give everything that a document is found by."""
    yield from (("word", word) for word in findable(document.text))
    yield _ALL
    yield "kind", document.kind
    yield "language", document.language
    yield "sentiment", document.sentiment.label
    yield from (("topic", topic) for topic in document.topics)


def _span(ask: Wanted, position: str | None) -> Span:
    """Give the stretch of time that is asked for; a day is written so that days sort by time."""
    since = f"{ask.since.isoformat()}T" if ask.since else ""
    last = ask.until if ask.until and ask.until < date.max else None
    before = f"{(last + timedelta(days=1)).isoformat()}T" if last else None
    return Span(since=since, before=before, after=position)
