"""The opt-out of selling and sharing, as a browser's Global Privacy Control says it."""

from signet.domain.choices import ANY_CHANNEL, GPC, SHARING
from signet.domain.permission import Permission
from signet.domain.request import ConsentRequest
from signet.usecases.scribe import Scribe


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
    word = ConsentRequest(
        channel=ANY_CHANNEL, topic=SHARING, status="withdrawn", basis=GPC, source=source
    )
    scribe.write(word, workspace=workspace, profile_id=profile_id)
