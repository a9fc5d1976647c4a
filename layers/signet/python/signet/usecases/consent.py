"""Write down what a person allows, and which addresses must not be used."""

from signet.domain.address import normal
from signet.domain.consent import Consent
from signet.domain.events import CONSENT_GIVEN, CONSENT_WITHDRAWN, Event, Identifiers
from signet.domain.request import ConsentRequest, SuppressionRequest
from signet.domain.suppression import Suppression
from signet.domain.work import ApplyEvents
from signet.errors import Missing
from signet.ids import derived
from signet.ports import Clock, MessageBook, PermissionStore, ProfileStore, Sealer, WorkQueue


def record(
    request: ConsentRequest,
    *,
    workspace: str,
    profile_id: str,
    profiles: ProfileStore,
    permissions: PermissionStore,
    queue: WorkQueue,
    clock: Clock,
) -> dict[str, object]:
    """
    Record a person's word and give the receipt: what is in force now.

    Effects: permissions, preprocess queue (the entry in the person's timeline).

    Raises:
        Missing: There is no such profile.
    """
    if not profiles.get_many(workspace, [profile_id]):
        raise Missing("there is no such profile")
    consent = Consent(**request.model_dump(), at=clock.now())
    kept = permissions.record_consent(workspace, profile_id, consent)
    moment = kept.at.isoformat()
    receipt = derived(workspace, profile_id, kept.channel, kept.topic, kept.status, moment)
    _tell(kept, receipt, workspace=workspace, profile_id=profile_id, queue=queue)
    return {"id": receipt, "profile_id": profile_id, **kept.model_dump(mode="json")}


def suppress(
    request: SuppressionRequest,
    *,
    workspace: str,
    sealer: Sealer,
    permissions: PermissionStore,
    clock: Clock,
) -> dict[str, object]:
    """
    Suppress an address; the receipt names it by its handle only.

    Effects: permissions.
    Idempotent: by the address, the reason and the scope; the first of the same stays.
    """
    found = Suppression(
        handle=sealer.handle(workspace, request.channel, normal(request.address)),
        channel=request.channel,
        reason=request.reason,
        scope=request.scope,
        topic=request.topic,
        at=clock.now(),
    )
    permissions.suppress(workspace, found)
    shown = found.model_dump(mode="json", exclude={"handle"})
    return {"id": found.handle, **shown}


def release(
    address: str, *, workspace: str, channel: str, sealer: Sealer, permissions: PermissionStore
) -> None:
    """
    Lift every suppression of an address.

    Effects: permissions.

    Raises:
        Missing: It is not suppressed.
    """
    if not permissions.release(workspace, sealer.handle(workspace, channel, normal(address))):
        raise Missing("the address is not suppressed")


def unsubscribe(
    message_id: str,
    *,
    workspace: str,
    ledger: MessageBook,
    permissions: PermissionStore,
    queue: WorkQueue,
    clock: Clock,
) -> None:
    """
    Take the person at their word who clicked "unsubscribe" in a message.

    A marketing message withdraws the consent for its topic; a message without a topic, or one
    whose profile is not known, suppresses the address.

    Effects: ledger (read), permissions, preprocess queue (the entry in the timeline).
    Idempotent: a second click changes nothing more.

    Raises:
        Missing: There is no such message any more.
    """
    message = ledger.get(workspace, message_id)
    if message is None or not (message.profile_id or message.recipient):
        raise Missing("there is no such link")
    if message.topic is not None and message.profile_id is not None:
        consent = Consent(
            channel=message.channel,
            topic=message.topic,
            status="withdrawn",
            basis="one-click",
            source=f"unsubscribe:{message_id}",
            at=clock.now(),
        )
        permissions.record_consent(workspace, message.profile_id, consent)
        ident = derived(workspace, message_id, "unsubscribed")
        _tell(consent, ident, workspace=workspace, profile_id=message.profile_id, queue=queue)
        return
    if not message.recipient:
        raise Missing("there is no such link")
    permissions.suppress(
        workspace,
        Suppression(
            handle=message.recipient,
            channel=message.channel,
            reason="unsubscribed",
            at=clock.now(),
        ),
    )


def _tell(
    consent: Consent, ident: str, *, workspace: str, profile_id: str, queue: WorkQueue
) -> None:
    """Enter a consent in the person's timeline; it is in force already."""
    granted = consent.status == "granted"
    event = Event(
        workspace=workspace,
        id=ident,
        source="signet:consents",
        type=CONSENT_GIVEN if granted else CONSENT_WITHDRAWN,
        name="consent given" if granted else "consent withdrawn",
        occurred_at=consent.at,
        received_at=consent.at,
        identifiers=Identifiers(profile_id=profile_id),
        properties={
            "channel": consent.channel,
            "topic": consent.topic,
            "basis": consent.basis,
            "wording_version": consent.wording_version,
            "source": consent.source,
        },
    )
    queue.send([ApplyEvents(events=(event,))])
