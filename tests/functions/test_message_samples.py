"""Every sample of what wakes render and deliver, through the real handlers of the local cloud."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, post

SAMPLES = Path(__file__).resolve().parents[2] / "events"
# A value of a sample that only a running system has: sealed, hashed, or an id of its own.
LIVE = "<live>"
TEMPLATE = {
    "name": "code",
    "subject": "Your code",
    "html": "<p>It is {{ data.code }}.</p>",
    "activate": True,
}
REQUEST = {"template": "code", "to": {"email": "ada@example.org"}, "data": {"code": "1234"}}
# What each sample leads to: mails that leave, and records that are laid aside.
EXPECTED = {
    "render": {
        "planned": (1, 0),
        "repeated": (1, 0),
        "unknown_message": (0, 0),
        "unreadable_beside_good": (1, 1),
    },
    "deliver": {
        "rendered": (1, 0),
        "repeated": (1, 0),
        "body_in_object": (1, 0),
        "altered_body_beside_good": (1, 1),
        "unknown_message": (0, 0),
    },
}
CASES = [(stage, name) for stage, names in EXPECTED.items() for name in names]


@dataclass(frozen=True)
class Waiting:
    """A local cloud in which one message waits before a stage, with the work that waits for it."""

    cloud: LocalCloud
    stage: str
    message_id: str
    item: dict[str, Any]

    def call(self, event: dict[str, Any]) -> Any:
        """Wake the stage with an event, then let everything behind it work."""
        with self.cloud.lock:
            answer = self.cloud.invoker.call(function(self.stage), event)
        self.cloud.drain()
        return answer


def function(stage: str) -> str:
    """Give the name of a stage's function."""
    return f"{stage.capitalize()}Function"


@pytest.fixture
def waiting(request: pytest.FixtureRequest) -> Iterator[Waiting]:
    """Ask for a message, and stop it before the stage that the test names."""
    stage = str(request.param)
    with LocalCloud() as cloud:
        (mapping,) = [m for m in cloud.wired.mappings if m.function == function(stage)]
        mapping.enabled = False
        post(cloud, "/v1/templates", TEMPLATE)
        message_id = post(cloud, "/v1/messages", REQUEST)["id"]
        cloud.drain()
        (item,) = taken(stage)["messages"]
        yield Waiting(cloud, stage, message_id, item)


def taken(stage: str) -> dict[str, Any]:
    """Take the one work that waits on a stage's queue."""
    client: Any = boto3.client("sqs")
    urls = client.list_queues()["QueueUrls"]
    url = next(url for url in urls if url.endswith(f"{stage.capitalize()}Queue"))
    (message,) = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    work: dict[str, Any] = json.loads(message["Body"])
    return work


def sample(waiting: Waiting, name: str) -> dict[str, Any]:
    """Read a sample, with the values of the waiting work where it has live ones."""
    path = SAMPLES / waiting.stage / f"{name}.json"
    event: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for record in event["Records"]:
        record["body"] = json.dumps(alive(record["body"], waiting.item))
    return event


def alive(value: Any, item: dict[str, Any], field: str = "") -> Any:
    """Put the values of an item in the places that say so."""
    if isinstance(value, dict):
        return {name: alive(inner, item, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [alive(inner, item) for inner in value]
    return item[field] if value == LIVE else value


def keep(waiting: Waiting, event: dict[str, Any]) -> None:
    """Put the sealed body where the items look for it that do not carry it."""
    client: Any = boto3.client("s3")
    buckets = [one["Name"] for one in client.list_buckets()["Buckets"]]
    bucket = next(name for name in buckets if "content" in name.lower())
    for record in event["Records"]:
        for item in json.loads(record["body"])["messages"]:
            if item.get("body_ref"):
                body = base64.b64decode(waiting.item["body"])
                client.put_object(Bucket=bucket, Key=item["body_ref"], Body=body)


@pytest.mark.parametrize("stage", EXPECTED)
def test_every_sample_is_expected(stage: str) -> None:
    """A file that nobody handles is a failing test."""
    assert set(EXPECTED[stage]) == {path.stem for path in (SAMPLES / stage).glob("*.json")}


@pytest.mark.parametrize(("waiting", "name"), CASES, indirect=["waiting"])
def test_a_sample_does_what_its_name_says(waiting: Waiting, name: str) -> None:
    """A message leaves once, an unknown one never, and what is unreadable is laid aside alone."""
    mails, buried = EXPECTED[waiting.stage][name]
    event = sample(waiting, name)
    keep(waiting, event)

    answer = waiting.call(event)

    assert [] == answer["batchItemFailures"]
    letters = get(waiting.cloud, "/v1/dead-letters")["data"]
    assert [waiting.stage] * buried == [letter["queue"] for letter in letters]
    assert all(letter["reason"].startswith("Poison") for letter in letters)
    left = waiting.cloud.outbox.list(to="ada@example.org")
    assert ["It is 1234."] * mails == [mail["text"].strip() for mail in left]
    status = get(waiting.cloud, f"/v1/messages/{waiting.message_id}")["status"]
    assert (status == "delivered") == bool(mails)
