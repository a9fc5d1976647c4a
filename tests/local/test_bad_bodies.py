"""
Queue bodies that no stage of ours can read (bad input 56).

Each is laid aside when it is seen first, with its reason, and never tried again; what lies beside
it in the same batch is done. A cut-off record loses no message: the message goes on from its row.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from infra.local.poll import QueueMapping
from signet.domain.waiting import FIRST_LOOK
from tests.local.journey import get, identify, open_shop, order, post

Item = dict[str, Any]
WALK = json.dumps({"kind": "walk_campaign", "workspace": "main", "campaign_id": "c"})
RENDER = json.dumps(
    {"kind": "render_messages", "messages": [{"workspace": "main", "message_id": "m"}]}
)
OPENED: Item = {
    "kind": "note_engagement",
    "workspace": "main",
    "message_id": "m",
    "engagement": "opened",
    "at": "2026-11-24T12:00:00Z",
}
# Bodies that are no work of ours at all, whichever queue they are found on.
FOREIGN = {
    "text": "hello",
    "empty text": '""',
    "null": "null",
    "list": "[]",
    "object": "{}",
    "another sender": '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}',
    "a deep one": "[" * 100_000,
    "half a letter": '{"kind":"\\ud800"}',
    "next version's kind": '{"kind":"send_parcel","parcels":[]}',
    "a change that is no record": '{"kind":"fold_change","shard":"s","sequence":"1","record":"["}',
    "a name that no reason may hold": '{"kind":"render_messages","\\u0000\\ud800":1}',
}
STAGES = ("preprocess", "render", "deliver", "report", "upkeep")


@dataclass
class Stopped:
    """A cloud where one good record waits before a stage that is switched off."""

    cloud: LocalCloud
    mapping: QueueMapping
    good: str

    def send(self, *bodies: str) -> None:
        """Put bodies on the stage's queue."""
        client: Any = boto3.client("sqs")
        for body in bodies:
            client.send_message(QueueUrl=self.mapping.url, MessageBody=body)

    def wake(self) -> dict[str, int]:
        """Switch the stage on and let everything work; count what each function was given."""
        self.mapping.enabled = True
        return self.cloud.drain()


def take(url: str) -> list[str]:
    """Take everything off a queue."""
    client: Any = boto3.client("sqs")
    found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]


@pytest.fixture
def stopped(request: pytest.FixtureRequest) -> Iterator[Stopped]:
    """Stop Ada's order before one stage; for upkeep, stop the walk that would set it going."""
    with LocalCloud() as cloud:
        campaign = open_shop(cloud)
        identify(cloud, "ada", email="ada@example.org", first_name="Ada")
        cloud.drain()
        mapping = mapping_of(cloud, request.param)
        mapping.enabled = False
        if request.param == "upkeep":
            held(cloud, campaign)
            post(cloud, f"/v1/campaigns/{campaign}/resume", {})
        else:
            order(cloud, "ada", number="1")
        cloud.drain()
        yield Stopped(cloud, mapping, take(mapping.url)[-1])


def mapping_of(cloud: LocalCloud, stage: str) -> QueueMapping:
    """Find what feeds a stage from its queue."""
    queues = [found for found in cloud.wired.mappings if isinstance(found, QueueMapping)]
    return next(found for found in queues if found.url.endswith(f"{stage.capitalize()}Queue"))


def held(cloud: LocalCloud, campaign: str) -> None:
    """Pause a campaign while a mail of it waits to be delivered."""
    deliver = mapping_of(cloud, "deliver")
    deliver.enabled = False
    order(cloud, "ada", number="1")
    cloud.drain()
    post(cloud, f"/v1/campaigns/{campaign}/pause", {})
    deliver.enabled = True
    cloud.drain()


def letters(cloud: LocalCloud) -> list[Item]:
    """Give the dead letters."""
    return list(get(cloud, "/v1/dead-letters?limit=100")["data"])


def mails(cloud: LocalCloud) -> int:
    """Count Ada's mails."""
    return len(cloud.outbox.list(to="ada@example.org"))


def done_once(cloud: LocalCloud) -> bool:
    """Tell whether Ada has one mail, and the books know that it arrived."""
    delivered = get(cloud, "/v1/reports/overview")["statuses"]["delivered"]
    return (1, 1) == (mails(cloud), delivered)


def waiting(cloud: LocalCloud) -> int:
    """Count what lies on any queue, to be received now or later."""
    return sum(cloud.queues.waiting().values())


def of(stopped: Stopped) -> str:
    """Give the stage that is stopped."""
    return stopped.mapping.function.removesuffix("Function").lower()


