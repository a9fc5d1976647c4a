"""Intake: what could not be taken and waits for a correction."""

from collections.abc import Sequence
from typing import Protocol

from signet.domain.quarantine import Quarantined, QuarantineStatus
from signet.ports.people import Page


class Quarantine(Protocol):
    """What could not be taken, until somebody corrects, replays or discards it."""

    def add(self, items: Sequence[Quarantined]) -> None:
        """Keep items; an id that is there already is left alone."""

    def get(self, workspace: str, item_id: str) -> Quarantined | None:
        """Read one item."""

    def page(
        self,
        workspace: str,
        *,
        status: QuarantineStatus | None,
        limit: int,
        position: str | None,
        source: str | None = None,
    ) -> Page:
        """
        List the items of a workspace, newest first.

        A page is shorter than `limit` only where the list ends, or where very many others lie
        in between.

        Args:
            workspace: Whose items.
            status: Only of this status.
            limit: Items of the page.
            position: Where the page begins.
            source: Only from this origin.
        """

    def save(self, item: Quarantined, *, expected_version: int) -> None:
        """
        Write an item over the version that was read.

        Raises:
            Conflict: Somebody else wrote it in between.
        """
