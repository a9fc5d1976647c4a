"""Requests that a person has to read are heard of: the log tells them, and so does an alarm."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from signet.domain.feedback import STOP_REQUEST
from signet.ports import FeedbackIndex, Mark, Posting, Span
from signet.ports.store import Key
from signet.runtime import observability

REQUEST: Mark = ("topic", STOP_REQUEST)


class Alert:
    """
    Post documents, and log a line for each that asks in somebody's own words to hear no more.

    Args:
        kept: The index itself.
    """

    def __init__(self, kept: FeedbackIndex) -> None:
        self._kept = kept

    def post(
        self,
        workspace: str,
        feedback_id: str,
        *,
        at: datetime,
        profile_id: str,
        marks: Sequence[Mark],
    ) -> None:
        """Put a document on the list of each mark, and tell if it is a request."""
        self._kept.post(workspace, feedback_id, at=at, profile_id=profile_id, marks=marks)
        if REQUEST in marks:
            observability.warn(
                "stop requested", workspace=workspace, event_key=feedback_id, profile_id=profile_id
            )

    def walk(self, workspace: str, marks: Sequence[Mark], *, span: Span) -> Iterator[Posting]:
        """Walk the shortest of the lists of some marks, and tell what is on all of them."""
        return self._kept.walk(workspace, marks, span=span)

    def rows_of(self, workspace: str, profile_id: str) -> Iterator[tuple[str, list[Key]]]:
        """Give each document of a person with the keys of all its rows."""
        return self._kept.rows_of(workspace, profile_id)
