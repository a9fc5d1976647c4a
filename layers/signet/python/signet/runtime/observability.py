"""What may be logged: named fields from a list, never personal data."""

import traceback
from collections.abc import Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from signet.domain.quarantine import Quarantined

# Ids, counts and names of our own; a field that is not here is dropped and its name is told.
ALLOWED = frozenset(
    {
        "accepted", "action", "attempt", "campaign_id", "channel", "count", "duplicate",
        "event_key", "field", "kind", "key_id", "message_id", "method", "profile_id", "queue",
        "reason", "receives", "rejected", "request_id", "role", "route", "sequence", "shard",
        "source", "stage", "status", "template", "template_version", "where", "workspace",
    }
)  # fmt: skip


@cache
def _logger() -> Logger:
    return Logger(log_uncaught_exceptions=False)


def note(what: str, **fields: object) -> None:
    """Log that something ordinary happened."""
    _logger().info(what, extra=_allowed(fields))


def warn(what: str, **fields: object) -> None:
    """Log something that a person may want to look at."""
    _logger().warning(what, extra=_allowed(fields))


def alarm(what: str, error: BaseException, **fields: object) -> None:
    """
    Log an error of ours with its place in the code.

    The error's own text is left out: libraries put the values they stumbled over into it.
    """
    # Names and numbers only: the source's lines are not worth reading a file for.
    frames = [*traceback.walk_tb(error.__traceback__)][-6:]
    where = [f"{frame.f_code.co_name}:{line}" for frame, line in frames]
    extra = _allowed({**fields, "kind": type(error).__name__, "where": where})
    _logger().error(what, extra=extra)


def tell_quarantined(items: Sequence[Quarantined], **fields: object) -> None:
    """
    Log what was quarantined of one batch, in one line whose `count` an alarm sums.

    The field at fault is left out, because its name may be one that a caller chose.
    """
    if not items:
        return
    first = items[0]
    warn(
        "quarantined",
        workspace=first.workspace,
        kind=first.door,
        source=first.source,
        count=sum(item.count for item in items),
        reason=first.faults[0].message if first.faults else first.reason,
        **fields,
    )


def _allowed(fields: dict[str, object]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: value for name, value in fields.items() if name in ALLOWED}
    dropped = sorted(set(fields) - ALLOWED)
    return {**kept, "dropped_fields": dropped} if dropped else kept
