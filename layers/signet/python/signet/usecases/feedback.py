"""Keep what people say, whole and once, with the way to find it again."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from signet.domain.events import Event
from signet.domain.feedback import STOP_REQUEST, Feedback, Said, closed, said_in
from signet.domain.profile import Profile
from signet.errors import Missing
from signet.ports import FeedbackIndex, Mark, ObjectStore, Sealer, TopicRules
from signet.reading.language import language
from signet.reading.sentiment import sentiment
from signet.reading.topics import topics
from signet.reading.words import findable
from signet.usecases.obeying import meaning

_LOCALES = ("locale", "language")
ALL: Mark = ("all", "")


@dataclass(frozen=True)
class FeedbackShelf:
    """The ports of feedback."""

    objects: ObjectStore
    index: FeedbackIndex
    rules: TopicRules
    sealer: Sealer


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
        topics=(
            *(topics(rules.topics, said.text, spoken) if rules else ()),
            # Whoever asks in their own words to hear no more is read by a person, too.
            *((STOP_REQUEST,) if meaning(event) == "asks" else ()),
        ),
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
    return opened(workspace, document.id, shelf) or document


def opened(workspace: str, feedback_id: str, shelf: FeedbackShelf) -> Feedback | None:
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
    yield ALL
    yield "kind", document.kind
    yield "language", document.language
    yield "sentiment", document.sentiment.label
    yield from (("topic", topic) for topic in document.topics)
