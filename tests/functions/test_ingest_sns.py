"""Messages of SNS: only its own certificates, only the topic of the source, only recent ones."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.ingest_world import NOW, Answer, World
from tests.signers import CERTIFICATE, TOPIC, Notifier, compact


def notified(world: World, told: dict[str, Any]) -> Answer:
    """Send a message of the notification service."""
    headers = {"content-type": "text/plain; charset=UTF-8"}
    return world.call("POST", "/v1/sources/it", compact(told), headers=headers)


def refused(world: World, told: dict[str, Any]) -> bool:
    """Tell whether a message gets the one refusal, and nothing is made of it."""
    answer = notified(world, told)
    detail = answer.json.get("detail")
    return (answer.status, detail) == (401, "the signature is not valid") and not world.work.items


@pytest.fixture(scope="module")
def sns() -> Notifier:
    """Give a notification service; its key takes a moment to make."""
    return Notifier()


@pytest.fixture
def listening(sns: Notifier) -> World:
    """Give a world with a source that listens to one topic."""
    world = World()
    mapping = {"items": "from_json(Message)", "email": "mail"}
    world.source("it", kind="app", mapping=mapping,
                 signature={"scheme": "sns", "topic_arn": TOPIC})  # fmt: skip
    world.served[CERTIFICATE] = (200, sns.certificate)
    return world


MAIL = json.dumps([{"mail": "ada@example.org", "note": "Grüße ☂"}], ensure_ascii=False)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "Hallo ☂"}])
def test_notification_is_taken(
    listening: World, sns: Notifier, version: str, more: dict[str, str]
) -> None:
    """Both versions, with a subject and without; the certificate is fetched once."""
    told = sns.message(MAIL, at=NOW, version=version, **more)
    answers = [notified(listening, told) for _ in range(2)]

    assert [202, 202] == [answer.status for answer in answers]
    assert [told["MessageId"]] == answers[0].json["ids"] == answers[1].json["ids"]
    assert [CERTIFICATE] == listening.asked


@pytest.mark.parametrize(
    "change",
    [{"Message": "[]"}, {"Subject": "x"}, {"MessageId": "other"}, {"TopicArn": TOPIC + "2"},
     {"Timestamp": "2026-03-01T12:00:01.000Z"}, {"Timestamp": "2026-03-01T09:59:00.000Z"},
     {"Timestamp": "soon"}, {"SignatureVersion": "2"}, {"SignatureVersion": "3"},
     {"Signature": "AAAA"}, {"Signature": "é"}, {"Signature": ""}, {"Type": "Other"},
     {"Type": "UnsubscribeConfirmation"}, {"Message": None}, {"Message": 7}],
)  # fmt: skip
def test_altered_notification_is_refused(
    listening: World, sns: Notifier, change: dict[str, Any]
) -> None:
    """Row 38: every signed part is signed, and the topic and the time are the source's."""
    told = sns.message(MAIL, at=NOW) | change

    assert refused(listening, told), change


def test_notification_of_long_ago_or_of_another_topic_is_refused(
    listening: World, sns: Notifier
) -> None:
    """A good signature is not enough."""
    old = sns.message(MAIL, at=NOW - timedelta(hours=2, minutes=1))
    other = sns.message(MAIL, at=NOW, TopicArn=TOPIC + "-2")

    assert refused(listening, old)
    assert refused(listening, other)
    assert [] == listening.asked


HOST = "https://sns.eu-central-1.amazonaws.com"
FILE = "/SimpleNotificationService-e3a90d5c7b1f4826a0c4d7e95b318f62.pem"
TRICKY = (
    "https://sns.eu-central-1.amazonaws.com.evil.example" + FILE,
    "https://evil.example/https://sns.eu-central-1.amazonaws.com" + FILE,
    "https://sns.eu-central-1.amazonaws.com@evil.example" + FILE,
    "https://user@sns.eu-central-1.amazonaws.com" + FILE,
    "https://evil.example#sns.eu-central-1.amazonaws.com" + FILE,
    "https://evil.example?sns.eu-central-1.amazonaws.com" + FILE,
    "https://evil.example\\.sns.eu-central-1.amazonaws.com" + FILE,
    "https://sns-eu-central-1.s3.amazonaws.com" + FILE,
    "https://s3.eu-central-1.amazonaws.com/sns" + FILE,
    "https://sns.eu-central-1.s3.amazonaws.com" + FILE,
    "https://xsns.eu-central-1.amazonaws.com" + FILE,
    "https://sns.us-east-1.amazonaws.com" + FILE,
    "https://sns.eu-central-1.amazonaws.com.cn" + FILE,
    "https://SNS.eu-central-1.amazonaws.com" + FILE,
    "https://sns.eu-central-1.amazonaws.com." + FILE,
    "http://sns.eu-central-1.amazonaws.com" + FILE,
    "HTTPS://sns.eu-central-1.amazonaws.com" + FILE,
    "//sns.eu-central-1.amazonaws.com" + FILE,
    "https://sns.eu-central-1.amazonaws.com:443" + FILE,
    "https://sns.eu-central-1.amazonaws.com:8443" + FILE,
    HOST + FILE + "?x=1",
    HOST + FILE + "#x",
    HOST + FILE + "/",
    HOST + FILE + "\n",
    HOST + " " + FILE,
    HOST + "/x" + FILE,
    HOST + "/.." + FILE,
    HOST + "/" + FILE,
    HOST + FILE.replace("Simple", "simple"),
    HOST + FILE.replace(".pem", ".PEM"),
    HOST + FILE.replace(".pem", ".pem.pem"),
    HOST + FILE.replace("e3a9", "E3A9"),
    HOST + FILE.replace("e3a9", "../x"),
    HOST + FILE.replace("e3a9", "%2e%2e"),
    HOST + "/SimpleNotificationService-.pem",
    HOST + "/",
    "file:///SimpleNotificationService-e3a90d5c7b1f4826a0c4d7e95b318f62.pem",
    "https://[sns.eu-central-1.amazonaws.com" + FILE,
    "https://169.254.169.254" + FILE,
    "https://sns.eu-central-1.\u0430mazonaws.com" + FILE,
    "",
)


