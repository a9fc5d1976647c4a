"""
Two protocols that others use, in the same world, for comparison.

They are models of what is often done, not anybody's code: send and then mark as sent; and an
idempotency record around the send, as a decorator keeps it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from functions.deliver import wiring
from signet.domain.message import Message
from signet.domain.permission import Question, judge, refusal
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.errors import InDoubt, Permanent, Poison, Transient
from signet.ports import Outgoing, Step
from signet.ports.store import Absent, Either, Equal, Every, Update, UpTo
from signet.usecases.bodies import opened
from signet.usecases.deliver import READY, Desk

KEPT = "idempotency"
Send = Callable[[Message, Outgoing, Desk], str]


def _pack(work: DeliverMessages, desk: Desk, send: Send) -> None:
    """Send what is not marked as sent; whatever fails comes again with its pack."""
    failed: list[Exception] = []
    for item in work.messages:
        try:
            _one(item, desk, send)
        except (Transient, InDoubt, Poison) as fault:
            failed.append(fault)
    if failed:
        raise Transient(str(failed[0]))


def _one(item: DeliverMessage, desk: Desk, send: Send) -> None:
    message = desk.ledger.get(item.workspace, item.message_id)
    if message is None or message.status not in READY:
        return
    permissions = desk.lookout.permissions
    allowed = permissions.look(message.workspace, message.profile_id or "", item.recipient)
    own = frozenset({item.recipient})
    refused = refusal(judge(allowed, Question("email", message.topic, desk.clock.now(), own)))
    if refused is not None:
        _mark(message, desk, to="skipped", reason=refused.reason)
        return
    address, raw = opened(item, objects=desk.objects, sealer=desk.sealer)
    outgoing = Outgoing(
        workspace=message.workspace,
        message_id=message.id,
        epoch=0,
        sender=desk.sender,
        recipient=address,
        raw=raw,
    )
    try:
        provider_id = send(message, outgoing, desk)
    except Permanent as fault:
        _mark(message, desk, to="rejected", reason=str(fault))
    else:
        _mark(message, desk, to="sent", provider_id=provider_id)


def _mark(message: Message, desk: Desk, **fields: Any) -> None:
    step = Step(at=desk.clock.now(), from_statuses=READY, **fields)
    desk.ledger.move(message.workspace, message.id, step)


def send_then_mark(work: DeliverMessages, desk: Desk, *, time_left: object) -> None:
    """Send, then write that it was sent."""
    del time_left  # such code does not ask
    _pack(work, desk, lambda _message, outgoing, d: d.mailer.send(outgoing))


def decorated(work: DeliverMessages, desk: Desk, *, time_left: Callable[[], timedelta]) -> None:
    """
    Send inside an idempotency record, as a decorator does it.

    In progress until the function's deadline, deleted after an exception, completed without a
    condition: the semantics of the usual library.
    """

    def send(message: Message, outgoing: Outgoing, desk: Desk) -> str:
        table: Any = desk.ledger._table  # type: ignore[attr-defined]
        place, now = (f"{message.workspace}#{message.id}", KEPT), desk.clock.now()
        free = Either(
            (
                Absent("state"),
                Every((Equal("state", "busy"), UpTo("until", now.isoformat()))),
            )
        )
        begun = Update(
            sets={"state": "busy", "until": (now + time_left()).isoformat()}, condition=free
        )
        if not table.update(place, begun):
            known = table.get(place) or {}
            if known.get("state") == "done":
                return str(known["answer"])
            raise Transient("already in progress")
        try:
            answer = desk.mailer.send(outgoing)
        except Exception:
            table.delete(place)
            raise
        table.update(place, Update(sets={"state": "done", "answer": answer}))
        return answer

    _pack(work, desk, send)


PROTOCOLS: dict[str, Callable[..., None]] = {
    "send-then-mark": send_then_mark,
    "decorator": decorated,
}


@contextmanager
def protocol(name: str) -> Iterator[None]:
    """Let deliver follow another protocol for a while; the empty name is our own."""
    if not name:
        yield
        return
    real = wiring.deliver
    wiring.deliver = PROTOCOLS[name]  # type: ignore[assignment]
    try:
        yield
    finally:
        wiring.deliver = real


__all__: Sequence[str] = ["PROTOCOLS", "decorated", "protocol", "send_then_mark"]
