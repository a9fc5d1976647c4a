"""Words and their receipts, the same on DynamoDB's doubles and in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.plain import PlainCatalog
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.policy import DoubleOptIn, Policy, PolicyDraft
from signet.domain.receipt import Particulars, Receipt
from signet.errors import Conflict
from signet.ports.store import Update
from tests.contracts.conftest import Emulator, Memory

Ports = Memory | Emulator
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAID: dict[str, Any] = {
    "channel": "email", "topic": "news", "wording_version": "w3", "source": "form",
    "evidence": "ticked ☑", "expires_at": NOW + HOUR,
}  # fmt: skip
MORE = Particulars(
    controller="Ada Ltd", wording_hash="0" * 64, language="de-AT", method="web_form",
    jurisdiction="AT", actor="k1",
)  # fmt: skip


def test_a_word_and_its_receipt_read_back(emulator: Ports, sealer: RootSealer) -> None:
    """Every field stands in the receipt; the evidence lies sealed in both rows."""
    table = emulator.table("profiles")
    store = DynamoPermissions(table, sealer)
    kept = store.record_consent(
        "main", "p1", Consent(**SAID, status="granted", at=NOW), particulars=MORE
    )
    (found,) = store.receipts("main", "p1")

    assert {**SAID, "at": NOW} == found.model_dump(include={*SAID, "at"})
    assert MORE.model_dump() == found.model_dump(include=set(Particulars.model_fields))
    assert ("p1", "given", kept.receipt) == (found.profile_id, found.event, found.id)
    assert sealer.handle("main", "evidence", "ticked ☑") == found.evidence_hash
    assert kept == found.word() == store.look("main", "p1").consent("email", "news")
    places = [(keys.profile("main", "p1"), "permission")]
    places += [(keys.receipts("main", "p1"), f"{keys.stamp(NOW)}#{kept.receipt}")]
    rows = table.get_many(places)
    assert 2 == len(rows)
    assert "ticked" not in str(rows)


def test_a_refused_word_leaves_neither_row(emulator: Ports, sealer: RootSealer) -> None:
    """Whoever guards the standing word sees it, and what they refuse is not written at all."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    store.record_consent("main", "p1", Consent(**SAID, status="withdrawn", at=NOW))
    seen: list[Consent | None] = []

    def guard(standing: Consent | None) -> None:
        seen.append(standing)
        raise Conflict("withdrawn")

    with pytest.raises(Conflict):
        store.record_consent(
            "main", "p1", Consent(**SAID, status="granted", at=NOW + HOUR), guard=guard
        )

    assert ["withdrawn"] == [one.status for one in seen if one is not None]
    assert ["withdrawn"] == [one.event for one in store.receipts("main", "p1")]
    assert ["withdrawn"] == [one.status for one in store.look("main", "p1").consents]


def test_a_pending_consent_changes_no_word(emulator: Ports, sealer: RootSealer) -> None:
    """It is a receipt like others, and neither permits nor takes away anything."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    kept = store.record_consent("main", "p1", Consent(**SAID, status="granted", at=NOW))
    pending = Receipt(
        **SAID, id="r1", profile_id="p1", event="pending", at=NOW + HOUR / 2,
        confirm_by=NOW + HOUR, over=NOW,
    )  # fmt: skip
    for _ in range(2):
        store.ask_consent("main", pending)

    assert (kept,) == store.look("main", "p1").consents
    assert (kept,) == store.words_at("main", "p1", NOW + HOUR)
    assert (kept.receipt, pending) == (
        store.receipts("main", "p1")[0].id,
        store.receipts("main", "p1")[1],
    )


def test_a_word_from_before_receipts_is_read_and_kept(emulator: Ports, sealer: RootSealer) -> None:
    """Rows of earlier versions count as they are, and get their receipt when they are replaced."""
    table = emulator.table("profiles")
    store = DynamoPermissions(table, sealer)
    written = {
        "channel": "email", "topic": "news", "status": "granted", "basis": "consent",
        "wording_version": "", "source": "old", "at": keys.stamp(NOW),
    }  # fmt: skip
    table.update(
        (keys.profile("main", "p1"), "permission"), Update(sets={"c:email:news": dict(written)})
    )
    before = store.receipts("main", "p1")
    store.record_consent("main", "p1", Consent(**SAID, status="withdrawn", at=NOW + HOUR))
    after = store.receipts("main", "p1")

    assert [("old", "given")] == [(one.source, one.event) for one in before]
    assert ["given", "withdrawn"] == [one.event for one in after]
    assert before[0] == after[0]
    assert ["granted", "withdrawn"] == [
        word.status for hours in (0, 1) for word in store.words_at("main", "p1", NOW + hours * HOUR)
    ]
    assert () == store.words_at("main", "p1", NOW - HOUR)


def test_more_receipts_than_a_page_are_all_found(emulator: Ports, sealer: RootSealer) -> None:
    """Nothing is lost at the end of a page, and every moment has its own answer."""
    store = DynamoPermissions(emulator.table("profiles"), sealer)
    for number in range(103):
        status: Any = "granted" if number % 2 else "withdrawn"
        word = Consent(channel="email", topic="news", status=status, at=NOW + number * HOUR)
        store.record_consent("main", "p1", word)

    assert 103 == len(store.receipts("main", "p1"))
    assert ["withdrawn", "granted"] == [
        store.words_at("main", "p1", NOW + hours * HOUR)[0].status for hours in (100, 101.5)
    ]


def test_the_entrance_reads_the_policy_that_is_in_force(emulator: Ports) -> None:
    """The plain catalog finds what the catalog wrote."""
    table = emulator.table("catalog")
    catalog, plain = MemoryCatalog(table), PlainCatalog(table)
    first = Policy(workspace="main", version=1, draft=PolicyDraft(controller="Ada Ltd"))
    flow = DoubleOptIn(template="confirm-subscription")
    second = Policy(workspace="main", version=2, draft=PolicyDraft(double_opt_in=flow))

    assert plain.policy("main") is None
    for policy in (first, second):
        catalog.save_policy(policy)
    assert (second, first, None) == (
        plain.policy("main"), plain.policy("main", 1), plain.policy("other"),
    )  # fmt: skip
