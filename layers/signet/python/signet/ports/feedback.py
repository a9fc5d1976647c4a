"""Feedback: where to find what people said, and by which rules its topics were told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.feedback import FeedbackTopics
from signet.ports.store import Key

# What a document is found by: a kind of mark, such as `word` or `topic`, and its value.
Mark = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """One document of a list, at its place in time; `fits` where it bears every mark."""

    id: str
    position: str
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """
    The stretch of time that is looked through, newest first.

    Args:
        since: The earliest moment.
        before: The moment behind the latest one.
        after: The position of the posting that was passed last.
    """

    since: str = ""
    before: str | None = None
    after: str | None = None


class FeedbackIndex(Protocol):
    """Lists of documents, one for each mark, newest first."""

    def post(
        self,
        workspace: str,
        feedback_id: str,
        *,
        at: datetime,
        profile_id: str,
        marks: Sequence[Mark],
    ) -> None:
        """
        Put a document on the list of each mark, and on its person's list.

        Idempotent: the same document at the same moment is one posting.
        """

    def walk(self, workspace: str, marks: Sequence[Mark], *, span: Span) -> Iterator[Posting]:
        """Walk the shortest of the lists of some marks, and tell what is on all of them."""

    def rows_of(self, workspace: str, profile_id: str) -> Iterator[tuple[str, list[Key]]]:
        """Give each document of a person with the keys of all its rows."""


class TopicRules(Protocol):
    """The rules that tell topics; every version stays."""

    def feedback_topics(self, workspace: str, version: int | None = None) -> FeedbackTopics | None:
        """Read a version of the rules, or the newest."""

    def save_feedback_topics(self, topics: FeedbackTopics) -> None:
        """
        Write a new version of the rules.

        Raises:
            Conflict: Somebody else wrote this version in between.
        """
