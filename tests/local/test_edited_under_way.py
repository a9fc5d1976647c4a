"""
Templates and campaigns edited while their messages are under way (bad input 58).

A message is written from the version that was pinned when it was planned, wherever it waits and
however often it is rendered. An edit makes a version that later messages use.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from infra.local.poll import QueueMapping
from signet.domain.waiting import LEASE, QUIET, SKEW
from tests.local.journey import OWNER, get, identify, order, post

ADA = "ada@example.org"
# Where messages wait in these tests, and what their rows say there.
WAITING = {
    "before render": "planned",
    "before deliver": "planned",
    "held": "held",
    "in doubt": "in_doubt",
}


def text(number: int) -> dict[str, Any]:
    """Give the text of a version, which names its number."""
    return {"subject": f"Version {number}", "text": f"Written from version {number}."}


@dataclass
class Shop:
    """A shop that sends by a campaign or by single messages."""

    cloud: LocalCloud
    origin: str
    campaign: str
    sent: int = 0

    def send(self) -> str:
        """Let one more message be planned; give its id."""
        self.sent += 1
        if self.origin == "message":
            body = {"template": "thanks", "to": {"external_id": "ada"}, "class": "assured"}
            found = post(self.cloud, "/v1/messages", body)["id"]
            self.cloud.drain()
            return str(found)
        order(self.cloud, "ada", number=f"{self.sent}")
        self.cloud.drain()
        rows = get(self.cloud, f"/v1/campaigns/{self.campaign}/recipients?limit=100")["data"]
        known = [self.message(row["message_id"]) for row in rows]
        return str(max(known, key=lambda one: str(one["planned_at"]))["id"])

    def launch(self) -> str:
        """Launch a campaign on orders with the template's active version; give its id."""
        draft = {"name": "Thanks", "on": {"event": "Order Completed"}, "template": "thanks",
                 "class": "assured"}  # fmt: skip
        made = str(post(self.cloud, "/v1/campaigns", draft)["id"])
        post(self.cloud, f"/v1/campaigns/{made}/launch", {})
        return made

    def edit(self, number: int) -> None:
        """Write the next version and make it the active one."""
        body = json.dumps(text(number)).encode()
        assert (
            200 == self.cloud.http("PUT", "/v1/templates/thanks", headers=OWNER, body=body).status
        )
        post(self.cloud, f"/v1/templates/thanks/versions/{number}/activate", {})

    def message(self, ident: str) -> dict[str, Any]:
        """Read a message."""
        return dict(get(self.cloud, f"/v1/messages/{ident}"))

    def texts(self) -> list[str]:
        """Give what the mails say, oldest first."""
        return [mail["text"].strip() for mail in reversed(self.cloud.outbox.list(to=ADA))]


