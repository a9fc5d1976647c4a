"""Which clients repeat a call by themselves: every one of every function but the mailer's."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from infra.local.cloud import LocalCloud
from signet.adapters import aws
from tests.local.journey import get, identify, open_shop, order

SERVICES = {"dynamodb", "sqs", "s3", "secretsmanager", "events", "sesv2"}


def live_clients() -> dict[int, Any]:
    """Find every client of the SDK in this process, however it was made."""
    return {id(found): found for found in gc.get_objects() if isinstance(found, BaseClient)}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Send somebody on the whole way, so that every function has made its clients."""
    aws.client.cache_clear()
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="module")
def made(cloud: LocalCloud) -> dict[str, list[Any]]:
    """Give the clients that the functions made, by service."""
    others = live_clients()
    campaign = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    order(cloud, "ada", number="1")
    cloud.drain()
    cloud.advance(timedelta(minutes=1))
    get(cloud, f"/v1/campaigns/{campaign}/report")
    found: dict[str, list[Any]] = defaultdict(list)
    for key, client in live_clients().items():
        if key not in others:
            found[client.meta.service_model.service_name].append(client)
    return found


def test_every_function_has_run(cloud: LocalCloud, made: dict[str, list[Any]]) -> None:
    """The rule says nothing about a function that never made its clients."""
    functions = cloud.stats()["functions"]

    assert 7 == len(functions)
    assert [] == [name for name, did in functions.items() if not did["invocations"]]
    assert made.keys() == SERVICES


def test_only_the_mailer_asks_once(made: dict[str, list[Any]]) -> None:
    """A repeated read or conditional write is harmless, and a repeated mail is not."""
    attempts = {
        service: {client.meta.config.retries["total_max_attempts"] for client in clients}
        for service, clients in made.items()
    }

    assert {service: {4} for service in SERVICES} | {"sesv2": {1}} == attempts
