"""Write down a person's own word where they said it themselves: on a page, by a browser."""

from dataclasses import dataclass

from signet.domain.receipt import RECIPIENT
from signet.domain.request import ConsentRequest
from signet.ports import Clock, PermissionStore
from signet.usecases import consent


@dataclass(frozen=True)
class Scribe:
    """Writes a person's word down by way of a desk."""

    desk: consent.Desk

    @property
    def permissions(self) -> PermissionStore:
        """Where words are kept."""
        return self.desk.permissions

    @property
    def clock(self) -> Clock:
        """By which clock they are dated."""
        return self.desk.clock

    def write(self, request: ConsentRequest, *, workspace: str, profile_id: str) -> None:
        """
        Record a person's word.

        Effects: permissions, preprocess queue (the entry in the timeline).

        Raises:
            Missing: There is no such profile.
        """
        consent.record(
            request, workspace=workspace, profile_id=profile_id, actor=RECIPIENT, desk=self.desk
        )
