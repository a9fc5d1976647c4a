"""Every sample of what does not come by HTTP: on the real bus, queue or bucket, to the profile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import snapshot
from infra.local.cloud import LocalCloud
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.table import Table
from signet.adapters.lazy import LazySealer
from signet.adapters.secrets import WorkspaceSecrets
from signet.domain.events import Event
from signet.usecases import ready_made
from tests.local.journey import OWNER, get, identify, post

SAMPLES = Path(__file__).resolve().parents[2] / "events" / "preprocess"
PARTNER = "aws.partner/salesforce.com/00D000000000001AAA/0YL000000000001AAA"
SOURCES = {
    "salesforce_change": "salesforce",
    "connect_event": "amazon_connect",
    "connect_record": "amazon_connect",
    "iot_reading": "thermostats",
    "social_mention": "social_mentions",
    "inbound_mail": "inbound_mail",
}
READY_MADE = {name: name for name in SOURCES.values()} | {"thermostats": "aws_iot"}
# Whom each sample is about, and what its timeline and profile say then.
EXPECTED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "salesforce_change": (
        "external_id:salesforce:003000000000001AAA",
        "Salesforce Contact UPDATE",
        {"email": "ada@example.org", "city": "London", "last_name": "Lovelace"},
    ),
    "connect_event": ("external_id:ada", "Call Ended", {}),
    "connect_record": (
        "phone:+441632960001",
        "Call Recorded",
        {
            "phone": "+441632960001",
            "last_call": "7d31f0b8-2a64-4c95-8e17-b09c5d4a6f22",
            "last_call_reason": "delivery",
        },
    ),
    "iot_reading": ("external_id:ada", "Filter Clogged", {}),
    "social_mention": (
        "anonymous_id:mastodon:@ada",
        "Mentioned",
        {"social_handle": "mastodon:@ada", "display_name": "Ada L."},
    ),
    "inbound_mail": (
        "email:ada@example.org",
        "Mail Received",
        {"email": "ada@example.org", "mail_name": "Ada Lovelace"},
    ),
}
FEEDBACK = {
    "connect_record": {
        "kind": "call_note",
        "text": "Wants the blue one, is unhappy about the delay.",
    },
    "social_mention": {"kind": "post", "text": "The new parcels are lovely."},
    "inbound_mail": {
        "kind": "reply",
        "text": "Thank you, the parcel is lovely — but where is the second one?\n\nAda",
    },
}


def sample(name: str) -> dict[str, Any]:
    """Read one sample."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return found


def with_partner() -> dict[str, Any]:
    """Give the committed template with the rule that `salesforce_bus` in the context adds."""
    template: dict[str, Any] = json.loads(snapshot.SNAPSHOT.read_text("utf-8"))
    rule = json.loads(json.dumps(template["Resources"]["PreprocessMentions"]))
    rule["Properties"] |= {
        "EventBusName": PARTNER,
        "EventPattern": {"source": [{"prefix": "aws.partner/"}]},
    }
    template["Resources"]["PreprocessChanges"] = rule
    return template


def register(cloud: LocalCloud, *names: str) -> None:
    """Register sources as an operator does."""
    for name in names:
        body = json.dumps({"ready_made": READY_MADE[name]}).encode()
        answer = cloud.http("PUT", f"/v1/sources/{name}", headers=OWNER, body=body)
        assert answer.status in (200, 201), answer.text


