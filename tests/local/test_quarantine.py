"""From a bad call to the timeline, and reports of the provider that are about nothing of ours."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local import ses_events
from infra.local.cloud import LocalCloud
from infra.local.letters import Letter
from infra.local.payload import Response
from tests.local.hostile import ask
from tests.local.journey import OWNER, WRITE, get, identify, open_shop, order, post

LIST = "/v1/quarantine"
KINDS = ("Send", "Delivery", "Bounce", "Complaint", "Open", "Click")
BAD = {"type": "track", "userId": "ada", "messageId": "o-1", "properties": {"total": 42}}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud whose carrier tells nothing by itself."""
    with LocalCloud() as running:
        running.outbox.destinations.clear()
        yield running


def waiting(cloud: LocalCloud, query: str = "status=waiting") -> list[Any]:
    """Give what waits."""
    return list(get(cloud, f"{LIST}?{query}")["data"])


def timeline(cloud: LocalCloud, user: str) -> list[str]:
    """Give the names of a person's events."""
    person = get(cloud, f"/v1/profiles?identifier=external_id:{user}")
    found = get(cloud, f"/v1/profiles/{person['id']}/timeline")["data"]
    return [event["name"] for event in found]


def at_once(cloud: LocalCloud, path: str, body: Any, *, times: int) -> list[Response]:
    """Post the same several times at the same moment."""
    answers: list[Response] = []
    gate = threading.Barrier(times)

    def send() -> None:
        gate.wait()
        answers.append(cloud.http("POST", path, headers=OWNER, body=json.dumps(body).encode()))

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_bad_call_is_corrected_and_counts_once_however_often_it_is_replayed(
    cloud: LocalCloud,
) -> None:
    """Six replays at once and one more afterwards: one event, one mail, and a history of it."""
    open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    good = {"type": "track", "userId": "ada", "event": "Came", "messageId": "c-1"}
    post(cloud, "/v1/batch", {"batch": [BAD, good]}, headers=WRITE)
    cloud.drain()
    (item,) = waiting(cloud)
    early = timeline(cloud, "ada")
    body = {"correction": {"event": "Order Completed"}, "note": "the shop forgot the name"}

    answers = at_once(cloud, f"{LIST}/{item['id']}/replay", body, times=6)
    cloud.drain()
    late = cloud.http("POST", f"{LIST}/{item['id']}/replay", headers=OWNER, body=b"{}")
    cloud.drain()

    statuses = sorted(answer.status for answer in answers)
    found = get(cloud, f"{LIST}/{item['id']}")
    assert (BAD, "event: must be the name of what happened") == (item["sample"], item["reason"])
    assert (["Came", "identify"], [200] + [409] * 5, 409) == (sorted(early), statuses, late.status)
    assert ["Came", "Order Completed", "identify"] == sorted(timeline(cloud, "ada"))
    assert 1 == len(cloud.outbox.list(to="ada@example.org"))
    assert ["quarantined", "corrected", "replayed"] == [s["action"] for s in found["history"]]
    assert [] == waiting(cloud)


def test_client_that_sends_again_after_the_replay_is_a_repeat(cloud: LocalCloud) -> None:
    """The replayed event has the client's own id, so its corrected call adds nothing."""
    post(cloud, "/v1/batch", {"batch": [BAD]}, headers=WRITE)
    (item,) = waiting(cloud)
    post(cloud, f"{LIST}/{item['id']}/replay", {"correction": {"event": "Order Completed"}})
    cloud.drain()

    order(cloud, "ada", number="1")
    cloud.drain()

    assert ["Order Completed"] == timeline(cloud, "ada")


def test_payload_of_a_source_waits_and_comes_in_when_its_mapping_is_mended(
    cloud: LocalCloud,
) -> None:
    """Nothing of the payload changes: the source was wrong, and a day later it is right."""
    ask(cloud, "PUT", "/v1/sources/shop", {"kind": "crm"})
    sent = {"buyer": {"mail": "ada@example.org"}, "time": cloud.clock.now().isoformat()}
    refused = ask(cloud, "POST", "/v1/sources/shop", sent)
    cloud.advance(timedelta(days=40))
    mapping = {"email": "buyer.mail", "external_id": "buyer.mail"}
    ask(cloud, "PUT", "/v1/sources/shop", {"kind": "crm", "mapping": mapping})

    done = post(cloud, f"{LIST}/replay", {"source": "source:shop"})
    cloud.drain()

    assert 400 == refused.status
    assert (1, []) == (len(done["replayed"]), done["refused"])
    assert ["crm"] == timeline(cloud, "ada@example.org")


