"""Reports about a message that was settled before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.message import Message
from signet.domain.provider_event import ProviderEvent
from signet.usecases.settle import Court, settle

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Quiet:
    """Facts and evidence of which nothing is needed here."""

    def publish(self, _facts: Any) -> None:
        """Hear facts."""


def report(status: Any, failure: Any = None, suppress: str = "") -> ProviderEvent:
    """Write what a provider says of the message."""
    return ProviderEvent(workspace="main", message_id="m", epoch=0, status=status,
                         failure=failure, suppress=suppress, at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    "before", [report("bounced", "transient"), report("complained", suppress="complaint")]
)
def test_a_bounce_for_ever_counts_whatever_was_reported_before(before: ProviderEvent) -> None:
    """The message stays where it is, and its address is left alone for that reason, too."""
    ledger, people = DynamoLedger(MemoryTable()), MemoryTable()
    permissions = DynamoPermissions(people, RootSealer(b"r" * 64, SeededRandom("r")))
    nothing: Any = Quiet()
    court = Court(
        ledger=ledger,
        permissions=permissions,
        policies=MemoryCatalog(MemoryTable()),
        facts=nothing,
        evidence=nothing,
        silences=DynamoCaps(people),
    )
    ledger.plan(
        Message(
            workspace="main", id="m", status="sent", template="t", recipient="h", planned_at=NOW
        )
    )
    settle(before, court=court)
    moved = settle(report("bounced", "permanent", suppress="bounce"), court=court)
    reasons = {one.reason for one in permissions.standing("main", "h")}

    assert not moved
    assert "bounce" in reasons
