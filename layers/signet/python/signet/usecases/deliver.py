"""
Hand rendered messages to their provider: claim first, look after.

The claim is one conditional write; only then are consent, suppression and gate read, consistently.
So whatever was acknowledged before the claim is seen by the look, and no transaction is needed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from signet.domain.gate import closing, consequence
from signet.domain.message import READY, TOO_LATE, Message, Rule, Status, ended, too_late
from signet.domain.permission import refusal
from signet.domain.waiting import BACK_OFF, CALL, LEASE, PAUSED, doubt_ends, next_look
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.errors import InDoubt, Permanent, SignetError, Throttled, Transient
from signet.ids import fresh
from signet.ports import (
    Claim,
    Clock,
    Ledger,
    Mailer,
    ObjectStore,
    Outgoing,
    Pacer,
    Random,
    Sealer,
    Step,
    WorkQueue,
)
from signet.usecases.bodies import opened
from signet.usecases.doubt import doubt_when_lapsed
from signet.usecases.handles import Handles
from signet.usecases.look import Considered, Lookout, look
from signet.usecases.send_work import packed_deliveries

# One look serves so many claims. Whoever is killed leaves at most so many of them in doubt, which
# in class `once` nobody will send again: a greater lot would save little.
LOT = 5
# The outcome of a claim is worth a second write: without it, only evidence or doubt settle it.
WRITES = 2
# The reason of a message that waits because what allowed it ends before it can be handed over.
CLOSING = "ends_soon"
TimeLeft = Callable[[], timedelta]


@dataclass(frozen=True)
class Desk:
    """The ports that delivering needs; `queue` is deliver's own, for what must wait a moment."""

    ledger: Ledger
    lookout: Lookout
    mailer: Mailer
    pacer: Pacer
    objects: ObjectStore
    queue: WorkQueue
    sealer: Sealer
    clock: Clock
    random: Random
    sender: str


@dataclass(frozen=True)
class Ready:
    """One message whose body is open and whole, about to be claimed."""

    message: Message
    item: DeliverMessage
    outgoing: Outgoing