@pytest.fixture(params=["campaign", "message"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Open a shop whose template has one version, the active one."""
    with LocalCloud() as cloud:
        post(cloud, "/v1/templates", {"name": "thanks", "activate": True, **text(1)})
        identify(cloud, "ada", email=ADA)
        cloud.drain()
        found = Shop(cloud, request.param, "")
        if request.param == "campaign":
            found.campaign = found.launch()
        yield found


def stop(shop: Shop, stage: str) -> Callable[[], None]:
    """Switch a stage off; what is given switches it on."""
    url = f"{stage.capitalize()}Queue"
    queues = [found for found in shop.cloud.wired.mappings if isinstance(found, QueueMapping)]
    (mapping,) = [found for found in queues if found.url.endswith(url)]
    mapping.enabled = False

    def on() -> None:
        mapping.enabled = True
        shop.cloud.drain()

    return on


def refuse(shop: Shop, status: int, later: timedelta) -> Callable[[], None]:
    """Let the provider answer with an error; what is given mends it and lets time pass."""
    shop.cloud.set_fault(lambda _, what: status if what == "SendEmail" else None)

    def mend() -> None:
        shop.cloud.set_fault(None)
        for _ in range(4):
            shop.cloud.advance(later)

    return mend


def wait(shop: Shop, place: str) -> Callable[[], None]:
    """Let messages wait at a place; what is given lets them go on."""
    if place == "held":
        return refuse(shop, 429, timedelta(minutes=1))
    if place == "in doubt":
        return refuse(shop, 503, LEASE + SKEW + QUIET["assured"])
    return stop(shop, place.removeprefix("before "))


@pytest.mark.parametrize("place", WAITING)
def test_message_is_written_from_the_version_it_was_planned_with(shop: Shop, place: str) -> None:
    """An edit that is active before the mail leaves changes nothing of it."""
    go_on = wait(shop, place)
    ident = shop.send()
    before = shop.message(ident)
    shop.edit(2)
    shop.edit(3)

    go_on()

    after = shop.message(ident)
    assert ("delivered", 1) == (after["status"], after["template_version"])
    assert ["Written from version 1."] == shop.texts()
    assert WAITING[place] == before["status"]
    assert before["body_hash"] in {"", after["body_hash"]}
    assert (place == "in doubt") == bool(after["epoch"])


@pytest.mark.parametrize("shop", ["message"], indirect=True)
def test_later_request_is_written_from_the_new_version(shop: Shop) -> None:
    """The two cross each other, and each arrives as it was meant."""
    go_on = stop(shop, "render")
    first = shop.send()
    shop.edit(2)
    second = shop.send()

    go_on()

    assert [1, 2] == [shop.message(one)["template_version"] for one in (first, second)]
    assert ["Written from version 1.", "Written from version 2."] == sorted(shop.texts())


@pytest.mark.parametrize("shop", ["campaign"], indirect=True)
def test_campaign_keeps_the_version_it_was_launched_with(shop: Shop) -> None:
    """What was approved for a campaign is what it sends; one that is launched later has the new."""
    go_on = stop(shop, "render")
    shop.send()
    shop.edit(2)
    later = shop.launch()
    shop.send()

    go_on()

    assert {1: 2, 2: 1} == {
        number: len(sent)
        for number, campaign in ((1, shop.campaign), (2, later))
        if {number} == set(sent := versions(shop, campaign))
    }
    assert [1, 1, 2] == sorted(int(one[-2]) for one in shop.texts())


def versions(shop: Shop, campaign: str) -> list[int]:
    """Give the template version of every message of a campaign."""
    rows = get(shop.cloud, f"/v1/campaigns/{campaign}/recipients")["data"]
    return [shop.message(row["message_id"])["template_version"] for row in rows]


@pytest.mark.parametrize("shop", ["campaign"], indirect=True)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_campaign_itself_cannot_be_rewritten(shop: Shop, method: str) -> None:
    """No door changes what a launched campaign sends: it is cancelled, and another is launched."""
    place = f"/v1/campaigns/{shop.campaign}"
    before = get(shop.cloud, place)
    body = json.dumps({"template": "other", "topic": "news"}).encode()

    answer = shop.cloud.http(method, place, headers=OWNER, body=body)

    assert 400 <= answer.status < 500
    assert before == get(shop.cloud, place)


@pytest.mark.parametrize("shop", ["campaign"], indirect=True)
def test_what_a_cancelled_campaign_has_under_way_is_not_sent_by_the_next(shop: Shop) -> None:
    """Who replaces a campaign cancels the old one: its waiting mails end, nobody gets both."""
    go_on = stop(shop, "deliver")
    first = shop.send()
    shop.edit(2)
    post(shop.cloud, f"/v1/campaigns/{shop.campaign}/cancel", {})
    shop.launch()
    order(shop.cloud, "ada", number="later")
    shop.cloud.drain()

    go_on()

    assert "cancelled" == shop.message(first)["status"]
    assert ["Written from version 2."] == shop.texts()
