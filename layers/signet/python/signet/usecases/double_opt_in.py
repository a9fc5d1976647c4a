"""Double opt-in: a consent is pending until the person confirms it by a signed link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signet.domain.consent import Consent
from signet.domain.policy import DoubleOptIn, Policy
from signet.domain.principal import Principal
from signet.domain.receipt import RECIPIENT, Outcome, Particulars, Receipt, outcome
from signet.domain.request import ConsentRequest, MessageRequest, Recipient
from signet.errors import Conflict, Duplicate, Missing
from signet.ids import derived
from signet.ports import SourceRegistry
from signet.templating.links import Kind, Link
from signet.usecases import consent, transactional
from signet.usecases.suppressing import welcome_back

_LINK: Kind = "confirm"
# Ids of profiles have none.
_BETWEEN = "."


class Signer(Protocol):
    """Write the signed tokens in links."""

    def token(self, kind: Kind, *, workspace: str, message_id: str) -> str:
        """Write a token."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What asking for a confirmation needs besides recording; `public_url` begins the link."""

    words: consent.Desk
    mail: transactional.Desk
    links: Signer
    public_url: str


def ask(
    request: ConsentRequest, *, caller: Principal, profile_id: str, key: str, desk: Desk
) -> dict[str, object]:
    """
    Keep a consent as pending and send the mail by which the person confirms it.

    What the person allowed or withdrew before stays in force.

    Args:
        request: The consent.
        caller: Who asks.
        profile_id: Whose consent it is.
        key: Names this asking; under the same one, everything is done once.
        desk: The ports.

    Effects: permissions, ledger, queue.
    Idempotent: by the key.

    Raises:
        Missing: There is no such profile.
        Unprocessable: The policy has no double opt-in, its template is not active, or the consent
            would have expired already.
    """
    workspace, words = caller.workspace, desk.words
    if not words.profiles.get_many(workspace, [profile_id]):
        raise Missing("there is no such profile")
    consent.demand_ahead(request, words.clock.now())
    policy = words.catalog.policy(workspace)
    flow = _flow(policy, workspace, desk.mail.catalog)
    ident = derived(workspace, profile_id, "pending", key)
    pending = _named(words.permissions.receipts(workspace, profile_id), ident)
    if pending is None:
        particulars = request.particulars(
            controller=consent.controller(policy), actor=caller.key_id
        )
        asked = _Asked(workspace, profile_id, ident, request, particulars)
        pending = _pending(asked, flow, words)
        words.permissions.ask_consent(workspace, pending)
    message = transactional.send(
        _mail(pending, flow.template, workspace=workspace, desk=desk),
        workspace=workspace,
        event_id=ident,
        desk=desk.mail,
    )
    return {**consent.shown(pending), "message_id": message.id}


def confirm(link: Link, *, desk: consent.Desk) -> Outcome:
    """
    Grant the pending consent that a link names.

    Effects: permissions, preprocess queue (the entry in the person's timeline).
    Idempotent: a second click finds it confirmed.

    Returns:
        `confirmed`, or why nothing was changed: `overtaken` by a withdrawal since, or too `late`.

    Raises:
        Missing: There is no such pending consent.
    """
    profile_id, _, ident = link.message_id.partition(_BETWEEN)
    known = desk.permissions.receipts(link.workspace, profile_id)
    pending = _named(known, ident)
    if pending is None:
        raise Missing("there is no such link")
    looked = desk.permissions.look(link.workspace, profile_id)
    standing = looked.consent(pending.channel, pending.topic)
    now = desk.clock.now()
    confirmed = any(one.confirms == ident for one in known)
    found = outcome(pending, standing, confirmed=confirmed, now=now)
    if found == "confirmed" and standing is not None:
        # A click before this one may not have come as far as the timeline.
        _finish(standing, pending, workspace=link.workspace, desk=desk)
    if found != "confirm":
        return found
    try:
        kept = _granted(pending, now, workspace=link.workspace, desk=desk)
    except Duplicate:
        return "confirmed"
    except Conflict:
        return "overtaken"
    _finish(kept, pending, workspace=link.workspace, desk=desk)
    return "confirmed"


