"""Two sources name the same people: found, merged, written to as one, and told apart again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from signet.ids import derived
from tests.local.journey import get, identify, open_shop, order, post

CRM = {
    "crm-1": {"first_name": "Ada", "last_name": "Lovelace", "birth_date": "1985-03-14",
              "email": "ada@example.org", "city": "London", "postcode": "W1U 6QP"},
    "crm-2": {"first_name": "William", "last_name": "King", "birth_date": "1981-02-21",
              "email": "king@example.org", "city": "London", "postcode": "SW1Y 4LB"},
}  # fmt: skip
SHOP = {
    "shop-1": {"given_name": "Adda", "surname": "Lovelace", "dob": "14.03.1985",
               "phone": "+442079460018", "zip": "W1U6QP", "plan": "pro"},
    "shop-2": {"given_name": "Annabella", "surname": "King", "dob": "2013-09-22",
               "email": "king@example.com", "zip": "SW1Y4LB"},
}  # fmt: skip


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud that two sources told about the same household and another person."""
    with LocalCloud() as running:
        for users in (CRM, SHOP):
            for user, traits in users.items():
                identify(running, user, **traits)
            running.drain()
        yield running


def who(cloud: LocalCloud, user: str) -> Any:
    """Give the profile that a user id leads to."""
    return get(cloud, f"/v1/profiles?identifier=external_id:{user}")


def found(cloud: LocalCloud) -> Any:
    """Give the only pair that waits for a decision."""
    (pair,) = get(cloud, "/v1/duplicates")["data"]
    return pair


def seen(cloud: LocalCloud, *idents: str) -> list[bytes]:
    """Give what the API shows of people, to the byte."""
    paths = [f"/v1/profiles/{ident}{more}" for ident in idents
             for more in ("?lineage=true", "/consents")]  # fmt: skip
    owner = {"authorization": "Bearer local-owner"}
    return [cloud.http("GET", path, headers=owner).body for path in paths]


def lose(event_key: str) -> None:
    """Lose the row by which an event is known to be done."""
    client: Any = boto3.client("dynamodb")
    table = next(name for name in client.list_tables()["TableNames"] if "Events" in name)
    place = {"pk": {"S": f"main#e#{event_key}"}, "sk": {"S": "event"}}
    client.delete_item(TableName=table, Key=place)


def consent(cloud: LocalCloud, ident: str, status: str) -> None:
    """Record what a person said about the news."""
    word = {"channel": "email", "topic": "news", "status": status}
    post(cloud, f"/v1/profiles/{ident}/consents", word)
    cloud.drain()


def test_two_sources_one_person_and_back(cloud: LocalCloud) -> None:
    """Found by themselves, merged by a person, and after the undoing the same to the byte."""
    one, other = who(cloud, "crm-1")["id"], who(cloud, "shop-1")["id"]
    consent(cloud, one, "granted")
    before, pair = seen(cloud, one, other), found(cloud)

    assert {one, other} == {person["id"] for person in pair["profiles"]}
    post(cloud, f"/v1/duplicates/{pair['id']}/accept", {"into": one})
    cloud.drain()
    assert who(cloud, "shop-1") == who(cloud, "crm-1")
    assert "pro" == who(cloud, "crm-1")["traits"]["plan"]
    assert [] == get(cloud, "/v1/duplicates")["data"]
    post(cloud, f"/v1/profiles/{other}/unmerge", {})
    cloud.drain()
    assert before == seen(cloud, one, other)


def test_household_is_no_pair(cloud: LocalCloud) -> None:
    """A father and a daughter share a name and a door."""
    assert "merge" == found(cloud)["zone"]
    assert who(cloud, "crm-2")["id"] != who(cloud, "shop-2")["id"]


def test_what_comes_after_a_merge_is_the_survivors(cloud: LocalCloud) -> None:
    """Whichever id a client goes on using; both merges and events are in one timeline."""
    one, other = who(cloud, "crm-1")["id"], who(cloud, "shop-1")["id"]
    post(cloud, "/v1/profiles/merge", {"into": one, "from": other})
    order(cloud, "shop-1", number="1")
    cloud.drain()
    shown = get(cloud, f"/v1/profiles/{other}/timeline")["data"]

    assert {"Order Completed", "identify", "profile merged"} == {event["name"] for event in shown}
    assert one == who(cloud, "shop-1")["id"]
    assert {"order_id": "1", "total": 42} in [event["properties"] for event in shown]


def test_message_of_before_sees_what_the_other_one_withdrew(cloud: LocalCloud) -> None:
    """It was planned for one who had said yes; by the time it leaves, both are one who said no."""
    open_shop(cloud, topic="news")
    one, other = who(cloud, "crm-1")["id"], who(cloud, "shop-1")["id"]
    consent(cloud, one, "granted")
    consent(cloud, other, "withdrawn")
    post(cloud, "/v1/sending/stop", {"reason": "a test"})
    order(cloud, "crm-1", number="1")
    cloud.drain()
    post(cloud, "/v1/profiles/merge", {"into": other, "from": one})
    post(cloud, "/v1/sending/resume", {})
    cloud.advance(timedelta(hours=1))
    (message,) = get(cloud, f"/v1/messages?profile_id={other}")["data"]

    assert ("skipped", "consent_withdrawn") == (message["status"], message["reason"])
    assert [] == cloud.outbox.list(channel="email")


def test_corrected_person_is_compared_again(cloud: LocalCloud) -> None:
    """Whoever becomes alike later is found later; an ordinary event finds nobody."""
    order(cloud, "crm-2", number="1")
    cloud.drain()
    found(cloud)
    traits = {"first_name": "William", "dob": "1981-02-21"}
    identify(cloud, "shop-3", last_name="King", zip="SW1Y4LB", email="king@example.org", **traits)
    cloud.drain()

    assert 2 == len(get(cloud, "/v1/duplicates")["data"])


def test_event_that_comes_again_after_a_merge_makes_no_second_mail(cloud: LocalCloud) -> None:
    """Its row was lost with the container; its message is the one that was planned before."""
    open_shop(cloud)
    one, other = who(cloud, "crm-1")["id"], who(cloud, "shop-1")["id"]
    order(cloud, "crm-1", number="1")
    cloud.drain()
    (lost,) = [entry for entry in get(cloud, f"/v1/profiles/{one}/timeline")["data"]
               if entry["name"] == "Order Completed"]  # fmt: skip
    lose(derived("main", lost["source"], lost["id"]))
    post(cloud, "/v1/profiles/merge", {"into": other, "from": one})
    order(cloud, "crm-1", number="1")
    cloud.drain()

    assert 1 == len(cloud.outbox.list(channel="email"))