@pytest.mark.parametrize("url", TRICKY)
def test_certificate_of_anybody_else_is_never_fetched(
    listening: World, sns: Notifier, url: str
) -> None:
    """Row 38: only the exact host and path of the topic's own region will do."""
    told = sns.message(MAIL, at=NOW, SigningCertURL=url)
    listening.served[url] = (200, sns.certificate)

    assert refused(listening, told)
    assert [] == listening.asked


def test_certificate_that_cannot_be_had_is_tried_again(listening: World, sns: Notifier) -> None:
    """A fault of the service is no forgery: the sender comes again."""
    told = sns.message(MAIL, at=NOW)
    for served, status in (((503, b""), 503), ((404, b""), 401), ((302, b""), 401),
                           ((200, b"no certificate"), 401)):  # fmt: skip
        listening.served[CERTIFICATE] = served
        assert status == notified(listening, told).status
    listening.served[CERTIFICATE] = (200, Notifier().certificate)
    assert 401 == notified(listening, told).status
    assert not listening.work.items


CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=" + "2336412f37fb687f" * 4
QUESTION = {"Type": "SubscriptionConfirmation", "Token": "2336412f37fb687f" * 4}


def test_subscription_to_the_topic_is_confirmed(listening: World, sns: Notifier) -> None:
    """The address of the exact host is fetched, and nothing becomes an event."""
    listening.served[CONFIRM] = (200, b"<ok/>")
    told = sns.message("You have chosen", at=NOW, SubscribeURL=CONFIRM, **QUESTION)
    answer = notified(listening, told)

    assert (200, {"ids": [], "quarantined": 0}) == (answer.status, answer.json)
    assert [CERTIFICATE, CONFIRM] == listening.asked
    assert not listening.work.items
    listening.served[CONFIRM] = (404, b"")
    assert 400 == notified(listening, told).status


@pytest.mark.parametrize(
    "url",
    [CONFIRM.replace(HOST, "https://evil.example"), CONFIRM.replace("https:", "http:"),
     CONFIRM.replace(".com/?", ".com:443/?"), CONFIRM.replace(".com/?", ".com/x?"),
     CONFIRM.replace("https://", "https://a@"), CONFIRM + "&x=1", CONFIRM + "#x",
     CONFIRM.replace("ConfirmSubscription", "DeleteTopic"), CONFIRM.replace(TOPIC, TOPIC + "2"),
     CONFIRM + "&Token=2336412f37fb687f2336", CONFIRM.replace("2336", "/../"), HOST + "/?",
     "https://[", ""],
)  # fmt: skip
def test_confirmation_that_leads_elsewhere_is_refused(
    listening: World, sns: Notifier, url: str
) -> None:
    """Nobody sends us to fetch what they like."""
    told = sns.message("You have chosen", at=NOW, SubscribeURL=url, **QUESTION)
    listening.served[url] = (200, b"<ok/>")

    assert refused(listening, told)
    assert url not in listening.asked


def test_confirmation_of_another_topic_is_not_answered(listening: World, sns: Notifier) -> None:
    """Whoever subscribes our address to a topic of theirs hears nothing."""
    theirs = TOPIC.replace("000000000000", "999999999999")
    url = CONFIRM.replace(TOPIC, theirs)
    listening.served[url] = (200, b"<ok/>")
    told = sns.message("x", at=NOW, TopicArn=theirs, SubscribeURL=url, **QUESTION)

    assert refused(listening, told)
    assert [] == listening.asked


def test_end_of_a_subscription_is_heard_and_nothing_is_fetched(
    listening: World, sns: Notifier
) -> None:
    """To answer it would subscribe again."""
    kind = QUESTION | {"Type": "UnsubscribeConfirmation"}
    told = sns.message("x", at=NOW, SubscribeURL=CONFIRM, **kind)

    assert 200 == notified(listening, told).status
    assert [CERTIFICATE] == listening.asked
