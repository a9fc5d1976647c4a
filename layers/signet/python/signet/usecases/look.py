"""The look after a claim: everything that stands between a message and its recipient now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.cap import Cap, Use, told
from signet.domain.gate import Gate, passes
from signet.domain.message import Message, Rule
from signet.domain.permission import Permission, Question, refusal
from signet.domain.place import NOWHERE, Place
from signet.domain.policy import OwnCap, Policy, PolicyCap
from signet.ports import Caps, Gates, PermissionStore, Reservation, Unanswered
from signet.usecases.handles import Handles
from signet.usecases.rules import asked_of, standing


@dataclass(frozen=True)
class Lookout:
    """The ports that looking needs."""

    permissions: PermissionStore
    gates: Gates
    caps: Caps


@dataclass(frozen=True, slots=True)
class Considered:
    """
    A claimed message, and what its mail knows of whom it is written to.

    Args:
        message: The message.
        handles: Of the address on the mail, which may not be the planned one, and of its owner.
        place: Where they may be.
    """

    message: Message
    handles: Handles
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class _Place:
    """A place under caps that a message wants; of nobody in particular, it wants none."""

    workspace: str
    everyone: tuple[str, ...]
    wanted: Reservation


def look(mails: Sequence[Considered], lookout: Lookout, *, at: datetime) -> list[tuple[Rule, ...]]:
    """
    Ask every rule about messages of one workspace that are claimed, consistently.

    Args:
        mails: At least one, each claimed by whoever asks.
        lookout: The ports.
        at: The moment for which is asked, and from which the places under caps count.

    Effects: permissions, gates (read), caps.
    Idempotent: a place under a cap is taken under the message's id.

    Returns:
        The rules that were asked about each message, in order, with their verdicts.
    """
    workspace = mails[0].message.workspace
    whom = [(mail.message.profile_id or "", mail.handles.known) for mail in mails]
    allowed = lookout.permissions.look_many(workspace, whom)
    campaigns = {m.message.campaign_id for m in mails if m.message.campaign_id is not None}
    gate = lookout.gates.look(workspace, campaigns)
    pairs = list(zip(mails, allowed, strict=True))
    asked = [_judged(mail, permission, gate, at=at) for mail, permission in pairs]
    places = [_wanted(mail, permission, gate, at=at) for mail, permission in pairs]
    return [
        rules if refusal(rules) else (*rules, *_capped(place, lookout.caps, policy=gate.policy))
        for place, rules in zip(places, asked, strict=True)
    ]


def _judged(
    mail: Considered, permission: Permission, gate: Gate, *, at: datetime
) -> tuple[Rule, ...]:
    message = mail.message
    quiet = gate.quiet_hours.get(message.campaign_id or "", ())
    stands = standing(gate.policy, message.workspace, quiet)
    asked = Question(
        channel=message.channel,
        topic=message.topic,
        at=at,
        own=mail.handles.own,
        profile_id=message.profile_id or "",
        campaign_id=message.campaign_id or "",
        place=mail.place,
        not_after=message.not_after,
    )
    return (*passes(gate, message), *asked_of(permission, asked, stands))


def _wanted(mail: Considered, permission: Permission, gate: Gate, *, at: datetime) -> _Place:
    """Give the place that a message needs, with every cap that concerns it."""
    message, draft = mail.message, gate.policy.draft if gate.policy else None
    use = Use(message.campaign_id or "", message.channel, message.topic or "")
    caps = (
        *gate.caps.get(use.campaign_id, ()),
        *(draft.caps if draft else ()),
        *_own(permission),
    )
    consent = permission.consent(message.channel, message.topic or "")
    wanted = Reservation(
        message_id=message.id,
        campaign_id=use.campaign_id,
        caps=tuple(cap for cap in caps if cap.concerns(use)),
        at=at,
        channel=message.channel,
        topic=message.topic or "",
        sunset=draft.sunset if draft and use.marketing else None,
        heard_at=consent.at if consent else None,
    )
    return _Place(message.workspace, permission.everyone if message.profile_id else (), wanted)


def _own(permission: Permission) -> tuple[Cap, ...]:
    """Give the person's own cap, if they chose one."""
    cap = permission.settings.cap
    return (OwnCap(most=cap.most, within=cap.within),) if cap is not None else ()


def _capped(place: _Place, caps: Caps, *, policy: Policy | None) -> tuple[Rule, ...]:
    """
    Take the last hurdle: a place that is taken is not given back.

    Caps and the count of messages without an answer are one row, so they are asked together.
    """
    wanted, version = place.wanted, str(policy.version) if policy else ""
    if not place.everyone or not (wanted.caps or wanted.sunset):
        return ()
    full = caps.reserve(place.workspace, place.everyone, wanted)
    if isinstance(full, Unanswered):
        inputs = {"messages": str(full.messages), "since": f"{full.since:%Y-%m-%d}"}
        refused = Rule(rule="sunset", verdict="refuse", reason="sunset")
        return (refused.model_copy(update={"version": version, "inputs": inputs}),)
    asked = [Rule(rule="sunset", verdict="pass", version=version)] if wanted.sunset else []
    if wanted.caps:
        asked.append(_cap_rule(wanted.caps, full, version))
    return tuple(asked)


def _cap_rule(caps: Sequence[Cap], full: Cap | None, version: str) -> Rule:
    """Tell which caps were asked, and which one of them leaves no place."""
    ours = any(isinstance(cap, PolicyCap) for cap in ([full] if full else caps))
    if full is None:
        inputs = {"caps": " ".join(cap.short for cap in caps)}
        return Rule(rule="cap", verdict="pass", version=version if ours else "", inputs=inputs)
    return Rule(
        rule="cap",
        verdict="refuse",
        reason=told(full),
        version=version if ours else "",
        inputs={"of": full.scope},
    )