@pytest.mark.parametrize("stopped", STAGES, indirect=True)
def test_foreign_bodies_are_laid_aside_at_first_sight(stopped: Stopped) -> None:
    """Each is received once and told with its reason; the good one among them does its work."""
    bad = [*FOREIGN.values(), RENDER if of(stopped) == "upkeep" else WALK]
    stopped.send(*bad[:5], stopped.good, *bad[5:])

    stopped.wake()

    found = letters(stopped.cloud)
    assert sorted(len(body.encode()) for body in bad) == sorted(one["size"] for one in found)
    assert {(of(stopped), 1)} == {(one["queue"], one["receives"]) for one in found}
    assert {"Poison"} == {one["reason"].partition(":")[0] for one in found}
    assert all(one["reason"].isprintable() for one in found)
    assert 0 == waiting(stopped.cloud)
    assert done_once(stopped.cloud)


def newer(body: str) -> list[str]:
    """Write work as a later version of ours might: with a field more, outside and inside."""
    work: Item = OPENED if "detail" in json.loads(body) else json.loads(body)
    bad = [work | {"priority": 5}]
    for name in [name for name, value in work.items() if isinstance(value, list)]:
        *others, last = work[name]
        bad.append(work | {name: [*others, last | {"priority": 5}]})
    return [json.dumps(one) for one in bad]


@pytest.mark.parametrize("stopped", STAGES, indirect=True)
def test_bodies_of_another_version_are_laid_aside_naming_the_field(stopped: Stopped) -> None:
    """While two versions run, the older one says at once which field it does not know."""
    bad = newer(stopped.good)
    stopped.send(*bad, stopped.good)

    stopped.wake()

    found = letters(stopped.cloud)
    assert [(of(stopped), 1)] * len(bad) == [(one["queue"], one["receives"]) for one in found]
    assert all("priority: Extra inputs" in one["reason"] for one in found)
    assert 0 == waiting(stopped.cloud)
    assert done_once(stopped.cloud)


@pytest.mark.parametrize("stopped", STAGES, indirect=True)
def test_cut_off_bodies_are_laid_aside_at_first_sight(stopped: Stopped) -> None:
    """Wherever a body is cut, nothing of it is done, and the whole one beside it is."""
    bad = [stopped.good[:length] for length in (1, len(stopped.good) // 2, len(stopped.good) - 1)]
    stopped.send(*bad, stopped.good)

    stopped.wake()

    found = letters(stopped.cloud)
    assert [(of(stopped), 1)] * 3 == [(one["queue"], one["receives"]) for one in found]
    assert {"Poison"} == {one["reason"].partition(":")[0] for one in found}
    assert not [one for one in found if "@" in one["reason"]]
    assert 0 == waiting(stopped.cloud)
    assert done_once(stopped.cloud)


@pytest.mark.parametrize("stopped", ["render", "deliver"], indirect=True)
def test_message_of_a_cut_off_record_leaves_all_the_same(stopped: Stopped) -> None:
    """The row is the truth: what was work for it may be lost, and new work is made of it."""
    stopped.send(stopped.good[:-1])
    stopped.wake()
    early = mails(stopped.cloud)

    stopped.cloud.advance(FIRST_LOOK + timedelta(minutes=1))

    assert 0 == early
    assert done_once(stopped.cloud)


MALFORMED: dict[str, Callable[[Item], Item]] = {
    "mail is text": lambda detail: detail | {"mail": "x"},
    "mail is a list": lambda detail: detail | {"mail": []},
    "no mail": lambda detail: {"eventType": detail["eventType"]},
    "no kind": lambda detail: {"mail": detail["mail"]},
    "kind is a list": lambda detail: detail | {"eventType": ["Delivery"]},
    "report is a list": lambda detail: detail | {"delivery": [1]},
    "time is no time": lambda detail: detail | {"delivery": {"timestamp": "yesterday"}},
    "time is a number": lambda detail: detail | {"delivery": {"timestamp": 17}},
    "epoch is no number": lambda detail: tagged(detail, signet_ep=["first"]),
    "epoch is missing": lambda detail: tagged(detail, signet_ep=[]),
    "workspace is a number": lambda detail: tagged(detail, signet_ws=[7]),
    "bounce without its kind": lambda detail: detail | {"eventType": "Bounce", "bounce": {}},
}


def tagged(detail: Item, **tags: list[Any]) -> Item:
    """Give an event other tags."""
    return detail | {"mail": detail["mail"] | {"tags": detail["mail"]["tags"] | tags}}


@pytest.mark.parametrize("stopped", ["report"], indirect=True)
def test_malformed_provider_events_are_laid_aside_at_first_sight(stopped: Stopped) -> None:
    """What SES never documented changes no message and is not asked about again."""
    event = json.loads(stopped.good)
    bad = [json.dumps(event | {"detail": spoil(event["detail"])}) for spoil in MALFORMED.values()]
    stopped.send(*bad[:5], stopped.good, *bad[5:])

    stopped.wake()

    found = letters(stopped.cloud)
    assert [("report", 1)] * len(bad) == [(one["queue"], one["receives"]) for one in found]
    assert {"Poison"} == {one["reason"].partition(":")[0] for one in found}
    assert 0 == waiting(stopped.cloud)
    assert done_once(stopped.cloud)
