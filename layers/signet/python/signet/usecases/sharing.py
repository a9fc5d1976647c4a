"""The opt-out of selling and sharing, as a browser's Global Privacy Control says it."""

from dataclasses import dataclass

from signet.domain.choices import ANY_CHANNEL, GPC, SHARING
from signet.domain.permission import Permission
from signet.domain.request import ConsentRequest
from signet.ports import Clock, PermissionStore, ProfileStore, WorkQueue
from signet.usecases import consent


@dataclass(frozen=True)
class Scribe:
    """The ports that writing a person's word down needs."""

    profiles: ProfileStore
    permissions: PermissionStore
    queue: WorkQueue
    clock: Clock


def opted_out(permission: Permission) -> bool:
    """Tell whether a person's data may be neither sold nor shared."""
    word = permission.consent(ANY_CHANNEL, SHARING)
    return word is not None and word.status == "withdrawn"


def opt_out(profile_id: str, *, workspace: str, source: str, scribe: Scribe) -> None:
    """
    Record that a person's data may be neither sold nor shared.

    Effects: permissions, preprocess queue (the entry in the timeline).
    Idempotent: in what holds; whoever knows that it stands already need not ask.

    Raises:
        Missing: There is no such profile.
    """
    consent.record(
        ConsentRequest(
            channel=ANY_CHANNEL, topic=SHARING, status="withdrawn", basis=GPC, source=source
        ),
        workspace=workspace,
        profile_id=profile_id,
        profiles=scribe.profiles,
        permissions=scribe.permissions,
        queue=scribe.queue,
        clock=scribe.clock,
    )
