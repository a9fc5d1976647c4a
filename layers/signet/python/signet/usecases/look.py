"""The look after a claim: everything that stands between a message and its recipient now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.cap import told
from signet.domain.gate import Gate, passes
from signet.domain.message import Message, Rule
from signet.domain.permission import Permission, judge, question, refusal
from signet.ports import Caps, Gates, PermissionStore, Reservation


@dataclass(frozen=True)
class Lookout:
    """The ports that looking needs."""

    permissions: PermissionStore
    gates: Gates
    caps: Caps


@dataclass(frozen=True, slots=True)
class Considered:
    """
    A claimed message, and the handles of whom its mail is written to.

    Args:
        message: The message.
        recipient: The handle of the address on the mail, which may not be the planned one.
        mailbox: That of the address without its tag, if it has one.
        also: Those of the person's other addresses.
    """

    message: Message
    recipient: str
    mailbox: str = ""
    also: tuple[str, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """The handles under which the mail's own address may be suppressed."""
        return frozenset(handle for handle in (self.recipient, self.mailbox) if handle)

    @property
    def handles(self) -> tuple[str, ...]:
        """All handles under which somebody may have suppressed the mail, each once."""
        known = dict.fromkeys((self.recipient, self.mailbox, *self.also))
        return tuple(handle for handle in known if handle)


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
    whom = [(mail.message.profile_id or "", mail.handles) for mail in mails]
    allowed = lookout.permissions.look_many(workspace, whom)
    campaigns = {m.message.campaign_id for m in mails if m.message.campaign_id is not None}
    gate = lookout.gates.look(workspace, campaigns)
    asked = [
        _judged(mail, permission, gate, at=at)
        for mail, permission in zip(mails, allowed, strict=True)
    ]
    return [
        rules if refusal(rules) else (*rules, *_capped(mail.message, gate, lookout.caps, at=at))
        for mail, rules in zip(mails, asked, strict=True)
    ]


def _judged(
    mail: Considered, permission: Permission, gate: Gate, *, at: datetime
) -> tuple[Rule, ...]:
    asked = judge(permission, question(mail.message, mail.own, at=at))
    return (*passes(gate, mail.message), *asked)


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
