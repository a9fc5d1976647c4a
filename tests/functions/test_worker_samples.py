"""Every sample of what wakes a worker, through its real handler and the local cloud."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.table import Table
from signet.domain.message import Message
from tests.local.journey import get

SAMPLES = Path(__file__).resolve().parents[2] / "events"
SENT = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = "sample" + "a" * 26
# What each provider event does to a sent message: its status, and whether the address may be used.
EXPECTED = {
    "ses_send": ("sent", True),
    "ses_delivery": ("delivered", True),
    "ses_bounce_permanent": ("bounced", False),
    "ses_bounce_transient": ("bounced", True),
    "ses_complaint": ("complained", False),
    "ses_delivery_delay": ("delayed", True),
    "ses_reject": ("rejected", True),
    "ses_open": ("sent", True),
    "ses_click": ("sent", True),
    "ses_unknown_kind": ("sent", True),
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give an empty local cloud."""
    with LocalCloud() as running:
        yield running


def _queue(name: str) -> tuple[Any, str]:
    client = boto3.client("sqs")
    urls = client.list_queues()["QueueUrls"]
    return client, next(url for url in urls if url.endswith(name))


def _ledger() -> DynamoLedger:
    client = boto3.client("dynamodb")
    names = client.list_tables()["TableNames"]
    return DynamoLedger(Table(client, next(name for name in names if "Events" in name)))


def _message() -> Message:
    return Message(
        workspace="main", id=MESSAGE, status="sent", template="t", recipient="h", planned_at=SENT
    )


def test_every_report_sample_is_expected() -> None:
    """A file that nobody handles is a failing test."""
    assert set(EXPECTED) == {path.stem for path in (SAMPLES / "report").glob("*.json")}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_provider_event_settles_its_message_once(cloud: LocalCloud, name: str) -> None:
    """Each kind of event moves the message as its rank says, however often it comes."""
    ledger = _ledger()
    ledger.plan(_message())
    client, url = _queue("ReportQueue")
    body = (SAMPLES / "report" / f"{name}.json").read_text("utf-8")
    for _ in range(2):
        client.send_message(QueueUrl=url, MessageBody=body)

    cloud.drain()

    found = ledger.get("main", MESSAGE)
    assert found is not None
    assert (found.status, not get(cloud, "/v1/suppressions")["data"]) == EXPECTED[name]
    assert (name == "ses_open", name == "ses_click") == (
        found.opened_at is not None,
        found.clicked_at is not None,
    )
    assert len(found.transitions) <= 2
    assert [] == get(cloud, "/v1/dead-letters")["data"]


def test_the_preprocess_sample_makes_a_profile(cloud: LocalCloud) -> None:
    """A pack of events is applied as it lies in the samples."""
    client, url = _queue("PreprocessQueue")
    body = (SAMPLES / "preprocess" / "apply_events.json").read_text("utf-8")
    client.send_message(QueueUrl=url, MessageBody=json.dumps(json.loads(body)))

    cloud.drain()

    profile = get(cloud, "/v1/profiles?identifier=external_id:ada")
    assert "ada@example.org" == profile["traits"]["email"]
