"""The same stores on two emulators: moto, and MiniStack inside this process."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.session import get_session

from infra.local.cloud import LocalCloud
from infra.local.wire import ENVIRONMENT
from signet.adapters.dynamodb.table import Table
from signet.adapters.sealer import RootSealer
from signet.ids import SystemRandom

KEYS = [
    {"AttributeName": "pk", "KeyType": "HASH"},
    {"AttributeName": "sk", "KeyType": "RANGE"},
]
INDEXES = {"by_campaign": "campaign", "due": "due", "timeline": "timeline"}


@dataclass(frozen=True)
class Emulator:
    """One running emulator and the clients that speak to it."""

    name: str
    dynamodb: Any
    sqs: Any
    s3: Any

    def table(self, name: str) -> Table:
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


def _index(name: str, prefix: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": f"{prefix}_pk", "KeyType": "HASH"},
            {"AttributeName": f"{prefix}_sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


@pytest.fixture(params=["moto", "ministack"])
def emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Give an empty emulator; the contract suites alone may patch the environment."""
    for name, value in ENVIRONMENT.items():
        if name != "AWS_CONFIG_FILE":
            monkeypatch.setenv(name, value)
    if request.param == "ministack":
        with LocalCloud({"Resources": {}}):
            yield _clients("ministack")
    else:
        from moto import mock_aws

        with mock_aws():
            yield _clients("moto")


def _clients(name: str) -> Emulator:
    session = get_session()
    made = {service: session.create_client(service) for service in ("dynamodb", "sqs", "s3")}
    return Emulator(name=name, **made)


@pytest.fixture
def sealer() -> RootSealer:
    """Give a sealer with a fixed root key."""
    return RootSealer(b"0" * 64, SystemRandom())
