"""
What people tell us: which events carry it, what is kept of it, and the topics it may be about.

An event carries feedback where its context has an object `feedback` with a text, as the mapping
of a source writes it; or by habit, where its name ends in the words of HABITS and a property of
TEXTS holds a text. Anything else is an ordinary event, whatever it is called.
"""

import re
from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from signet.domain.events import TRACKED, Event
from signet.domain.template import NAME_PATTERN

# The last two words of an event's name, however they are joined: `com.acme.review.submitted`.
HABITS: dict[str, str] = {
    "feedback given": "feedback",
    "feedback received": "feedback",
    "feedback submitted": "feedback",
    "product reviewed": "review",
    "review given": "review",
    "review posted": "review",
    "review submitted": "review",
    "survey answered": "survey",
    "survey completed": "survey",
    "survey submitted": "survey",
    "comment posted": "post",
    "call noted": "call_note",
    "reply received": "reply",
}
TEXTS = ("text", "review", "comment", "body", "review_body", "answer", "message", "feedback")
RATINGS = ("rating", "score", "stars")
# The topic of what asks, in somebody's own words, to hear no more: a person has to read it.
STOP_REQUEST: Final = "stop_request"
OTHER_KIND = "other"
UNKNOWN: Final = "unknown"
EXCERPT = 280
MOST_TOPICS = 30
MOST_PHRASES = 50

Phrase = str
Phrases = tuple[str, ...]
Label = Literal["positive", "neutral", "negative", "unknown"]

_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_BETWEEN_WORDS = re.compile(r"[\s._:/-]+")
_OUR_TYPES = "signet."


class Said(BaseModel):
    """What somebody said, as an event carries it."""

    model_config = ConfigDict(frozen=True)

    text: str
    kind: str = OTHER_KIND
    rating: int | float | None = None
    language: str | None = None


class Sentiment(BaseModel):
    """
    How somebody felt, by which model.

    `score` goes from -1 to 1. `confidence` is how often the model was right about texts with
    such a score. Where nothing is known, `reason` says why.
    """

    model_config = ConfigDict(frozen=True)

    label: Label
    score: float | None = None
    model: str | None = None
    confidence: float | None = None
    reason: str | None = None


class Feedback(BaseModel):
    """
    One document: what was said, and how it was read.

    `id` is the key of the event that carried it. `language_from` says whose word the language
    is: the sender's (`given`), the profile's or the text's own. `topics_version` is the version
    of the rules that gave `topics`, 0 where there were none.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    profile_id: str
    source: str
    kind: str
    text: str
    rating: int | float | None = None
    language: str = UNKNOWN
    language_from: Literal["given", "profile", "text", "nobody"] = "nobody"
    sentiment: Sentiment
    topics: tuple[str, ...] = ()
    topics_version: int = 0
    occurred_at: datetime
    received_at: datetime


class FeedbackNote(BaseModel):
    """What the event's row keeps of a document: enough for a timeline, and the way to it."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    rating: int | float | None = None
    excerpt: str
    language: str
    sentiment: Sentiment
    topics: tuple[str, ...] = ()


class TopicRule(BaseModel):
    """
    One topic: a text is about it that holds one of `any`, each of `all` and none of `not`.

    Each entry is a word, or several that follow each other. With a language, only texts of this
    language are about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    name: str = Field(pattern=NAME_PATTERN)
    any: Phrases = Field(default=(), max_length=MOST_PHRASES)
    all: Phrases = Field(default=(), max_length=MOST_PHRASES)
    none: Phrases = Field(default=(), max_length=MOST_PHRASES, alias="not")
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$")

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.any or self.all):
            raise ValueError("any or all must hold a word or a phrase")
        return self


class TopicsDraft(BaseModel):
    """What an editor writes about topics."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    topics: tuple[TopicRule, ...] = Field(max_length=MOST_TOPICS)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({rule.name for rule in self.topics}) < len(self.topics):
            raise ValueError("the names of topics must differ")
        return self


class FeedbackTopics(TopicsDraft):
    """The rules of a workspace; each version is kept, because documents name theirs."""

    workspace: str
    version: int = Field(ge=1)


def said_in(event: Event) -> Said | None:
    """Find what somebody said in an event; None where it is an ordinary one."""
    told = event.context.get("feedback")
    if isinstance(told, dict):
        return _said(told, text=told.get("text"), kind=told.get("kind"))
    habit = _habit(event)
    if habit is None:
        return None
    texts = (event.properties.get(name) for name in TEXTS)
    rated = next((name for name in RATINGS if name in event.properties), "rating")
    parts = {**event.properties, "rating": event.properties.get(rated)}
    return _said(parts, text=next((t for t in texts if _is_text(t)), None), kind=habit)


def closed(event: Event, document: Feedback) -> Event:
    """
    Give an event as its row keeps it once its document is safe: with a note for the text.

    Wherever the properties hold the text too, they keep its excerpt.
    """
    note = note_of(document)
    told = note.model_dump(mode="json", exclude_none=True)
    said = said_in(event)
    text = said.text if said else document.text
    return event.model_copy(
        update={
            "context": {**event.context, "feedback": told},
            "properties": _shortened(event.properties, text.strip()),
        }
    )


def note_of(document: Feedback) -> FeedbackNote:
    """Note what an event's row keeps of a document."""
    shown = document.model_dump(include=set(FeedbackNote.model_fields) - {"excerpt"})
    return FeedbackNote(**shown, excerpt=excerpt(document.text))


def noted(event: Event) -> FeedbackNote | None:
    """Read the note of an event's row; None where there is none of ours."""
    found = event.context.get("feedback")
    if not isinstance(found, dict) or found.get("id") != event.key:
        return None
    try:
        return FeedbackNote.model_validate(found)
    except ValidationError:
        return None


def excerpt(text: str) -> str:
    """Give the beginning of a text, or the whole where it is short."""
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def language_of(tag: object) -> str | None:
    """Give the language of a tag such as `de-AT`, in lower case; None where it is none."""
    found = _LANGUAGE.fullmatch(tag.strip()) if isinstance(tag, str) else None
    return found[1].lower() if found else None


def _said(parts: dict[str, Any], *, text: object, kind: object) -> Said | None:
    if not isinstance(text, str) or not _is_text(text):
        return None
    known = isinstance(kind, str) and _KIND.fullmatch(kind) is not None
    return Said(
        text=text,
        kind=str(kind) if known else OTHER_KIND,
        rating=_rating(parts.get("rating")),
        language=language_of(parts.get("language")),
    )


def _rating(value: object) -> int | float | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shortened(value: Any, text: str) -> Any:  # noqa: ANN401 - a client's own data
    """Write an excerpt for every long text that is the one that was said."""
    if isinstance(value, dict):
        return {name: _shortened(part, text) for name, part in value.items()}
    if isinstance(value, list):
        return [_shortened(part, text) for part in value]
    return excerpt(value) if isinstance(value, str) and value.strip() == text else value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _habit(event: Event) -> str | None:
    if event.type.startswith(_OUR_TYPES) and event.type != TRACKED:
        return None
    words = [word for word in _BETWEEN_WORDS.split(event.name.lower()) if word]
    return HABITS.get(" ".join(words[-2:]))