def letter(cloud: LocalCloud, **tags: str) -> Letter:
    """Describe a mail with tags."""
    return Letter(
        id="0100-stray",
        raw=b"From: hello@example.org\r\nSubject: Thank you\r\n\r\n",
        sender="hello@example.org",
        identity="example.org",
        to=("ada@example.org",),
        sent_at=cloud.clock.now(),
        configuration_set="signet",
        tags=tags,
    )


def tell(cloud: LocalCloud, of: Letter, kind: str) -> None:
    """Put a report on the bus twice, as a carrier may, and let it be worked off."""
    now = cloud.clock.now()
    bodies = {
        "Bounce": lambda: ses_events.bounce(of, now, kind="Permanent", subtype="General"),
        "Complaint": lambda: ses_events.complaint(of, now),
        "Delivery": lambda: ses_events.delivery(of, now),
    }
    body = bodies[kind]() if kind in bodies else {"timestamp": ses_events.stamp(now)}
    for _ in range(2):
        cloud.outbox.publish([ses_events.entry(of, kind, body)])
        cloud.drain()


@pytest.mark.parametrize("aim", ["unknown", "another workspace's", "none", "half"])
def test_report_about_no_message_of_ours_is_quarantined_and_changes_nothing(
    cloud: LocalCloud, aim: str
) -> None:
    """Bad input 40: no status moves, no address is suppressed, and an operator can look at it."""
    open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    order(cloud, "ada", number="1")
    cloud.drain()
    before = get(cloud, "/v1/reports/overview")
    (message,) = next(iter(cloud.outbox.letters.values())).tags["signet_msg"].split()
    tags = {
        "unknown": {"signet_ws": "main", "signet_msg": "nobody", "signet_ep": "0"},
        "another workspace's": {"signet_ws": "other", "signet_msg": message, "signet_ep": "0"},
        "none": {},
        "half": {"signet_ws": "main"},
    }[aim]

    for kind in KINDS:
        tell(cloud, letter(cloud, **tags), kind)

    items = waiting(cloud)
    assert {("provider_event", "provider:ses")} == {(i["door"], i["source"]) for i in items}
    assert {"mail.tags.signet_msg"} == {fault["field"] for i in items for fault in i["faults"]}
    assert set(KINDS) == {item["sample"]["eventType"] for item in items}
    assert before == get(cloud, "/v1/reports/overview")
    assert [] == get(cloud, "/v1/suppressions")["data"] == get(cloud, "/v1/dead-letters")["data"]
    other = OWNER | {"authorization": "Bearer local-other-owner"}
    assert [] == get(cloud, LIST, headers=other)["data"]


def test_stray_report_is_settled_when_it_is_corrected(cloud: LocalCloud) -> None:
    """Replayed with the tag it should have had, it moves the message like any other report."""
    open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    order(cloud, "ada", number="1")
    cloud.drain()
    (mail,) = cloud.outbox.letters.values()
    tell(cloud, letter(cloud, **mail.tags | {"signet_msg": "nobody"}), "Delivery")
    item = waiting(cloud)[0]
    tags = {"signet_msg": [mail.tags["signet_msg"]]}

    post(cloud, f"{LIST}/{item['id']}/replay", {"correction": {"mail": {"tags": tags}}})
    cloud.drain()

    assert 1 == get(cloud, "/v1/reports/overview")["statuses"]["delivered"]


def test_report_that_overtakes_the_answer_of_the_hand_over_counts_once(cloud: LocalCloud) -> None:
    """Bad input 41: the message is sent by its report, and the later write folds into that."""
    campaign = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    early: list[str] = []

    def told_first(given: Letter) -> None:
        detail = ses_events.entry(given, "Send", {})["Detail"]
        cloud.invoker.call("ReportFunction", records(json.dumps({"detail": detail})))
        early.append(get(cloud, f"/v1/campaigns/{campaign}/recipients")["data"][0]["status"])

    cloud.outbox.keep = told_first
    order(cloud, "ada", number="1")
    cloud.drain()

    found = get(cloud, "/v1/reports/overview")
    (row,) = get(cloud, f"/v1/campaigns/{campaign}/recipients")["data"]
    message = get(cloud, f"/v1/messages/{row['message_id']}")
    assert (["sent"], 1, 1) == (early, found["statuses"]["sent"], found["reached"]["sent"])
    assert 1 == [step["status"] for step in message["transitions"]].count("sent")
    assert [] == waiting(cloud)


def records(body: str) -> dict[str, Any]:
    """Write a batch of one record as Lambda gets it from a queue."""
    record = {
        "messageId": "1", "receiptHandle": "1", "body": body, "messageAttributes": {},
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:ReportQueue",
    }  # fmt: skip
    return {"Records": [record]}
