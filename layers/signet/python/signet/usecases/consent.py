"""Write down what a person allows, and what they do not want any more."""

from dataclasses import dataclass
from datetime import datetime

from signet.domain.consent import Consent
from signet.domain.events import CONSENT_GIVEN, CONSENT_WITHDRAWN, Event, Identifiers
from signet.domain.message import Message
from signet.domain.policy import Policy
from signet.domain.receipt import RECIPIENT, Particulars, Receipt, receipt
from signet.domain.request import ConsentRequest, Unprocessable
from signet.domain.work import ApplyEvents
from signet.errors import Duplicate, FieldError, Missing
from signet.ids import derived
from signet.ports import (
    Clock,
    MessageBook,
    PermissionStore,
    PolicyReader,
    ProfileStore,
    Sealer,
    WorkQueue,
)
from signet.usecases.suppressing import leave_alone, welcome_back


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that recording a word needs."""

    profiles: ProfileStore
    permissions: PermissionStore
    catalog: PolicyReader
    sealer: Sealer
    queue: WorkQueue
    clock: Clock


def record(
    request: ConsentRequest, *, workspace: str, profile_id: str, actor: str, desk: Desk
) -> dict[str, object]:
    """
    Record a person's own word and give its receipt: what is in force now.

    Whoever wants a topic again that they unsubscribed from is not kept from it any more.

    Args:
        request: The word.
        workspace: Where.
        profile_id: Whose word it is.
        actor: Who records it: the id of a key, or `recipient`.
        desk: The ports.

    Effects: permissions, preprocess queue (the entry in the person's timeline).

    Raises:
        Missing: There is no such profile.
        Unprocessable: It would have expired already.
    """
    now = desk.clock.now()
    person = desk.profiles.get_many(workspace, [profile_id]).get(profile_id)
    if person is None:
        raise Missing("there is no such profile")
    demand_ahead(request, now)
    word = Consent(**request.model_dump(include=_SAID), at=now)
    policy = desk.catalog.policy(workspace)
    particulars = request.particulars(controller=controller(policy), actor=actor)
    kept = desk.permissions.record_consent(workspace, profile_id, word, particulars=particulars)
    # After the consent: a crash in between leaves the stricter of both, and a repeat mends it.
    welcome_back(person, kept, sealer=desk.sealer, suppressions=desk.permissions)
    evidence = kept.evidence
    hashed = desk.sealer.handle(workspace, "evidence", evidence) if evidence else ""
    proof = receipt(profile_id, kept, particulars, evidence_hash=hashed)
    told(kept, proof.id, workspace=workspace, profile_id=profile_id, queue=desk.queue)
    return shown(proof)


def controller(policy: Policy | None) -> str:
    """Name who is responsible for the data; nobody where no policy says it."""
    return policy.draft.controller if policy is not None else ""


def demand_ahead(request: ConsentRequest, now: datetime) -> None:
    """
    Let a consent pass that has not ended yet.

    Raises:
        Unprocessable: It has.
    """
    if request.expires_at is not None and request.expires_at <= now:
        raise unfit("expires_at", "must lie ahead")


def unfit(field: str, message: str) -> Unprocessable:
    """Say which field does not fit what is there."""
    return Unprocessable(f"{field}: {message}", (FieldError(field, message),))


def shown(kept: Receipt) -> dict[str, object]:
    """Show a receipt as an answer has it, which may be kept: the evidence by its hash alone."""
    return kept.model_dump(mode="json", exclude={"evidence"})


# What a request says of the word itself, under the same names.
_SAID = {
    "channel", "topic", "status", "basis", "wording_version", "source", "evidence", "expires_at",
}  # fmt: skip


def unsubscribe(message_id: str, *, workspace: str, ledger: MessageBook, desk: Desk) -> None:
    """
    Take the person at their word who clicked "unsubscribe" in a message.

    Effects: ledger (read); those of `unsubscribe_from`.
    Idempotent: a second click changes nothing more.

    Raises:
        Missing: There is no such message any more.
    """
    message = ledger.get(workspace, message_id)
    if message is None:
        raise Missing("there is no such link")
    unsubscribe_from(message, desk)


def unsubscribe_from(message: Message, desk: Desk) -> None:
    """
    Send no more of the kind of a message.

    A marketing message withdraws the consent for its topic, and suppresses the topic for its
    address, which outlives the profile; a message without a topic, or one whose profile is not
    known, suppresses the address.

    Effects: permissions, preprocess queue (the entry in the timeline).
    Idempotent: a second time changes nothing more.

    Raises:
        Missing: The message names neither a person's topic nor an address.
    """
    if message.topic is None or message.profile_id is None:
        if not message.recipient:
            raise Missing("there is no such link")
        leave_alone(message, None, suppressions=desk.permissions, clock=desk.clock)
        return
    workspace, profile_id = message.workspace, message.profile_id
    consent = _withdraw(_withdrawal(message, message.topic, desk.clock), message, desk)
    leave_alone(message, consent, suppressions=desk.permissions, clock=desk.clock)
    ident = derived(workspace, message.id, "unsubscribed")
    told(consent, ident, workspace=workspace, profile_id=profile_id, queue=desk.queue)


def _withdrawal(message: Message, topic: str, clock: Clock) -> Consent:
    return Consent(
        channel=message.channel,
        topic=topic,
        status="withdrawn",
        basis="one-click",
        source=f"unsubscribe:{message.id}",
        at=clock.now(),
    )


def _withdraw(consent: Consent, message: Message, desk: Desk) -> Consent:
    """Withdraw a consent, unless the same link's withdrawal stands already; give what stands."""
    responsible = controller(desk.catalog.policy(message.workspace))
    particulars = Particulars(controller=responsible, method="one-click", actor=RECIPIENT)
    stood = consent

    def demand_news(standing: Consent | None) -> None:
        nonlocal stood
        told = standing and (standing.status, standing.source)
        if standing is not None and told == (consent.status, consent.source):
            stood = standing
            raise Duplicate("the same link was used before")

    try:
        return desk.permissions.record_consent(
            message.workspace,
            message.profile_id or "",
            consent,
            particulars=particulars,
            guard=demand_news,
        )
    except Duplicate:
        return stood


def told(
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
            "receipt": consent.receipt,
        },
    )
    queue.send([ApplyEvents(events=(event,))])
