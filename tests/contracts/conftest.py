"""The same ports three times: on moto, on MiniStack inside this process, and in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.session import get_session

from infra.local.cloud import LocalCloud
from infra.local.wire import ENVIRONMENT
from signet.adapters.dynamodb.table import Table
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryEpoch, MemoryObjects
from signet.adapters.s3 import S3Epoch, S3Objects
from signet.adapters.sealer import RootSealer
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.ids import SystemRandom
from signet.ports import ObjectStore, SendEpoch
from signet.ports.store import INDEXES, Store
from tests.fixed_clock import FixedClock

KEYS = [
    {"AttributeName": "pk", "KeyType": "HASH"},
    {"AttributeName": "sk", "KeyType": "RANGE"},
]


@dataclass(frozen=True)
class Received:
    """One received queue body with what came along."""

    body: str
    reason: str = ""
    receives: str = ""


@dataclass
class Memory:
    """Ports in memory."""

    name: str = "memory"
    queues: dict[str, MemoryQueue] = field(default_factory=dict)

    def table(self, name: str) -> Store:
        """Make a table."""
        assert name
        return MemoryTable()

    def objects(self, name: str) -> ObjectStore:
        """Make a bucket."""
        assert name
        return MemoryObjects()

    def epoch(self) -> SendEpoch:
        """Make a place for the send epoch."""
        return MemoryEpoch()

    def queue(self, name: str) -> Any:
        """Make a queue of work that also takes dead letters."""
        return self.queues.setdefault(name, MemoryQueue(FixedClock()))

    def received(self, name: str) -> list[Received]:
        """Receive everything that is visible."""
        found: list[Received] = []
        while entries := self.queues[name].receive():
            found += [
                Received(e.body, e.attributes.get("reason", ""), e.attributes.get("receives", ""))
                for e in entries
            ]
        return found


@dataclass
class Emulator:
    """The deployed adapters on one running emulator."""

    name: str
    dynamodb: Any
    sqs: Any
    s3: Any
    streams: Any

    def stream(self, table: str) -> list[dict[str, Any]]:
        """Read the stream of a table from its beginning."""
        arn = self.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        found: list[dict[str, Any]] = []
        for shard in shards:
            place = {"StreamArn": arn, "ShardId": shard["ShardId"]}
            iterator = self.streams.get_shard_iterator(**place, ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
            found += self.streams.get_records(ShardIterator=iterator)["Records"]
        return found

    def table(self, name: str) -> Store:
        """Create a table of our shape, with every index."""
        attributes = ["pk", "sk"]
        indexes = []
        for index, prefix in INDEXES.items():
            attributes += [f"{prefix}_pk", f"{prefix}_sk"]
            indexes.append(_index(index, prefix))
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=KEYS,
            AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in attributes],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=indexes,
        )
        return Table(self.dynamodb, name)

    def objects(self, name: str) -> ObjectStore:
        """Make a bucket."""
        self.s3.create_bucket(Bucket=name)
        return S3Objects(self.s3, name)

    def epoch(self) -> SendEpoch:
        """Make a place for the send epoch."""
        self.s3.create_bucket(Bucket="epochs")
        return S3Epoch(self.s3, "epochs")

    def queue(self, name: str) -> Any:
        """Make a queue of work that also takes dead letters."""
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        work, letters = SqsWorkQueue(self.sqs, url), SqsDeadLetters(self.sqs, url)
        return _Both(work.send, letters.bury)

    def received(self, name: str) -> list[Received]:
        """Receive everything that is visible."""
        url, found = self.sqs.get_queue_url(QueueName=name)["QueueUrl"], []
        while messages := self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
        ).get("Messages", []):
            found += [_received(message) for message in messages]
        return found


@dataclass(frozen=True)
class _Both:
    send: Any
    bury: Any


def _received(message: dict[str, Any]) -> Received:
    given = message.get("MessageAttributes", {})
    said = {name: value["StringValue"] for name, value in given.items()}
    return Received(message["Body"], said.get("reason", ""), said.get("receives", ""))


def _index(name: str, prefix: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": f"{prefix}_pk", "KeyType": "HASH"},
            {"AttributeName": f"{prefix}_sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


@contextmanager
def running(name: str) -> Iterator[Emulator]:
    """Run an emulator; the environment is the caller's business."""
    if name == "ministack":
        with LocalCloud({"Resources": {}}):
            yield _clients(name)
    else:
        from moto import mock_aws

        with mock_aws():
            yield _clients(name)


def _clients(name: str) -> Emulator:
    session = get_session()
    made = {service: session.create_client(service) for service in ("dynamodb", "sqs", "s3")}
    return Emulator(name=name, streams=session.create_client("dynamodbstreams"), **made)


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment of the emulators; the contract suites alone may patch it."""
    for name, value in ENVIRONMENT.items():
        if name != "AWS_CONFIG_FILE":
            monkeypatch.setenv(name, value)


@pytest.fixture(params=["memory", "moto", "ministack"])
def emulator(request: pytest.FixtureRequest, emulated: None) -> Iterator[Memory | Emulator]:
    """Give the ports on an empty emulator, or in memory."""
    if request.param == "memory":
        yield Memory()
        return
    with running(request.param) as found:
        yield found


@pytest.fixture
def sealer() -> RootSealer:
    """Give a sealer with a fixed root key."""
    return RootSealer(b"0" * 64, SystemRandom())
