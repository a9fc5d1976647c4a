"""Words of one person that are written at the same moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.table import Table
from signet.adapters.memory.table import MemoryTable
from signet.adapters.sealer import RootSealer
from signet.domain.choices import Settings
from signet.domain.consent import Consent
from signet.errors import Contended
from signet.ids import SystemRandom
from signet.ports.store import Change, Put

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORD = Consent(channel="email", topic="news", status="withdrawn", at=NOW)


class Crowded(MemoryTable):
    """A table on which another transaction is always a little earlier."""

    met = 0

    def transact(self, writes: Sequence[Put | Change]) -> None:
        """Meet others twice, then write."""
        if self.met < 2:
            self.met += 1
            raise Contended("somebody else writes")
        super().transact(writes)


class Busy:
    """A client of which every transaction meets another one."""

    def transact_write_items(self, **_asked: Any) -> None:
        """Refuse as DynamoDB does."""
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
        body = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(body, "TransactWriteItems")  # type: ignore[arg-type]


def permissions(table: MemoryTable) -> DynamoPermissions:
    """Give the store of permissions on a table."""
    return DynamoPermissions(table, RootSealer(b"0" * 64, SystemRandom()))


def test_a_word_that_meets_another_is_written_after_it() -> None:
    """Nobody who unsubscribes is told to come back because somebody else clicked as well."""
    store = permissions(Crowded())
    store.record_consent("main", "p", WORD)

    assert "withdrawn" == store.look("main", "p").consents[0].status


def test_a_transaction_that_meets_another_says_so() -> None:
    """It is no conflict, which would mean that somebody else has been first."""
    with pytest.raises(Contended):
        Table(Busy(), "profiles").transact([Put({"pk": "a", "sk": "b"})])


@pytest.mark.parametrize("later", [timedelta(microseconds=1), timedelta(seconds=1)])
def test_an_earlier_choice_that_comes_late_changes_nothing(later: timedelta) -> None:
    """A pause stands against a word from before it, however the two arrived."""
    store = permissions(MemoryTable())
    pause = Settings(paused_until=NOW + timedelta(days=30), at=NOW + later)
    store.choose("main", "p", pause)
    store.choose("main", "p", Settings(at=NOW))

    assert pause == store.look("main", "p").settings