@dataclass(frozen=True, slots=True)
class _Asked:
    workspace: str
    profile_id: str
    ident: str
    request: ConsentRequest
    particulars: Particulars


def _flow(policy: Policy | None, workspace: str, catalog: SourceRegistry) -> DoubleOptIn:
    flow = policy.draft.double_opt_in if policy is not None else None
    if flow is None:
        raise consent.unfit("status", "cannot be pending: the policy has no double opt-in")
    if catalog.template_active(workspace, flow.template) is None:
        raise consent.unfit("status", "cannot be pending: its template is not active")
    return flow


def _named(receipts: tuple[Receipt, ...], ident: str) -> Receipt | None:
    found = (one for one in receipts if one.id == ident and one.event == "pending")
    return next(found, None)


def _pending(asked: _Asked, flow: DoubleOptIn, desk: consent.Desk) -> Receipt:
    request, now = asked.request, desk.clock.now()
    looked = desk.permissions.look(asked.workspace, asked.profile_id)
    standing = looked.consent(request.channel, request.topic)
    hashed = desk.sealer.handle(asked.workspace, "evidence", request.evidence)
    said = request.model_dump(exclude={"status", *Particulars.model_fields})
    return Receipt(
        **said,
        **asked.particulars.model_dump(),
        id=asked.ident,
        profile_id=asked.profile_id,
        event="pending",
        evidence_hash=hashed if request.evidence else "",
        at=now,
        confirm_by=now + flow.valid_for,
        over=standing.at if standing is not None else None,
    )


def _mail(pending: Receipt, template: str, *, workspace: str, desk: Desk) -> MessageRequest:
    """Write the request for the mail; the same pending consent gives the same one."""
    named = f"{pending.profile_id}{_BETWEEN}{pending.id}"
    token = desk.links.token(_LINK, workspace=workspace, message_id=named)
    return MessageRequest(
        template=template,
        to=Recipient(profile_id=pending.profile_id),
        data={
            "confirm_url": f"{desk.public_url.rstrip('/')}/c/{token}",
            "topic": pending.topic,
            "wording_version": pending.wording_version,
            "language": pending.language,
        },
        channel="email",
    )


def _granted(pending: Receipt, now: datetime, *, workspace: str, desk: consent.Desk) -> Consent:
    kept = pending.model_dump(include=set(Particulars.model_fields))
    clicked = {"method": "double-opt-in", "actor": RECIPIENT, "confirms": pending.id}
    word = Consent(
        channel=pending.channel,
        topic=pending.topic,
        status="granted",
        basis=pending.basis,
        wording_version=pending.wording_version,
        source=pending.source,
        evidence=f"receipt {pending.id}",
        at=now,
        expires_at=pending.expires_at,
    )

    def demand_not_withdrawn(standing: Consent | None) -> None:
        if outcome(pending, standing, confirmed=True, now=now) == "overtaken":
            raise Conflict("it was withdrawn since")
        if standing is not None and standing.evidence == word.evidence:
            raise Duplicate("another press of the button came first")

    return desk.permissions.record_consent(
        workspace,
        pending.profile_id,
        word,
        particulars=Particulars(**{**kept, **clicked}),
        guard=demand_not_withdrawn,
    )


def _finish(kept: Consent, pending: Receipt, *, workspace: str, desk: consent.Desk) -> None:
    """Lift what an earlier unsubscribing left, and enter the consent in the timeline."""
    person = desk.profiles.get_many(workspace, [pending.profile_id]).get(pending.profile_id)
    if person is not None:
        welcome_back(person, kept, sealer=desk.sealer, suppressions=desk.permissions)
    ident = derived(workspace, pending.id, "confirmed")
    consent.told(kept, ident, workspace=workspace, profile_id=pending.profile_id, queue=desk.queue)
