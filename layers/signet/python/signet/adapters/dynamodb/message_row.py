"""The row of a message: how a Message is written and read, and how a step changes it."""

from datetime import UTC, datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.item import Value
from signet.adapters.dynamodb.table import Update
from signet.domain.message import CODES, STATUS_OF_CODE, Message, Rule, Status, Transition
from signet.ports import Step

# Sparse: only rows that wait for a moment are in the index of due rows.
DUE_BUCKETS = 8
_PLAIN = (
    "workspace", "id", "status", "reason", "channel", "message_class", "topic", "template",
    "template_version", "campaign_id", "profile_id", "event_key", "recipient", "body_hash",
    "provider_id", "epoch", "token", "fingerprint",
)  # fmt: skip
_TIMES = ("lease_until", "due_at", "not_after", "planned_at", "opened_at", "clicked_at")


def row(message: Message) -> dict[str, Value]:
    """Write a message as a new row; empty fields are left out, to stay under 1 KB."""
    item: dict[str, Value] = {
        name: value for name in _PLAIN if (value := getattr(message, name)) not in (None, "")
    }
    times = {name: getattr(message, name) for name in _TIMES}
    item |= {name: value.isoformat() for name, value in times.items() if value is not None}
    item |= {
        "pk": keys.message(message.workspace, message.id),
        "sk": "message",
        "log": [f"{CODES[message.status]}{int(message.planned_at.timestamp())}"],
        "decisions": packed(message.decisions),
    }
    if message.campaign_id:
        item["campaign_pk"] = keys.campaign(message.workspace, message.campaign_id)
        item["campaign_sk"] = f"{keys.stamp(message.planned_at)}#{message.id}"
    return item


def read(item: dict[str, Any]) -> Message:
    """Read a row as a message."""
    known = {name: item[name] for name in (*_PLAIN, *_TIMES) if name in item}
    return Message(
        **known,
        transitions=tuple(_transition(entry) for entry in item.get("log", [])),
        decisions=tuple(
            Rule(rule=rule, verdict=verdict, reason=reason)
            for rule, verdict, reason in item.get("decisions", [])
        ),
    )


def written_step(step: Step) -> Update:
    """Write a step as a conditional update."""
    sets: dict[str, Value] = {"status": step.to}
    for name in ("reason", "provider_id", "profile_id", "recipient"):
        if value := getattr(step, name):
            sets[name] = value
    if step.decisions:
        sets["decisions"] = packed(step.decisions)
    removes: tuple[str, ...] = ("due_pk", "due_sk", "due_at")
    if step.due_at is not None:
        bucket = int(step.due_at.timestamp()) % DUE_BUCKETS
        sets |= {"due_pk": due_partition(bucket), "due_sk": keys.stamp(step.due_at)}
        sets["due_at"] = step.due_at.isoformat()
        removes = ()
    condition, values = _condition(step)
    return Update(
        sets=sets,
        appends={"log": [f"{CODES[step.to]}{int(step.at.timestamp())}"]},
        removes=removes,
        condition=condition,
        names={"#token": "token"} if step.token is not None else {},
        values=values,
    )


def due_partition(bucket: int) -> str:
    """Give the index partition of one bucket of due rows."""
    return f"due#{bucket}"


def packed(rules: tuple[Rule, ...]) -> list[Value]:
    """Write decisions as short lists."""
    return [[rule.rule, rule.verdict, rule.reason] for rule in rules]


def _condition(step: Step) -> tuple[str, dict[str, Value]]:
    values: dict[str, Value] = {f"from{n}": s for n, s in enumerate(step.from_statuses)}
    condition = f"#status IN ({', '.join(f':{name}' for name in values)})"
    if step.epoch is not None:
        condition += " AND epoch = :epoch"
        values["epoch"] = step.epoch
    if step.token is not None:
        condition += " AND #token = :token"
        values["token"] = step.token
    return condition, values


def _transition(entry: str) -> Transition:
    status: Status = STATUS_OF_CODE[entry[0]]
    return Transition(status=status, at=datetime.fromtimestamp(int(entry[1:]), UTC))
