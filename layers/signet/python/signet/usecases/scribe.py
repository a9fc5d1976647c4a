"""Write down a person's own word where they said it themselves: on a page, by a browser."""

from dataclasses import dataclass

from signet.domain.request import ConsentRequest
from signet.ports import Clock, PermissionStore, ProfileStore, Sealer, WorkQueue
from signet.usecases import consent


@dataclass(frozen=True)
class Scribe:
    """The ports that writing a person's word down needs."""

    profiles: ProfileStore
    permissions: PermissionStore
    sealer: Sealer
    queue: WorkQueue
    clock: Clock

    def write(self, request: ConsentRequest, *, workspace: str, profile_id: str) -> None:
        """
        Record a person's word.

        Effects: permissions, preprocess queue (the entry in the timeline).

        Raises:
            Missing: There is no such profile.
        """
        notary = consent.Notary(
            self.profiles, self.permissions, self.sealer, self.queue, self.clock
        )
        consent.record(request, workspace=workspace, profile_id=profile_id, notary=notary)
