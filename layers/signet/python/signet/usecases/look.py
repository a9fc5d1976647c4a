"""The look after a claim: everything that stands between a message and its recipient now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.cap import told
from signet.domain.gate import Gate, passes
from signet.domain.message import Message, Rule
from signet.domain.permission import Permission, judge, refusal
from signet.ports import Caps, Gates, PermissionStore, Reservation


@dataclass(frozen=True)
class Lookout:
    """The ports that looking needs."""

    permissions: PermissionStore
    gates: Gates
    caps: Caps


def look(
    messages: Sequence[Message], recipients: Sequence[str], lookout: Lookout, *, at: datetime
) -> list[tuple[Rule, ...]]:
    """
    Ask every rule about messages of one workspace that are claimed, consistently.

    Args:
        messages: At least one, each claimed by whoever asks.
        recipients: The handle of the address on each mail, which may not be the planned one.
        lookout: The ports.
        at: The moment from which the places under caps count.

    Effects: permissions, gates (read), caps.
    Idempotent: a place under a cap is taken under the message's id.

    Returns:
        The rules that were asked about each message, in order, with their verdicts.
    """
    workspace = messages[0].workspace
    whom = [(m.profile_id or "", handle) for m, handle in zip(messages, recipients, strict=True)]
    allowed = lookout.permissions.look_many(workspace, whom)
    campaigns = {m.campaign_id for m in messages if m.campaign_id is not None}
    gate = lookout.gates.look(workspace, campaigns)
    asked = [_judged(m, permission, gate) for m, permission in zip(messages, allowed, strict=True)]
    return [
        rules if refusal(rules) else (*rules, *_capped(message, gate, lookout.caps, at=at))
        for message, rules in zip(messages, asked, strict=True)
    ]


def _judged(message: Message, permission: Permission, gate: Gate) -> tuple[Rule, ...]:
    asked = judge(permission, channel=message.channel, topic=message.topic)
    return (*passes(gate, message), *asked)


def _capped(message: Message, gate: Gate, caps: Caps, *, at: datetime) -> tuple[Rule, ...]:
    """Take the last hurdle: a place that is taken is not given back."""
    campaign_id, profile_id = message.campaign_id, message.profile_id
    wanted = gate.caps.get(campaign_id or "", ())
    if not wanted or campaign_id is None or profile_id is None:
        return ()
    place = Reservation(message_id=message.id, campaign_id=campaign_id, caps=wanted, at=at)
    full = caps.reserve(message.workspace, profile_id, place)
    if full is not None:
        return (Rule(rule="cap", verdict="refuse", reason=told(full)),)
    return (Rule(rule="cap", verdict="pass"),)
