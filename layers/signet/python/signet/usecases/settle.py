"""Settle messages by what carriers report and what people do."""

import gzip
from collections.abc import Sequence
from datetime import datetime

from signet.domain.message import RANK, Status, settles
from signet.domain.permission import Suppression
from signet.domain.provider_event import ProviderEvent
from signet.domain.work import NoteEngagement
from signet.ids import derived
from signet.ports import FactBus, Ledger, ObjectStore, PermissionStore, Step


def settle(
    event: ProviderEvent, *, ledger: Ledger, permissions: PermissionStore, facts: FactBus
) -> bool:
    """
    Move a message by one provider event.

    Effects: ledger; permissions and facts for a bounce for ever or a complaint.
    Idempotent: by rank: a repeated or late report finds the message there already.

    Returns:
        False when the report changed nothing: a repeat, or an unknown message.
    """
    if event.engagement is not None:
        return ledger.engage(event.workspace, event.message_id, event.engagement, at=event.at)
    if event.status is None:
        return False
    if event.suppress:
        _suppress(event, ledger, permissions)
    moved = ledger.move(event.workspace, event.message_id, _step(event.status, event))
    if moved and event.suppress:
        facts.publish([_fact(event)])
    return moved


def note(work: NoteEngagement, *, ledger: Ledger) -> bool:
    """
    Note that a person opened or clicked; a click is also an opening.

    Effects: ledger.
    Idempotent: only the first of each counts.
    """
    if work.engagement == "clicked":
        ledger.engage(work.workspace, work.message_id, "opened", at=work.at)
    return ledger.engage(work.workspace, work.message_id, work.engagement, at=work.at)


def _step(status: Status, event: ProviderEvent) -> Step:
    return Step(
        to=status,
        at=event.at,
        from_statuses=tuple(known for known in RANK if settles(known, status)),
        epoch=event.epoch if status in {"sent", "rejected"} else None,
        reason=event.detail,
        provider_id=event.provider_id,
    )


def _suppress(event: ProviderEvent, ledger: Ledger, permissions: PermissionStore) -> None:
    """Suppress before the message moves, so that a crash between the two is repaired."""
    message = ledger.get(event.workspace, event.message_id)
    if message is None or not message.recipient:
        return
    permissions.suppress(
        event.workspace,
        Suppression(
            handle=message.recipient, channel=message.channel, reason=event.suppress, at=event.at
        ),
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


def archive(bodies: Sequence[str], *, lake: ObjectStore, at: datetime) -> None:
    """
    Keep raw provider events as they came, one object per batch.

    Effects: lake.
    Idempotent: the object is named by its content.
    """
    if not bodies:
        return
    raw = "\n".join(bodies).encode("utf-8", "surrogatepass")
    name = derived("provider-events", *bodies)
    lake.put(f"provider-events/dt={at:%Y-%m-%d}/{name}.ndjson.gz", gzip.compress(raw, mtime=0))
