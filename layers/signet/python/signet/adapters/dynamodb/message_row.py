"""The row of a message: how a Message is written and read, and how a step changes it."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.decisions import packed, unpacked
from signet.domain.message import (
    CODES,
    RANK,
    STATUS_OF_CODE,
    WAITING,
    Message,
    Status,
    Transition,
)
from signet.errors import Poison
from signet.ports import Claim, Step
from signet.ports.store import (
    Condition,
    Either,
    Equal,
    Every,
    OneOf,
    Present,
    Update,
    UpTo,
    Value,
)

DUE_BUCKETS = 8
_PLAIN = (
    "workspace", "id", "status", "reason", "channel", "message_class", "topic", "template",
    "template_version", "campaign_id", "profile_id", "event_key", "recipient", "mailbox",
    "body_hash", "provider_id", "epoch", "token", "fingerprint",
)  # fmt: skip
_TIMES = ("lease_until", "due_at", "not_after", "planned_at", "opened_at", "clicked_at")
DUE = ("due_pk", "due_sk", "due_at")
# What nearly every message is, and what the keys of an index say anyway, is not written.
_USUAL = {"channel": "email", "message_class": "once"}
# What reading a row may raise that another version wrote, or a hand at the console.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def row(message: Message) -> dict[str, Value]:
    """Write a message as a new row; empty fields are left out, to stay under 1 KB."""
    item: dict[str, Value] = {
        name: value
        for name in _PLAIN
        if (value := getattr(message, name)) not in (None, "", _USUAL.get(name))
    }
    if "body_hash" in item:
        item["body_hash"] = _halved(message.body_hash)
    times = {name: getattr(message, name) for name in _TIMES}
    item |= {name: at.isoformat() for name, at in times.items() if at and name != "due_at"}
    item |= {
        "pk": keys.message(message.workspace, message.id),
        "sk": "message",
        "log": _log(message),
        "decisions": packed(message.decisions),
    }
    if message.due_at is not None:
        item |= due(message.due_at)
    if message.campaign_id:
        del item["campaign_id"]
        item["campaign_pk"] = keys.campaign(message.workspace, message.campaign_id)
        item["campaign_sk"] = f"{keys.stamp(message.planned_at)}#{message.id}"
    return item


def planned(message: Message) -> dict[str, Value]:
    """
    Write a message that is new: its first look is in a partition that is read on.

    One that waits for its hours does not belong there: they may open before the reader gets there.
    """
    item = row(message)
    if message.due_at is not None and message.status != "held":
        item["due_pk"] = _partition("first", message.due_at)
    return item


def _log(message: Message) -> list[Value]:
    """Write the transitions that are known; a message without any begins here."""
    known = [(step.status, step.at) for step in message.transitions]
    return [_logged(*one) for one in known or [(message.status, message.planned_at)]]


def read(item: dict[str, Any]) -> Message:
    """Read a row as a message."""
    known = {name: item[name] for name in (*_PLAIN, *_TIMES) if name in item}
    if isinstance(known.get("body_hash"), bytes):
        known["body_hash"] = known["body_hash"].hex()
    if "campaign_pk" in item:
        known["campaign_id"] = keys.split(item["campaign_pk"])[-1]
    if known["status"] not in WAITING:
        known.pop("due_at", None)
    elif "due_sk" in item:
        known["due_at"] = keys.moment(item["due_sk"])
    limit = known.get("not_after")
    if isinstance(limit, str):
        # A limit that somebody wrote without a zone is one in UTC, and stops nobody's round.
        moment = datetime.fromisoformat(limit)
        known["not_after"] = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Message(
        **known,
        transitions=tuple(_transition(entry) for entry in item.get("log", [])),
        decisions=unpacked(item.get("decisions", [])),
    )


def at_rest(item: dict[str, Any]) -> bool:
    """Tell whether upkeep has nothing to do; a status that nobody knows is not at rest."""
    status = item.get("status")
    return isinstance(status, str) and status in RANK and status not in WAITING


def understood(item: dict[str, Any]) -> Message:
    """
    Read a row that anybody may have written.

    Raises:
        Poison: It is none that this version knows; the error may quote what is personal.
    """
    try:
        return read(item)
    except ODD as error:
        raise Poison(f"not a row of this version: {type(error).__name__}") from error


def claiming(message: Message, claim: Claim) -> Update:
    """
    Write a claim as a conditional update.

    The keys of the index of due rows stay as they are: a claim that lapses is found there.
    """
    ready = OneOf("status", ("planned", "rendered"))
    held = Every((Equal("status", "held"), UpTo("due_sk", keys.stamp(claim.claimed_at))))
    # The mail may go to another address than the planned one, which had a tag.
    tagged = {"mailbox": claim.mailbox} if claim.mailbox else {}
    return Update(
        sets={
            **tagged,
            "status": "claimed",
            "token": claim.token,
            "lease_until": claim.lease_until.isoformat(),
            "recipient": claim.recipient,
            "body_hash": _halved(claim.body_hash),
            "template_version": claim.template_version,
        },
        appends={
            "log": [_logged("rendered", claim.rendered_at), _logged("claimed", claim.claimed_at)]
        },
        removes=() if tagged else ("mailbox",),
        condition=Every((Equal("epoch", message.epoch), Either((ready, held)))),
    )


def stepping(step: Step) -> Update:
    """
    Write a step as a conditional update.

    A row that ends stays in the index of due rows: to leave it costs a write, and few rows are
    ever looked at again. A step that completes a message where it stands is no transition.
    """
    sets: dict[str, Value] = {"status": step.to}
    for name in ("reason", "provider_id", "profile_id", "recipient", "mailbox"):
        if value := getattr(step, name):
            sets[name] = value
    if step.decisions:
        sets["decisions"] = packed(step.decisions)
    if step.next_epoch is not None:
        sets["epoch"] = step.next_epoch
    entry = _logged(step.to, step.at)
    if step.log is not None:
        sets["log"] = [*(_logged(known.status, known.at) for known in step.log), entry]
    return Update(
        sets=sets | (due(step.due_at) if step.due_at is not None else {}),
        appends={"log": [entry]} if step.log is None and step.from_statuses != (step.to,) else {},
        condition=_condition(step),
        # Why it waited is no reason for where it is now.
        removes=("reason",) if step.to == "sent" and not step.reason else (),
    )


def postponing(message: Message, due_at: datetime) -> Update:
    """Write a later moment to look at a message that waits, unless it has moved."""
    standing: list[Condition] = [Equal("status", message.status), Equal("epoch", message.epoch)]
    if message.due_at is not None:
        standing.append(Equal("due_sk", keys.stamp(message.due_at)))
    return Update(sets=due(due_at), condition=Every(tuple(standing)))


def forgetting(message: Message) -> Update:
    """Write that nobody keeps what a message was decided by, unless it has moved."""
    standing = (Equal("status", message.status), Equal("epoch", message.epoch))
    return Update(removes=("decisions",), condition=Every((Present("decisions"), *standing)))


def due(moment: datetime) -> dict[str, Value]:
    """Give the attributes that put a row into the index of due rows."""
    return {
        "due_pk": _partition("due", moment),
        "due_sk": keys.stamp(moment),
    }


def due_partitions() -> list[str]:
    """Give the index partitions of all buckets of later looks."""
    return [f"due#{bucket}" for bucket in range(DUE_BUCKETS)]


def first_partitions() -> list[str]:
    """Give the index partitions of all buckets of first looks."""
    return [f"first#{bucket}" for bucket in range(DUE_BUCKETS)]


def _partition(kind: str, moment: datetime) -> str:
    return f"{kind}#{int(moment.timestamp()) % DUE_BUCKETS}"


def _halved(digest: str) -> Value:
    """Write a hash in hexadecimal digits as the bytes that it stands for."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return digest


def _condition(step: Step) -> Condition:
    wanted: list[Condition] = [OneOf("status", step.from_statuses)]
    if step.epoch is not None:
        wanted.append(Equal("epoch", step.epoch))
    if step.token is not None:
        wanted.append(Equal("token", step.token))
    return Every(tuple(wanted))


def _logged(status: Status, at: datetime) -> str:
    return f"{CODES[status]}{int(at.timestamp())}"


@lru_cache(maxsize=4096)
def _transition(entry: str) -> Transition:
    status: Status = STATUS_OF_CODE[entry[0]]
    return Transition(status=status, at=datetime.fromtimestamp(int(entry[1:]), UTC))