def put(cloud: LocalCloud, name: str) -> None:
    """Bring a sample in by its own door: the bus, the bucket, or the queue for a device."""
    body = sample(name)
    if name == "iot_reading":
        client = boto3.client("sqs")
        urls = client.list_queues()["QueueUrls"]
        url = next(one for one in urls if one.endswith("PreprocessQueue"))
        client.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    elif name == "inbound_mail":
        client = boto3.client("s3")
        buckets = [one["Name"] for one in client.list_buckets()["Buckets"]]
        bucket = next(one for one in buckets if "intake" in one)
        raw = (SAMPLES / "inbound_mail.eml").read_bytes()
        client.put_object(Bucket=bucket, Key=body["detail"]["object"]["key"], Body=raw)
    else:
        entry = {
            "Source": body["source"],
            "DetailType": body["detail-type"],
            "Detail": body["detail"],
            "Resources": body["resources"],
            "EventBusName": PARTNER if body["source"].startswith("aws.partner/") else "default",
        }
        cloud.emulator.publish([entry])


def person(cloud: LocalCloud, identifier: str) -> tuple[dict[str, Any], list[Event]]:
    """Give a person and the events of their timeline, as they are stored."""
    profile = get(cloud, f"/v1/profiles?identifier={identifier.replace('+', '%2B')}")
    database, vault = boto3.client("dynamodb"), boto3.client("secretsmanager")
    names = database.list_tables()["TableNames"]
    table = Table(database, next(name for name in names if "Events" in name))
    sealer = LazySealer(WorkspaceSecrets(vault, vault.list_secrets()["SecretList"][0]["ARN"]))
    page = DynamoEvents(table, sealer).timeline("main", profile["id"], limit=50, position=None)
    return profile, [entry.event for entry in page.items]


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud in which the ready-made sources are registered."""
    with LocalCloud(with_partner()) as running:
        register(running, *READY_MADE)
        yield running


def test_every_sample_is_expected() -> None:
    """A file that nobody brings in is a failing test."""
    found = {path.stem for path in SAMPLES.glob("*.json")} - {"apply_events"}

    assert found == set(EXPECTED) == set(SOURCES)


def test_ready_made_sources_show_these_very_samples() -> None:
    """What an operator may try in a dry run is what the tests bring in."""
    offered = {one.name: one.sample for one in ready_made.catalogue()}
    shown = {"salesforce": "salesforce_change", "amazon_connect": "connect_record",
             "aws_iot": "iot_reading", "social_mentions": "social_mention"}  # fmt: skip

    assert {name: sample(file) for name, file in shown.items()} == {n: offered[n] for n in shown}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_reaches_its_timeline_once(cloud: LocalCloud, name: str) -> None:
    """What came twice is one event of the right person, with its traits."""
    identifier, event, traits = EXPECTED[name]
    identify(cloud, "ada")
    for _ in range(2):
        put(cloud, name)

    cloud.drain()

    profile, events = person(cloud, identifier)
    told = [one for one in events if one.source == f"source:{SOURCES[name]}"]
    assert [event] == [one.name for one in told]
    assert traits == profile["traits"]
    assert [] == get(cloud, "/v1/dead-letters")["data"]
    said = get(cloud, f"/v1/feedback?profile_id={profile['id']}")["data"]
    shown = [{part: one[part] for part in ("kind", "text")} for one in said]
    assert shown == ([FEEDBACK[name]] if name in FEEDBACK else [])


def test_a_body_that_came_too_early_is_replayed_from_quarantine() -> None:
    """Nothing is lost by registering a source late."""
    with LocalCloud() as cloud:
        put(cloud, "iot_reading")
        put(cloud, "inbound_mail")
        cloud.drain()
        waiting = get(cloud, "/v1/quarantine")["data"]
        assert {("bus", "source:thermostats"), ("mail", "source:inbound_mail")} == {
            (one["door"], one["source"]) for one in waiting
        }
        register(cloud, "thermostats", "inbound_mail")
        for one in waiting:
            post(cloud, f"/v1/quarantine/{one['id']}/replay", {})
        cloud.drain()

        for name in ("iot_reading", "inbound_mail"):
            identifier, event, _ = EXPECTED[name]
            assert [event] == [one.name for one in person(cloud, identifier)[1]]
        assert {"replayed"} == {one["status"] for one in get(cloud, "/v1/quarantine")["data"]}
