"""Write down which addresses must not be used, and lift that again."""

from signet.domain.consent import Consent
from signet.domain.message import Message
from signet.domain.profile import Profile
from signet.domain.request import ReleaseRequest, SuppressionRequest
from signet.domain.suppression import UNSUBSCRIBED, Suppression, Which
from signet.errors import Missing
from signet.ports import Clock, Sealer, SuppressionStore
from signet.usecases.handles import KINDS, suppressed_as


def suppress(
    request: SuppressionRequest,
    *,
    workspace: str,
    sealer: Sealer,
    suppressions: SuppressionStore,
    clock: Clock,
) -> dict[str, object]:
    """
    Suppress an address; the receipt names it by its handle only.

    Effects: suppressions.
    Idempotent: by the address, the channel, the reason and the scope; the first of the same stays.
    """
    found = Suppression(
        handle=suppressed_as(request.channel, request.address, workspace=workspace, sealer=sealer)[
            0
        ],
        channel=request.channel,
        reason=request.reason,
        scope=request.scope,
        topic=request.topic,
        at=clock.now(),
    )
    suppressions.suppress(workspace, found)
    shown = found.model_dump(mode="json", exclude={"handle"})
    return {"id": found.handle, **shown}


def release(
    request: ReleaseRequest,
    *,
    workspace: str,
    sealer: Sealer,
    suppressions: SuppressionStore,
) -> None:
    """
    Lift the suppressions of an address, or those of a reason, a scope or a topic.

    Effects: suppressions.

    Raises:
        Missing: There is none of these.
    """
    which = Which(**request.model_dump(exclude={"address"}))
    handles = suppressed_as(request.channel, request.address, workspace=workspace, sealer=sealer)
    lifted = [suppressions.release(workspace, handle, which) for handle in handles]
    if not any(lifted):
        raise Missing("the address is not suppressed")


def leave_alone(
    message: Message, consent: Consent | None, *, suppressions: SuppressionStore, clock: Clock
) -> None:
    """
    Suppress the address of a message for whoever unsubscribed from it.

    Where there is a topic it is that topic's mail that is not wanted; where no consent could be
    withdrawn, no other is either. It holds whatever becomes of the profile.

    Args:
        message: What they unsubscribed from.
        consent: The consent that they withdrew with it, if any.
        suppressions: Where to.
        clock: Tells since when, where there is no consent.

    Effects: suppressions.
    Idempotent: a second time moves the moment only.
    """
    handle = message.mailbox or message.recipient
    if not handle:
        return
    found = Suppression(
        handle=handle,
        channel=message.channel,
        reason=UNSUBSCRIBED,
        at=clock.now() if consent is None else consent.at,
    )
    if message.topic is not None:
        of_topic = found.model_copy(update={"scope": "topic", "topic": message.topic})
        suppressions.suppress(message.workspace, of_topic, renew=True)
    if consent is None:
        suppressions.suppress(message.workspace, found, renew=True)


def welcome_back(
    person: Profile, consent: Consent, *, sealer: Sealer, suppressions: SuppressionStore
) -> None:
    """
    Lift what a person's earlier unsubscribing from a topic left on their addresses.

    Nothing else is lifted, and nothing that is as late as their consent.

    Args:
        person: Who consented themselves.
        consent: What they consented to, as it is in force.
        sealer: The workspace's keys.
        suppressions: Where from.

    Effects: suppressions.
    """
    kind = KINDS.get(consent.channel)
    if kind is None or consent.status != "granted":
        return
    which = Which(
        channel=consent.channel,
        reason=UNSUBSCRIBED,
        scope="topic",
        topic=consent.topic,
        before=consent.at,
    )
    handles = dict.fromkeys(
        handle
        for address in person.identifiers.get(kind, ())
        for handle in suppressed_as(
            consent.channel, address, workspace=person.workspace, sealer=sealer
        )
    )
    standing = suppressions.standing(person.workspace, *handles) if handles else ()
    for handle in dict.fromkeys(one.handle for one in standing if which.takes(one)):
        suppressions.release(person.workspace, handle, which)
