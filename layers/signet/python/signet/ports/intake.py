"""Intake: who signed what came in, files that are imported, and what waits for a correction."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from signet.domain.importing import ImportedFile, Verdict
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
        """
        Keep items; an id that is there already is left alone.

        So is what is `known_as` something that its origin sent before, whatever its id: where it
        was cut off then, it is kept now, under the id of that time.
        """

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


class ImportBook(Protocol):
    """The files that are imported, and what became of their rows."""

    def open(self, file: ImportedFile) -> bool:
        """Note a file; False when it was noted before."""

    def get(self, workspace: str, import_id: str) -> ImportedFile | None:
        """Read one file, consistently."""

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the files of a workspace, newest first."""

    def begin(self, file: ImportedFile, tag: str) -> bool:
        """Note that an awaited file is there, in this state; False when it had come before."""

    def cut(self, file: ImportedFile, parts: int) -> None:
        """Note into how many parts a file was cut."""

    def refuse(self, file: ImportedFile, reason: str) -> None:
        """Note why a file can never be read, or not any further."""

    def count(self, workspace: str, import_id: str, verdict: Verdict) -> bool:
        """
        Keep the verdict of one part and add it to those of its file, all or nothing and once.

        Returns:
            False when it had been counted before.
        """

    def verdicts(self, workspace: str, import_id: str) -> Iterator[Verdict]:
        """Give the verdicts of a file's parts that are there, in the order of the file."""
