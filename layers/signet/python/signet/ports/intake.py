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
    ) -> Page:
        """List the items of a workspace, newest first, of one status or of all."""

    def save(self, item: Quarantined, *, expected_version: int) -> None:
        """
        Write an item over the version that was read.

        Raises:
            Conflict: Somebody else wrote it in between.
        """