@dataclass(frozen=True)
class Held:
    """One claim of ours, with every rule that was asked after it."""

    ready: Ready
    token: str
    lease_until: datetime
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a claim; `late` tells that it is true even if somebody doubts already."""

    to: Status
    reason: str = ""
    provider_id: str = ""
    due_at: datetime | None = None
    late: bool = False


def deliver(work: DeliverMessages, desk: Desk, *, time_left: TimeLeft) -> None:
    """
    Deliver a pack of messages, each handed over at most once in each epoch.

    Effects: ledger, permissions and gates (read), caps, pacer, mailer, deliver queue.
    Idempotent: by message id and epoch: a repeat finds the claim taken and does nothing.

    Raises:
        SignetError: One item cannot be handled; all others are done.
    """
    faults: list[SignetError] = []
    by_workspace: dict[str, list[DeliverMessage]] = {}
    for item in work.messages:
        by_workspace.setdefault(item.workspace, []).append(item)
    for items in by_workspace.values():
        ready = list(_ready(items, desk, faults))
        for start in range(0, len(ready), LOT):
            faults += _deliver_lot(ready[start : start + LOT], desk, time_left=time_left)
    if faults:
        raise faults[0]


def _ready(
    items: Sequence[DeliverMessage], desk: Desk, faults: list[SignetError]
) -> Iterator[Ready]:
    """Read the rows of one workspace and open the bodies before anything is claimed."""
    workspace = items[0].workspace
    rows = desk.ledger.get_many(workspace, [item.message_id for item in items])
    for item in items:
        message, now = rows.get(item.message_id), desk.clock.now()
        if message is None or not _wants_delivery(message, now, desk):
            continue
        try:
            address, raw = opened(item, objects=desk.objects, sealer=desk.sealer)
        except (Permanent, Transient) as fault:
            faults.append(fault)
            continue
        yield Ready(
            message,
            item,
            Outgoing(
                workspace=workspace,
                message_id=message.id,
                epoch=message.epoch,
                sender=desk.sender,
                recipient=address,
                raw=raw,
            ),
        )


def _wants_delivery(message: Message, now: datetime, desk: Desk) -> bool:
    if message.status == "claimed":
        doubt_when_lapsed(message, now, ledger=desk.ledger)
        return False
    if message.status not in READY:
        return False
    if too_late(message, now):
        step = Step(
            to="expired",
            at=now,
            from_statuses=READY,
            epoch=message.epoch,
            reason=ended(TOO_LATE, message),
        )
        desk.ledger.move(message.workspace, message.id, step)
        return False
    return message.status != "held" or message.due_at is None or message.due_at <= now


def _deliver_lot(lot: Sequence[Ready], desk: Desk, *, time_left: TimeLeft) -> list[Transient]:
    """
    Claim, look and hand over as many as time and the provider's pace allow.

    From the first claim on nothing is raised: whoever leaves then, leaves claims that nobody
    will hand over. Gives the faults that make the pack worth another try.
    """
    if time_left() < 2 * CALL:
        desk.queue.send(packed_deliveries([ready.item for ready in lot]))
        return []
    grant = desk.pacer.take(len(lot))
    if grant.count < len(lot):
        later = [ready.item for ready in lot[grant.count :]]
        desk.queue.send(packed_deliveries(later), delay=grant.wait)
    faults: list[Transient] = []
    claims = [c for ready in lot[: grant.count] if (c := _claimed(ready, desk, faults))]
    if not claims:
        return faults
    try:
        looked = _looked(claims, desk)
    except Exception as fault:
        # Whatever it is: nothing was handed over, so every claim of the lot can be given back.
        for claim in claims:
            _give_back(claim, type(fault).__name__, desk)
        if isinstance(fault, Transient):
            return faults
        raise
    _hand_over_all(looked, desk, time_left=time_left)
    return faults


def _claimed(ready: Ready, desk: Desk, faults: list[Transient]) -> Held | None:
    now = desk.clock.now()
    claim = Claim(
        token=fresh(desk.random.token(16)),
        claimed_at=now,
        lease_until=now + LEASE,
        recipient=ready.item.recipient,
        body_hash=ready.item.body_hash,
        template_version=ready.item.template_version,
        rendered_at=ready.item.rendered_at,
        mailbox=ready.item.mailbox,
    )
    try:
        won = _won(ready.message, claim, desk)
    except Transient as fault:
        faults.append(fault)
        return None
    return Held(ready, claim.token, claim.lease_until) if won else None


def _won(message: Message, claim: Claim, desk: Desk) -> bool:
    """Claim, and where the answer is lost, look whether the claim is there."""
    try:
        return desk.ledger.claim(message, claim)
    except Transient:
        standing = desk.ledger.get(message.workspace, message.id)
        if standing is not None and standing.token == claim.token:
            return standing.status == "claimed"
        raise


def _looked(claims: Sequence[Held], desk: Desk) -> list[Held]:
    """Ask about the addresses that the mails are written to, not those they were planned for."""
    mails = [_considered(claim.ready) for claim in claims]
    asked = look(mails, desk.lookout, at=desk.clock.now())
    return [replace(claim, rules=rules) for claim, rules in zip(claims, asked, strict=True)]


def _considered(ready: Ready) -> Considered:
    item = ready.item
    handles = Handles(item.recipient, mailbox=item.mailbox, also=item.also)
    return Considered(ready.message, handles, item.place)


def _hand_over_all(claims: Sequence[Held], desk: Desk, *, time_left: TimeLeft) -> None:
    throttled = False
    for claim in claims:
        if (refused := refusal(claim.rules)) is not None:
            _refuse(claim, refused, desk)
        elif too_late(claim.ready.message, desk.clock.now()):
            reason = ended(TOO_LATE, claim.ready.message)
            _settle(claim, Outcome("expired", reason=reason, late=True), desk)
        elif (ends := closing(claim.rules)) is not None and desk.clock.now() > ends - CALL:
            # The look when it has closed finds out for how long.
            _settle(claim, Outcome("held", reason=CLOSING, due_at=ends, late=True), desk)
        elif throttled or time_left() < CALL or desk.clock.now() + CALL > claim.lease_until:
            _give_back(claim, "not enough time" if not throttled else "throttled", desk)
        else:
            throttled = _hand_over(claim, desk)


def _refuse(claim: Held, refused: Rule, desk: Desk) -> None:
    message, now = claim.ready.message, desk.clock.now()
    to, due_at = consequence(refused), None
    if to == "held":
        due_at = _waits_until(refused, message, now)
    reason = refused.reason if to == "held" else ended(refused.reason, message)
    _settle(claim, Outcome(to, reason=reason, due_at=due_at), desk)


def _waits_until(refused: Rule, message: Message, now: datetime) -> datetime:
    """Tell when a message that is held is looked at again: when its rule says, or may pass."""
    if refused.until is not None:
        # Where that is too late, it ends when it is too late.
        return min(refused.until, message.not_after or refused.until)
    return now + PAUSED if refused.rule == "campaign" else next_look(message.planned_at, now)


def _give_back(claim: Held, reason: str, desk: Desk) -> None:
    """Hold a message that certainly was not handed over, until upkeep sends it on its way."""
    due_at = desk.clock.now() + BACK_OFF
    _settle(claim, Outcome("held", reason=reason, due_at=due_at, late=True), desk)


def _hand_over(claim: Held, desk: Desk) -> bool:
    """Hand one mail over and write what became of it; True when the provider is too busy."""
    try:
        provider_id = desk.mailer.send(claim.ready.outgoing)
    except Throttled as fault:
        _give_back(claim, str(fault), desk)
        _slow(desk)
        return True
    except Transient as fault:
        _give_back(claim, str(fault), desk)
    except Permanent as fault:
        reason = ended(str(fault), claim.ready.message)
        _settle(claim, Outcome("rejected", reason=reason, late=True), desk)
    except InDoubt as fault:
        ends = doubt_ends(claim.lease_until, claim.ready.message.message_class)
        _settle(claim, Outcome("in_doubt", reason=str(fault), due_at=ends), desk)
    else:
        _settle(claim, Outcome("sent", provider_id=provider_id, late=True), desk)
    return False


def _settle(claim: Held, outcome: Outcome, desk: Desk) -> None:
    """
    Write the outcome of a claim, under its own token and epoch.

    A definite answer is true also where the lease ran out meanwhile and somebody doubts. Where
    the write itself fails for a while the claim lapses: evidence or doubt settle it.
    """
    message = claim.ready.message
    doubted: tuple[Status, ...] = ("in_doubt", "unresolved") if outcome.late else ()
    step = Step(
        to=outcome.to,
        at=desk.clock.now(),
        from_statuses=("claimed", *doubted),
        epoch=message.epoch,
        token=claim.token,
        reason=outcome.reason[:300],
        provider_id=outcome.provider_id,
        decisions=claim.rules,
        due_at=outcome.due_at,
    )
    for _ in range(WRITES):
        with suppress(Transient):
            desk.ledger.move(message.workspace, message.id, step)
            return


def _slow(desk: Desk) -> None:
    """Tell the others; where that fails, the provider will tell them itself."""
    with suppress(Transient):
        desk.pacer.slow()
