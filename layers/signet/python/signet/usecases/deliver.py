"""
Hand rendered messages to their provider: claim first, look after.

The claim is one conditional write; only then are consent and suppression read, consistently. So
whatever was acknowledged before the claim is seen by the look, and no transaction is needed.
"""

import base64
import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from signet.domain.message import Message, Rule, Status
from signet.domain.permission import judge, refusal
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.errors import InDoubt, Permanent, Poison, Transient
from signet.ids import fresh
from signet.ports import (
    Claim,
    Clock,
    Ledger,
    Mailer,
    ObjectStore,
    Outgoing,
    PermissionStore,
    Random,
    Sealer,
    Step,
)

LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=30)
# Silence after this long makes a message in doubt unresolved; no repeat is sent by itself.
QUIET_PERIOD = timedelta(minutes=30)
READY: tuple[Status, ...] = ("planned", "rendered", "held")


@dataclass(frozen=True)
class Desk:
    """The ports that delivering needs."""

    ledger: Ledger
    permissions: PermissionStore
    mailer: Mailer
    objects: ObjectStore
    sealer: Sealer
    clock: Clock
    random: Random
    sender: str


def deliver(work: DeliverMessages, desk: Desk) -> None:
    """
    Deliver a pack of messages, each at most once.

    Effects: ledger, permissions (read), mailer.
    Idempotent: by message id and epoch: a repeat finds the claim taken and does nothing.

    Raises:
        Transient: At least one message was refused for a while and is held; the others are done.
    """
    held = 0
    by_workspace: dict[str, list[DeliverMessage]] = {}
    for item in work.messages:
        by_workspace.setdefault(item.workspace, []).append(item)
    for workspace, items in by_workspace.items():
        rows = desk.ledger.get_many(workspace, [item.message_id for item in items])
        for item in items:
            message = rows.get(item.message_id)
            held += message is not None and _deliver_one(message, item, desk)
    if held:
        raise Transient(f"{held} messages are held and will be tried again")


def _deliver_one(message: Message, item: DeliverMessage, desk: Desk) -> bool:
    """Deliver one message; True when it was refused for a while."""
    now = desk.clock.now()
    if message.status == "claimed":
        _doubt_when_lapsed(message, now, desk)
        return False
    if message.status not in READY or _expired(message, now, desk):
        return False
    token = fresh(desk.random.token(16))
    claim = Claim(
        token=token,
        claimed_at=now,
        lease_until=now + LEASE,
        recipient=item.recipient,
        body_hash=item.body_hash,
        template_version=item.template_version,
        rendered_at=item.rendered_at,
    )
    if not desk.ledger.claim(message, claim):
        return False
    rules = _look(message, item.recipient, desk)
    if refusal(rules):
        _move(message, token, desk, outcome=Outcome("skipped", rules=rules))
        return False
    return _hand_over(message, item, token=token, rules=rules, desk=desk)


def _doubt_when_lapsed(message: Message, now: datetime, desk: Desk) -> None:
    """Doubt a claim past its lease: it may have been handed over, so never claim it again."""
    if message.lease_until is not None and message.lease_until < now:
        _move(message, message.token, desk, outcome=Outcome("in_doubt", due_at=now + QUIET_PERIOD))


def _expired(message: Message, now: datetime, desk: Desk) -> bool:
    if message.not_after is None or now < message.not_after:
        return False
    step = Step(to="expired", at=now, from_statuses=READY, reason="not_after has passed")
    desk.ledger.move(message.workspace, message.id, step)
    return True


def _look(message: Message, recipient: str, desk: Desk) -> tuple[Rule, ...]:
    """Ask about the address that the mail is written to, not the one it was planned for."""
    permission = desk.permissions.look(message.workspace, message.profile_id or "", recipient)
    return judge(permission, channel=message.channel, topic=message.topic)


def _hand_over(
    message: Message,
    item: DeliverMessage,
    *,
    token: str,
    rules: tuple[Rule, ...],
    desk: Desk,
) -> bool:
    try:
        provider_id = desk.mailer.send(_outgoing(message, item, desk))
    except Transient as error:
        due_at = desk.clock.now() + BACK_OFF
        _move(message, token, desk, outcome=Outcome("held", reason=str(error), due_at=due_at))
        return True
    except InDoubt as error:
        due_at = desk.clock.now() + QUIET_PERIOD
        _move(message, token, desk, outcome=Outcome("in_doubt", reason=str(error), due_at=due_at))
    except Permanent as error:
        _move(message, token, desk, outcome=Outcome("rejected", reason=str(error)))
    else:
        _move(message, token, desk, outcome=Outcome("sent", rules=rules, provider_id=provider_id))
    return False


def _outgoing(message: Message, item: DeliverMessage, desk: Desk) -> Outgoing:
    sealed = base64.b64decode(item.body) if item.body else desk.objects.get(item.body_ref)
    plain = zlib.decompress(desk.sealer.open(message.workspace, message.id, sealed))
    address, _, raw = plain.partition(b"\n")
    if hashlib.sha256(raw).hexdigest() != item.body_hash:
        raise Poison("the body does not have the hash that was recorded for it")
    return Outgoing(
        workspace=message.workspace,
        message_id=message.id,
        epoch=message.epoch,
        sender=desk.sender,
        recipient=address.decode(),
        raw=raw,
    )


@dataclass(frozen=True)
class Outcome:
    """What became of a claim."""

    to: Status
    rules: tuple[Rule, ...] = ()
    reason: str = ""
    provider_id: str = ""
    due_at: datetime | None = None


def _move(message: Message, token: str, desk: Desk, *, outcome: Outcome) -> None:
    """Write the outcome of a claim, under its own token and epoch."""
    found = refusal(outcome.rules)
    step = Step(
        to=outcome.to,
        at=desk.clock.now(),
        from_statuses=("claimed",),
        epoch=message.epoch,
        token=token,
        reason=(found.reason if found else outcome.reason)[:300],
        provider_id=outcome.provider_id,
        decisions=outcome.rules,
        due_at=outcome.due_at,
    )
    desk.ledger.move(message.workspace, message.id, step)
