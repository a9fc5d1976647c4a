"""One datum travels the whole house, from the template alone."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, open_shop, order, post


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud made from the committed template."""
    with LocalCloud() as running:
        yield running


def _parsed(cloud: LocalCloud, mail: dict[str, Any]) -> EmailMessage:
    """Parse a mail of the outbox with the standard library."""
    raw = cloud.outbox.get(mail["id"]).raw
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_an_order_becomes_one_mail_and_one_in_the_report(cloud: LocalCloud) -> None:
    """A tracked order is one event row, one mail, and one more in each counter it belongs to."""
    campaign = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    order(cloud, "ada", number="1")
    order(cloud, "ada", number="1")

    cloud.drain()

    (mail,) = cloud.outbox.list(channel="email", to="ada@example.org")
    parsed = _parsed(cloud, mail)
    assert "Thank you, Ada" == parsed["subject"]
    text = parsed.get_body(("plain",)).get_content()
    assert "Hello Ada, your order of 42 is on its way." in text
    report = get(cloud, f"/v1/campaigns/{campaign}/report")
    assert 1 == report["messages"]
    assert {"delivered": 1} == {n: c for n, c in report["statuses"].items() if c}


def test_each_reaction_changes_the_report_by_exactly_one(cloud: LocalCloud) -> None:
    """Open, click, bounce and complaint count once, however often they are reported."""
    campaign = open_shop(cloud)
    for user in ("ada", "bob", "cyd"):
        identify(cloud, user, email=f"{user}@example.org", first_name=user)
        order(cloud, user, number=user)
    cloud.drain()
    mails = {mail["to"]: mail["id"] for mail in cloud.outbox.list(channel="email")}

    for _ in range(2):
        cloud.outbox.react(mails["ada@example.org"], "open", {})
        cloud.outbox.react(mails["ada@example.org"], "click", {})
        cloud.outbox.react(mails["bob@example.org"], "bounce", {})
        cloud.outbox.react(mails["cyd@example.org"], "complain", {})
        cloud.drain()

    report = get(cloud, f"/v1/campaigns/{campaign}/report")
    assert (1, 1) == (report["opened"], report["clicked"])
    statuses = {name: count for name, count in report["statuses"].items() if count}
    assert {"delivered": 1, "bounced": 1, "complained": 1} == statuses


def test_a_marketing_mail_needs_consent_and_its_link_takes_it_back(cloud: LocalCloud) -> None:
    """With a topic nothing leaves without consent, and one click ends it at once."""
    open_shop(cloud, topic="news")
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    order(cloud, "ada", number="1")
    cloud.drain()
    assert [] == cloud.outbox.list(channel="email")
    profile = get(cloud, "/v1/profiles?identifier=external_id:ada")
    consent = {"channel": "email", "topic": "news", "status": "granted"}
    post(cloud, f"/v1/profiles/{profile['id']}/consents", consent)
    order(cloud, "ada", number="2")
    cloud.drain()
    (mail,) = cloud.outbox.list(channel="email")
    parsed = _parsed(cloud, mail)
    link = parsed["list-unsubscribe"].strip("<>")
    path = "/u/" + link.rpartition("/u/")[2]

    assert 200 == cloud.http("GET", path, headers={}).status
    order(cloud, "ada", number="3")
    cloud.drain()
    assert 2 == len(cloud.outbox.list(channel="email"))
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = cloud.http("POST", path, headers=form, body=b"List-Unsubscribe=One-Click")
    assert 200 == answer.status
    order(cloud, "ada", number="4")
    cloud.drain()

    assert 2 == len(cloud.outbox.list(channel="email"))


def test_a_transactional_message_is_sent_once_for_its_key(cloud: LocalCloud) -> None:
    """The same Idempotency-Key and body is the same message, for ever."""
    open_shop(cloud)
    post(
        cloud,
        "/v1/templates",
        {
            "name": "code",
            "subject": "Your code",
            "text": "It is {{ data.code }}.",
            "activate": True,
        },
    )
    key = {"authorization": "Bearer local-owner", "idempotency-key": "k1"}
    body = {"template": "code", "to": {"email": "eve@example.org"}, "data": {"code": "1234"}}
    first = post(cloud, "/v1/messages", body, headers=key)
    again = post(cloud, "/v1/messages", body, headers=key)

    cloud.drain()

    assert first["id"] == again["id"]
    (mail,) = cloud.outbox.list(channel="email", to="eve@example.org")
    assert "It is 1234." in mail["text"]
    found = get(cloud, f"/v1/messages/{first['id']}")
    steps = ["planned", "rendered", "claimed", "sent", "delivered"]
    assert steps == [one["status"] for one in found["transitions"]]


def test_a_poison_record_fails_alone_and_comes_back_by_redrive(cloud: LocalCloud) -> None:
    """What cannot be understood becomes a dead-letter row with its reason; redrive drives it."""
    import boto3

    sqs = boto3.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    url = next(known for known in urls if known.endswith("PreprocessQueue"))
    sqs.send_message(QueueUrl=url, MessageBody='{"kind": "nonsense"}')
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")

    cloud.drain()

    letters = get(cloud, "/v1/dead-letters")["data"]
    assert 1 == len(letters)
    assert "kind" in letters[0]["reason"]
    assert get(cloud, "/v1/profiles?identifier=external_id:ada")["id"]
    answer = post(
        cloud, "/v1/dead-letters/redrive", {"queue": letters[0]["queue"], "ids": [letters[0]["id"]]}
    )
    assert [letters[0]["id"]] == answer["ids"]
    cloud.drain()
    assert 1 == len(get(cloud, "/v1/dead-letters")["data"])


@pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
def test_a_browser_client_is_configured_with_or_without_a_slash(
    cloud: LocalCloud, path: str
) -> None:
    """RudderStack's client asks with a slash, which no route key of an HTTP API can end in."""
    answer = cloud.http("GET", f"{path}?writeKey=demo", headers={"host": "127.0.0.1:8080"})

    assert 200 == answer.status
    source = answer.json()["source"]
    assert "demo" == source["writeKey"]
    assert "http://127.0.0.1:8080" == source["dataplanes"]["default"][0]["url"]
    assert cloud.http("GET", f"{path}?writeKey=nobody", headers={}).status == 401


def test_a_browser_client_is_sent_to_the_scheme_that_answers(cloud: LocalCloud) -> None:
    """Segment's client calls where it asked: plain HTTP here, whatever a header claims."""
    headers = {"host": "127.0.0.1:8080", "x-forwarded-proto": "https"}
    answer = cloud.http("GET", "/v1/projects/demo/settings", headers=headers)

    found = answer.json()["integrations"]["Segment.io"]
    assert ("http", "127.0.0.1:8080/v1") == (found["protocol"], found["apiHost"])
