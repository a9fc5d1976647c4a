"""Settle messages by what carriers report and what people do."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.message import RANK, Engagement, Message, Status, settles
from signet.domain.provider_event import ProviderEvent
from signet.domain.work import NoteEngagement
from signet.errors import Rejected
from signet.ids import derived
from signet.ports import (
    Evidence,
    FactBus,
    Ledger,
    ObjectStore,
    PolicyReader,
    Sealer,
    Silences,
    Step,
    SuppressionStore,
)
from signet.usecases import canary
from signet.usecases.striking import strike

# Raw provider events hold addresses: they are sealed for this subject, of the workspace `-`.
ARCHIVE = ("-", "provider-events")


@dataclass(frozen=True)
class Court:
    """The ports that settling needs."""

    ledger: Ledger
    permissions: SuppressionStore
    policies: PolicyReader
    facts: FactBus
    evidence: Evidence
    silences: Silences


def settle(event: ProviderEvent, *, court: Court) -> bool:
    """
    Move a message by one provider event.

    Effects: ledger; permissions for a bounce or a complaint, and facts if it is for ever; evidence
        for a canary.
    Idempotent: by rank: a repeated or late report finds the message there already.

    Returns:
        False when the report changed nothing: a repeat.

    Raises:
        Rejected: It is about no message of ours; nothing was changed.
    """
    if (sent_at := canary.sent_at(event)) is not None:
        court.evidence.note(sent_at)
        return False
    if event.engagement is not None:
        return _engage(event, event.engagement, court)
    if event.status is None:
        return False
    message = found(event, court.ledger)
    # Before the message moves: a crash in between is repaired by the repeat. Also where it does not
    # move: a bounce for ever after one for a while, or after a complaint, counts on its own.
    strike(event, message, suppressions=court.permissions, policies=court.policies)
    if not settles(message.status, event.status):
        return False
    if event.suppress:
        court.facts.publish([_fact(event)])
    return court.ledger.move(event.workspace, event.message_id, _step(event.status, event))


def found(event: ProviderEvent, ledger: Ledger) -> Message:
    """
    Give the message that a report is about.

    Raises:
        Rejected: The workspace that the report names has no such message.
    """
    message = ledger.get(event.workspace, event.message_id)
    if message is None:
        raise Rejected.field("mail.tags.signet_msg", "names no message of its workspace")
    return message


def note(work: NoteEngagement, *, ledger: Ledger, silences: Silences) -> bool:
    """
    Note that a person opened or clicked; a click is also an opening.

    Effects: ledger, silences.
    Idempotent: only the first of each counts.
    """
    workspace, mid = work.workspace, work.message_id
    if work.engagement == "clicked":
        ledger.engage(workspace, mid, "opened", at=work.at)
    new = ledger.engage(workspace, mid, work.engagement, at=work.at)
    if new:
        _hear(ledger.get(workspace, mid), silences, at=work.at)
    return new


def _engage(event: ProviderEvent, what: Engagement, court: Court) -> bool:
    """Note what a person did; an unknown message is found out in passing."""
    new = court.ledger.engage(event.workspace, event.message_id, what, at=event.at)
    message = found(event, court.ledger)
    if new:
        _hear(message, court.silences, at=event.at)
    return new


def _hear(message: Message | None, silences: Silences, *, at: datetime) -> None:
    """
    Forget the silence of whoever engaged, if their message was counted towards one.

    A crash before it leaves a silence that their next sign of life ends.
    """
    if message is None or message.profile_id is None:
        return
    # Of a message whose record is not kept any more nobody knows; a word too many does no harm.
    forgotten = message.topic is not None and not message.decisions
    if forgotten or any(rule.rule == "sunset" for rule in message.decisions):
        silences.broken(message.workspace, message.profile_id, at=at)


def _step(status: Status, event: ProviderEvent) -> Step:
    """Write a report as a step; a refusal speaks of its own epoch alone."""
    return Step(
        to=status,
        at=event.at,
        from_statuses=tuple(known for known in RANK if settles(known, status)),
        epoch=event.epoch if status in {"rejected", "failed"} else None,
        reason=event.detail,
        provider_id=event.provider_id,
    )


def _fact(event: ProviderEvent) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"{event.message_id}.{event.status}",
        "source": f"signet/{event.workspace}",
        "type": f"signet.message.{event.status}",
        "time": event.at.isoformat(),
        "subject": event.message_id,
        "data": {"workspace": event.workspace, "message_id": event.message_id},
    }


def archive(bodies: Sequence[str], *, lake: ObjectStore, sealer: Sealer, at: datetime) -> None:
    """
    Keep raw provider events as they came, one sealed object per batch.

    Effects: lake.
    Idempotent: the object is named by its content.
    """
    if not bodies:
        return
    raw = "\n".join(bodies).encode("utf-8", "surrogatepass")
    name = derived("provider-events", *bodies)
    place = f"provider-events/dt={at:%Y-%m-%d}/{name}.ndjson.gz.sealed"
    lake.put(place, sealer.seal(*ARCHIVE, gzip.compress(raw, mtime=0)))
