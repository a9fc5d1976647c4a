"""Figures, and what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.ports.people import Page


@dataclass(frozen=True, slots=True)
class CounterChange:
    """An amount to add to one named counter of one scope of a workspace."""

    workspace: str
    scope: str
    name: str
    amount: int


class Counters(Protocol):
    """Sums of the ledger's transitions, exact under repeated batches."""

    def checkpoint(self, shard: str) -> str:
        """Give the last sequence number folded from a shard, or an empty string."""

    def fold(
        self, shard: str, *, before: str, after: str, changes: Sequence[CounterChange]
    ) -> None:
        """
        Add the changes and move the shard's checkpoint from `before` to `after`, all or nothing.

        Raises:
            Conflict: The checkpoint is not `before` any more.
        """

    def read(self, workspace: str, scopes: Sequence[str]) -> dict[str, dict[str, int]]:
        """Read every counter of the named scopes."""


class RecentRing(Protocol):
    """References to the newest rows, for people who watch."""

    def note(self, workspace: str, what: str, references: Sequence[str]) -> None:
        """Put references at the front of the ring `what` (events or messages)."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One queue body that could not be handled, and why; `position` is its place in the list."""

    workspace: str
    position: str
    queue: str
    reason: str
    receives: int
    body: str
    buried_at: datetime


class DeadLetterRows(Protocol):
    """The dead letters as rows, to look at and to drive again."""

    def add(self, letter: DeadLetter) -> None:
        """Keep a dead letter; its position makes repeats harmless."""

    def page(self, workspace: str, *, queue: str | None, limit: int, position: str | None) -> Page:
        """List the dead letters of a workspace, oldest first."""

    def remove(self, workspace: str, position: str) -> bool:
        """Take a dead letter off the list; False when it was not there."""
