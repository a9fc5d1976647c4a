"""A record that failed until it was buried, brought back when the fault was gone."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.local.cloud import LocalCloud
from infra.local.wire import Fault
from tests.local.journey import get, identify, open_shop, order, post

# The call that each stage begins with; it is answered by 400, which the SDK does not try again.
NEEDS = {
    "preprocess": ("dynamodb", "BatchGetItem"),
    "render": ("dynamodb", "BatchGetItem"),
    "deliver": ("dynamodb", "BatchGetItem"),
    "report": ("dynamodb", "UpdateItem"),
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud with a campaign and one person."""
    with LocalCloud() as running:
        open_shop(running)
        identify(running, "ada", email="ada@example.org", first_name="Ada")
        running.drain()
        yield running


def ill(stage: str) -> Fault:
    """Let the call fail that a stage needs, for this stage only."""

    def fault(service: str, operation: str) -> int | None:
        calling = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "").lower()
        return 400 if (service, operation) == NEEDS[stage] and calling.startswith(stage) else None

    return fault


@pytest.mark.parametrize("stage", NEEDS)
def test_mail_leaves_once_when_its_buried_record_is_redriven(cloud: LocalCloud, stage: str) -> None:
    """Eight tries bury the record with its reason; redriven, it does what it was for, once."""
    cloud.set_fault(ill(stage))
    order(cloud, "ada", number="1")
    cloud.drain()
    cloud.advance(timedelta(hours=1))
    cloud.set_fault(None)
    buried = get(cloud, "/v1/dead-letters")["data"]
    early = len(cloud.outbox.letters)

    post(cloud, "/v1/dead-letters/redrive", {"queue": stage})
    cloud.drain()

    assert {(stage, 8)} == {(letter["queue"], letter["receives"]) for letter in buried}
    assert all(letter["reason"] for letter in buried)
    assert (1 if stage == "report" else 0) == early
    assert 1 == len(cloud.outbox.list(to="ada@example.org"))
    assert [] == get(cloud, "/v1/dead-letters")["data"]
    overview = get(cloud, "/v1/reports/overview")
    assert (1, 1, 2) == (
        overview["messages"],
        overview["statuses"]["delivered"],
        overview["events"],
    )


def test_nothing_leaves_twice_when_the_client_was_faster_than_the_redrive(
    cloud: LocalCloud,
) -> None:
    """A client that sent its call again did the work of the buried record; redriven, it rests."""
    cloud.set_fault(ill("preprocess"))
    order(cloud, "ada", number="1")
    cloud.drain()
    cloud.advance(timedelta(hours=1))
    cloud.set_fault(None)
    order(cloud, "ada", number="1")
    cloud.drain()
    early = len(cloud.outbox.letters)

    answer = post(cloud, "/v1/dead-letters/redrive", {"queue": "preprocess"})
    cloud.drain()

    assert (1, 1) == (early, len(answer["ids"]))
    assert 1 == len(cloud.outbox.letters)
    assert 1 == get(cloud, "/v1/reports/overview")["messages"]
    assert [] == get(cloud, "/v1/dead-letters")["data"]
