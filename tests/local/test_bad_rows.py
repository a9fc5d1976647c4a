"""
Changes of rows that report cannot read, in the batch of a stream (bad input 56).

A version that is newer, or a hand at the console, may write rows that this one does not know. The
shard must go on: each is laid aside when it is seen first, and what is beside it counts.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from infra.local.streams import StreamMapping
from signet.adapters.dynamodb.item import pack_item
from signet.adapters.dynamodb.message_row import planned, row
from signet.domain.message import Message
from tests.fixed_clock import NOON
from tests.local.journey import get, identify, open_shop, order, post

Item = dict[str, Any]
MESSAGE = row(Message(workspace="main", id="bad", template="thanks", planned_at=NOON))
EVENT: Item = {"pk": "main#e#bad", "sk": "event", "workspace": "main", "occurred_at": "2026-03-02"}
BAD: dict[str, Item] = {
    "a status of the next version": MESSAGE | {"status": "translated"},
    "a channel of the next version": MESSAGE | {"channel": "fax"},
    "a move of the next version": MESSAGE | {"log": ["q1764000000"]},
    "a move without a time": MESSAGE | {"log": ["p"]},
    "a move beyond all time": MESSAGE | {"log": ["p99999999999999999999"]},
    "a log that is a number": MESSAGE | {"log": 7},
    "decisions of two parts": MESSAGE | {"decisions": [["consent", "pass"]]},
    "a message without its template": {n: v for n, v in MESSAGE.items() if n != "template"},
    "a workspace that is a number": MESSAGE | {"workspace": 7},
    "an event without its workspace": {n: v for n, v in EVENT.items() if n != "workspace"},
    "an event whose day is a number": EVENT | {"occurred_at": 20260302},
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Open the shop, let Ada come, and write the bad rows beside her order."""
    with LocalCloud() as running:
        open_shop(running)
        identify(running, "ada", email="ada@example.org", first_name="Ada")
        running.drain()
        write(list(BAD.values())[:5])
        order(running, "ada", number="1")
        write(list(BAD.values())[5:])
        running.drain()
        yield running


def write(rows: list[Item]) -> None:
    """Write rows into the events table, each under its own key."""
    client: Any = boto3.client("dynamodb")
    table = next(name for name in client.list_tables()["TableNames"] if "Events" in name)
    for item in rows:
        place = {"pk": f"{item['pk']}#{id(item)}"}
        client.put_item(TableName=table, Item=pack_item(item | place))


def letters(cloud: LocalCloud) -> list[Item]:
    """Give the dead letters."""
    return list(get(cloud, "/v1/dead-letters?limit=100")["data"])


def test_unreadable_changes_are_laid_aside_and_the_others_counted(cloud: LocalCloud) -> None:
    """One bad row stops no shard: each has its dead letter, and Ada's mail is on the books."""
    overview = get(cloud, "/v1/reports/overview")
    (stream,) = [m for m in cloud.wired.mappings if isinstance(m, StreamMapping)]

    assert [("report", 1)] * len(BAD) == [(x["queue"], x["receives"]) for x in letters(cloud)]
    assert {"Poison"} == {letter["reason"].partition(":")[0] for letter in letters(cloud)}
    assert (1, 2, 1) == (
        overview["messages"],
        overview["events"],
        overview["statuses"]["delivered"],
    )
    assert 0 == stream.progress.attempts


def test_unreadable_changes_are_laid_aside_again_when_they_are_redriven(cloud: LocalCloud) -> None:
    """What this version could not read it cannot read later: it says so at once, once each."""
    before = get(cloud, "/v1/reports/overview")
    answer = post(cloud, "/v1/dead-letters/redrive", {"queue": "report"})

    cloud.drain()

    assert len(BAD) == len(answer["ids"])
    assert [("report", 1)] * len(BAD) == [(x["queue"], x["receives"]) for x in letters(cloud)]
    assert {"Poison"} == {letter["reason"].partition(":")[0] for letter in letters(cloud)}
    assert 0 == sum(cloud.queues.waiting().values())
    assert before == get(cloud, "/v1/reports/overview")


def test_unreadable_rows_that_wait_stop_no_round(cloud: LocalCloud) -> None:
    """They are due like others; upkeep goes on to whoever is behind them."""
    now = cloud.clock.now()
    waits = planned(Message(workspace="other", id="w", template="t", planned_at=now, due_at=now))
    write([waits | {"channel": "fax"}, waits | {"status": "translated"}])
    (upkeep,) = [f for n, f in cloud.invoker.functions.items() if n.startswith("Upkeep")]
    calls, failures = upkeep.invocations, upkeep.failures

    cloud.advance(timedelta(hours=3))

    assert calls < upkeep.invocations
    assert failures == upkeep.failures
