"""The whole way through the local cloud: HTTP, function, queue, function, stream, mail."""

import importlib
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from infra.local.template import UnknownResource
from tests.local import cloud_mini

PACKAGE = "mini_functions"


@pytest.fixture
def template(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Give the template of the small stack, whose handlers can be imported."""
    cloud_mini.write_handlers(tmp_path, PACKAGE)
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield cloud_mini.template(PACKAGE)
    sys.path.remove(str(tmp_path))
    for name in [n for n in sys.modules if n.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture
def cloud(template: dict[str, Any]) -> Iterator[LocalCloud]:
    """Run the small stack on a clock that stands still."""
    with LocalCloud(template, frozen=True) as running:
        yield running


def seen(name: str) -> list[Any]:
    """Give the events that a small function was called with."""
    return list(importlib.import_module(f"{PACKAGE}.{name}.handler").seen)


def test_request_travels_to_the_stream_when_drained(cloud: LocalCloud) -> None:
    """One HTTP request ends as one stream record in Lambda's own shape."""
    answer = cloud.http("POST", "/work", body={"id": "a"})
    counts = cloud.drain()
    event = seen("reader")[0]

    assert 202 == answer.status
    assert {"Worker": 1, "Reader": 1} == counts
    assert "INSERT" == event["Records"][0]["eventName"]
    assert event["shardId"] and event["window"]["start"] < event["window"]["end"]
    assert "test" == seen("worker")[0]["Records"][0]["messageAttributes"]["kind"]["stringValue"]


def test_only_the_poison_item_is_dead_lettered_when_a_batch_holds_one(cloud: LocalCloud) -> None:
    """A failed item comes back after its visibility timeout until the queue gives it up."""
    cloud.http("POST", "/work", body={"id": "good"})
    cloud.http("POST", "/work", body={"id": "bad", "poison": True})
    cloud.drain()
    before = cloud.queues.waiting()
    cloud.advance(timedelta(minutes=10))
    counts = [
        r["attributes"]["ApproximateReceiveCount"] for e in seen("worker") for r in e["Records"]
    ]

    assert 1 == before["Work"]
    assert 0 == cloud.queues.waiting()["Work"]
    assert 1 == cloud.queues.waiting()["Dead"]
    assert ["1", "1", "2", "3"] == counts


def test_stream_batch_is_halved_and_the_bad_record_leaves(cloud: LocalCloud) -> None:
    """A record that cannot be read goes to the destination; the others are read."""
    reader = importlib.import_module(f"{PACKAGE}.reader.handler")
    cloud.http("POST", "/work", body={"id": "x"})
    cloud.drain()
    reader = sys.modules[f"{PACKAGE}.reader.handler"]
    reader.broken.add("y")
    for name in ("w", "y", "z"):
        cloud.http("POST", "/work", body={"id": name})
    cloud.drain()
    for _ in range(5):
        cloud.advance(timedelta(seconds=30))
    read = [r["dynamodb"]["Keys"]["pk"]["S"] for e in reader.seen for r in e["Records"]]

    assert 1 == cloud.queues.waiting()["StreamDead"]
    assert {"x", "w", "z"} < set(read)
    assert 3 == read.count("y")


def test_records_outside_the_filter_are_skipped_and_trimmed(cloud: LocalCloud) -> None:
    """Only matching records reach the function, and none stays in memory."""
    cloud.http("POST", "/work", body={"id": "a", "sk": "other"})
    cloud.drain()

    assert [] == seen("reader")
    assert cloud.streams.start("Table") == cloud.streams.end("Table") == 1


def test_schedule_fires_once_when_its_time_has_passed(cloud: LocalCloud) -> None:
    """A rule with a rate calls its function with the constant input."""
    assert {} == cloud.fire()
    cloud.advance(timedelta(minutes=1))

    assert [{"duty": "sweep"}] == seen("sweeper")


def test_expired_items_leave_as_the_service_would_delete_them(cloud: LocalCloud) -> None:
    """Time to live follows the movable clock and shows in the stream."""
    item = {"pk": {"S": "t"}, "sk": {"S": "message"}}
    expires = {"N": str(int(cloud.clock.timestamp()) + 100)}
    boto3.client("dynamodb").put_item(TableName="Table", Item=item | {"expires": expires})
    cloud.advance(timedelta(minutes=5))
    last = [r for e in seen("reader") for r in e["Records"]][-1]

    assert "REMOVE" == last["eventName"]
    assert "dynamodb.amazonaws.com" == last["userIdentity"]["principalId"]


def test_mail_is_kept_and_its_events_reach_the_queue(cloud: LocalCloud) -> None:
    """A sent mail shows in the outbox; send, delivery, bounce and complaint are on the bus."""
    ident = cloud.http(
        "POST", "/mail", headers={"content-type": "text/plain"}, body="ada@example.org"
    ).json()["id"]
    mail = cloud.outbox.list(to="ADA@")[0]
    cloud.outbox.react(ident, "bounce", {})
    cloud.outbox.react(ident, "complain", {})
    clicked = cloud.outbox.react(ident, "click", {})

    assert ("Hello", "ada@example.org") == (mail["subject"], mail["to"])
    assert 4 == cloud.queues.waiting()["Mailed"]
    assert 202 == clicked["status"] or clicked["status"] == 500


def test_sender_is_refused_when_not_declared(cloud: LocalCloud) -> None:
    """Only identities of the template may send."""
    ses = boto3.client("sesv2")
    with pytest.raises(ses.exceptions.MessageRejected):
        ses.send_email(
            FromEmailAddress="a@other.test",
            Destination={"ToAddresses": ["b@example.org"]},
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        )


def test_state_survives_when_kept_on_disk(cloud: LocalCloud) -> None:
    """Restoring brings rows, mails, queue and clock back."""
    cloud.http("POST", "/work", body={"id": "a"})
    cloud.http("POST", "/mail", headers={"content-type": "text/plain"}, body="a@example.org")
    kept, moment = cloud.snapshot(), cloud.clock.now()
    cloud.drain()
    cloud.advance(timedelta(days=1))
    cloud.restore(kept)

    assert 1 == cloud.queues.waiting()["Work"]
    assert 1 == len(cloud.outbox.list())
    assert abs(cloud.clock.now() - moment) < timedelta(seconds=1)
    assert {"Worker": 1, "Reader": 1} == {k: v for k, v in cloud.drain().items() if v}


def test_unknown_resource_is_an_error_that_names_it() -> None:
    """What the local cloud does not know stops it."""
    with pytest.raises(UnknownResource, match=r"Strange is a AWS::Foo::Bar"):
        LocalCloud({"Resources": {"Strange": {"Type": "AWS::Foo::Bar"}}})


def test_unknown_service_never_reaches_the_network(cloud: LocalCloud) -> None:
    """A client of a service that nothing answers for fails at once."""
    with pytest.raises(LookupError, match="sns"):
        boto3.client("sns").list_topics()


def test_fault_is_answered_when_a_test_asks_for_it(cloud: LocalCloud) -> None:
    """The fault seam can fail a call; the SDK retries it."""
    left = [503, 503]
    cloud.set_fault(lambda service, _: left.pop() if left and service == "sqs" else None)

    assert 202 == cloud.http("POST", "/work", body={"id": "a"}).status
    assert [] == left


def test_excursion_leaves_the_clock_where_it_was(cloud: LocalCloud) -> None:
    """Work of a past moment carries that moment, and time comes back after it."""
    now = cloud.clock.now()
    with cloud.at(now - timedelta(days=30)):
        cloud.http("POST", "/work", body={"id": "a"})
        counts = cloud.drain()
    sent = int(seen("worker")[0]["Records"][0]["attributes"]["SentTimestamp"]) / 1000

    assert {"Worker": 1, "Reader": 1} == counts
    assert abs(sent - (now - timedelta(days=30)).timestamp()) < 1
    assert now == cloud.clock.now()


def test_second_run_has_the_first_ones_state(template: dict[str, Any], tmp_path: Path) -> None:
    """A cloud that starts where another was kept finds its rows, mails and queued work."""
    with LocalCloud(template, frozen=True, persist_dir=tmp_path / "kept") as first:
        first.http("POST", "/work", body={"id": "a"})
        first.drain()
        first.http("POST", "/work", body={"id": "b"})
        first.http("POST", "/mail", headers={"content-type": "text/plain"}, body="a@example.org")
        written, again = first.save(), first.save()
    with LocalCloud(template, persist_dir=tmp_path / "kept") as second:
        rows = boto3.client("dynamodb").scan(TableName="Table")["Count"]
        counts = second.drain()

        assert (True, False) == (written, again)
        assert 1 == rows
        assert {"Worker": 1, "Reader": 1} == {k: v for k, v in counts.items() if v}
        assert ["a@example.org"] == [mail["to"] for mail in second.outbox.list()]
