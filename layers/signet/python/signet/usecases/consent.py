"""Write down what a person allows, and what they do not want any more."""

from dataclasses import dataclass

from signet.domain.consent import Consent
from signet.domain.events import CONSENT_GIVEN, CONSENT_WITHDRAWN, Event, Identifiers
from signet.domain.message import Message
from signet.domain.request import ConsentRequest
from signet.domain.work import ApplyEvents
from signet.errors import Missing
from signet.ids import derived
from signet.ports import Clock, MessageBook, PermissionStore, ProfileStore, Sealer, WorkQueue
from signet.usecases.suppressing import leave_alone, welcome_back


@dataclass(frozen=True, slots=True)
class Notary:
    """The ports that recording a person's word needs; `queue` is preprocess' own."""

    profiles: ProfileStore
    permissions: PermissionStore
    sealer: Sealer
    queue: WorkQueue
    clock: Clock


def record(
    request: ConsentRequest, *, workspace: str, profile_id: str, notary: Notary
) -> dict[str, object]:
    """
    Record a person's own word and give the receipt: what is in force now.

    Whoever wants a topic again that they unsubscribed from is not kept from it any more.

    Effects: permissions, preprocess queue (the entry in the person's timeline).

    Raises:
        Missing: There is no such profile.
    """
    person = notary.profiles.get_many(workspace, [profile_id]).get(profile_id)
    if person is None:
        raise Missing("there is no such profile")
    consent = Consent(**request.model_dump(), at=notary.clock.now())
    kept = notary.permissions.record_consent(workspace, profile_id, consent)
    # After the consent: a crash in between leaves the stricter of both, and a repeat mends it.
    welcome_back(person, kept, sealer=notary.sealer, suppressions=notary.permissions)
    moment = kept.at.isoformat()
    receipt = derived(workspace, profile_id, kept.channel, kept.topic, kept.status, moment)
    _tell(kept, receipt, workspace=workspace, profile_id=profile_id, queue=notary.queue)
    return {"id": receipt, "profile_id": profile_id, **kept.model_dump(mode="json")}


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

    A marketing message withdraws the consent for its topic, and suppresses the topic for its
    address, which outlives the profile; a message without a topic, or one whose profile is not
    known, suppresses the address.

    Effects: ledger (read), permissions, preprocess queue (the entry in the timeline).
    Idempotent: a second click changes nothing more.

    Raises:
        Missing: There is no such message any more.
    """
    message = ledger.get(workspace, message_id)
    if message is None or not (message.profile_id or message.recipient):
        raise Missing("there is no such link")
    consent = None
    if message.topic is not None and message.profile_id is not None:
        consent = permissions.record_consent(
            workspace, message.profile_id, _withdrawn(message, message.topic, clock)
        )
    elif not message.recipient:
        raise Missing("there is no such link")
    leave_alone(message, consent, suppressions=permissions, clock=clock)
    if consent is not None and message.profile_id is not None:
        ident = derived(workspace, message_id, "unsubscribed")
        _tell(consent, ident, workspace=workspace, profile_id=message.profile_id, queue=queue)


def _withdrawn(message: Message, topic: str, clock: Clock) -> Consent:
    return Consent(
        channel=message.channel,
        topic=topic,
        status="withdrawn",
        basis="one-click",
        source=f"unsubscribe:{message.id}",
        at=clock.now(),
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
