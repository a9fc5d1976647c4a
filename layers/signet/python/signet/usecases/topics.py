"""The rules that tell what feedback is about: written by editors, each version kept."""

from signet.domain.feedback import FeedbackTopics, TopicRule, TopicsDraft
from signet.errors import FieldError, Missing, Rejected
from signet.ports import TopicRules
from signet.reading.words import words
from signet.usecases.views import View

LONGEST_PHRASE = 100


class TopicsView(View):
    """The rules as they are shown; version 0 is that there are none yet."""

    version: int
    topics: tuple[TopicRule, ...]


def find(workspace: str, version: int | None, *, shelf: TopicRules) -> TopicsView:
    """
    Read a version of the rules, or the newest.

    Raises:
        Missing: There is no such version.
    """
    found = shelf.feedback_topics(workspace, version)
    if found is None and version is not None:
        raise Missing("there is no such version")
    return show(found)


def put(draft: TopicsDraft, *, workspace: str, known: TopicsView, shelf: TopicRules) -> TopicsView:
    """
    Write the rules as the version after the one that was read.

    What was read by older rules stays as it was read.

    Effects: catalog.
    Idempotent: the same rules twice are one version.

    Raises:
        Rejected: A phrase holds no word, or is too long.
        Conflict: Somebody else wrote them in between.
    """
    _demand_words(draft)
    if known.version and known.topics == draft.topics:
        return known
    written = FeedbackTopics(workspace=workspace, version=known.version + 1, topics=draft.topics)
    shelf.save_feedback_topics(written)
    return show(written)


def show(topics: FeedbackTopics | None) -> TopicsView:
    """Show the rules."""
    if topics is None:
        return TopicsView(version=0, topics=())
    return TopicsView(version=topics.version, topics=topics.topics)


def _demand_words(draft: TopicsDraft) -> None:
    faults = [
        FieldError(f"topics.{number}.{part}.{place}", fault)
        for number, rule in enumerate(draft.topics)
        for part, phrases in (("any", rule.any), ("all", rule.all), ("not", rule.none))
        for place, phrase in enumerate(phrases)
        if (fault := _fault(phrase))
    ]
    if faults:
        raise Rejected("phrases must hold words", faults)


def _fault(phrase: str) -> str:
    if len(phrase) > LONGEST_PHRASE:
        return f"may have {LONGEST_PHRASE} characters at most"
    return "" if words(phrase) else "must hold a word"
