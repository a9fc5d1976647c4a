"""Write down what a person allows, and which addresses must not be used."""

from contextlib import suppress as suppressing
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.address import normal
from signet.domain.consent import Consent
from signet.domain.events import CONSENT_GIVEN, CONSENT_WITHDRAWN, Event, Identifiers
from signet.domain.message import Message
from signet.domain.policy import Policy
from signet.domain.receipt import RECIPIENT, Particulars, Receipt, receipt
from signet.domain.request import ConsentRequest, SuppressionRequest, Unprocessable
from signet.domain.suppression import Suppression
from signet.domain.work import ApplyEvents
from signet.errors import Duplicate, FieldError, Missing
from signet.ids import derived
from signet.ports import (
    Clock,
    MessageBook,
    PermissionStore,
    ProfileStore,
    Sealer,
    WorkQueue,
)


class Policies(Protocol):
    """What recording a word reads of the catalog."""

    def policy(self, workspace: str) -> Policy | None:
        """Read the policy that is in force."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that recording a word needs."""

    profiles: ProfileStore
    permissions: PermissionStore
    catalog: Policies
    sealer: Sealer
    queue: WorkQueue
    clock: Clock


def record(
    request: ConsentRequest, *, workspace: str, profile_id: str, actor: str, desk: Desk
) -> dict[str, object]:
    """
    Record a person's word and give its receipt: what is in force now.

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
    if not desk.profiles.get_many(workspace, [profile_id]):
        raise Missing("there is no such profile")
    demand_ahead(request, now)
    word = Consent(**request.model_dump(include=_SAID), at=now)
    policy = desk.catalog.policy(workspace)
    particulars = request.particulars(controller=controller(policy), actor=actor)
    kept = desk.permissions.record_consent(workspace, profile_id, word, particulars=particulars)
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
    """Show a receipt as an answer has it."""
    return kept.model_dump(mode="json")


# What a request says of the word itself, under the same names.
_SAID = {
    "channel", "topic", "status", "basis", "wording_version", "source", "evidence", "expires_at",
}  # fmt: skip


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
    controller: str = "",
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
        _withdraw(consent, message, permissions=permissions, controller=controller)
        ident = derived(workspace, message_id, "unsubscribed")
        told(consent, ident, workspace=workspace, profile_id=message.profile_id, queue=queue)
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


def _withdraw(
    consent: Consent, message: Message, *, permissions: PermissionStore, controller: str
) -> None:
    """Withdraw a consent unless the same link's withdrawal stands already."""
    particulars = Particulars(controller=controller, method="one-click", actor=RECIPIENT)

    def demand_news(standing: Consent | None) -> None:
        said = standing and (standing.status, standing.source)
        if said == (consent.status, consent.source):
            raise Duplicate("the same link was used before")

    with suppressing(Duplicate):
        permissions.record_consent(
            message.workspace,
            message.profile_id or "",
            consent,
            particulars=particulars,
            guard=demand_news,
        )


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
