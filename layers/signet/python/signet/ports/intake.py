"""Intake: who signed what came in, and what could not be taken and waits for a correction."""

from collections.abc import Sequence
from typing import Literal, Protocol

from signet.domain.quarantine import Quarantined, QuarantineStatus
from signet.ports.people import Page


class Certificates(Protocol):
    """
    What is fetched from a notification service; whoever asks has looked at the address.

    Nothing else is followed: no redirect, no other host.
    """

    def signed(
        self, url: str, *, content: bytes, signature: bytes, digest: Literal["sha1", "sha256"]
    ) -> bool:
        """
        Tell whether the key of a certificate signed the content.

        Raises:
            Transient: The certificate cannot be fetched at the moment.
        """

    def confirm(self, url: str) -> None:
        """
        Answer a question for confirmation.

        Raises:
            Transient: The service cannot be reached at the moment.
            Rejected: It does not know its question any more.
        """


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
