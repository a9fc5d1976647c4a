"""A suppression on the local cloud, from the call to the skipped message and the account's list."""

import json
from collections.abc import Iterator

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import OWNER, get, identify, open_shop, order, post

ADDRESS = "Ada+Shop@example.org"


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Open a shop in which Ada is known by an address with a tag."""
    with LocalCloud() as running:
        open_shop(running)
        identify(running, "ada", email=ADDRESS, first_name="Ada")
        running.drain()
        yield running


def statuses(cloud: LocalCloud) -> set[tuple[str, str]]:
    """Give what became of Ada's messages."""
    profile = get(cloud, "/v1/profiles?identifier=external_id:ada")["id"]
    rows = get(cloud, f"/v1/messages?profile_id={profile}")["data"]
    return {(row["status"], row["reason"]) for row in rows}


def test_a_suppression_holds_for_every_spelling_until_it_is_lifted(cloud: LocalCloud) -> None:
    """The provider's list follows; a fault of its own is nobody's."""
    post(cloud, "/v1/suppressions", {"address": "ada@example.org", "scope": "channel"})
    order(cloud, "ada", number="1")
    cloud.drain()
    skipped, listed = statuses(cloud), dict(cloud.ses.suppressed)
    shown = get(cloud, "/v1/suppressions")["data"]
    cloud.set_fault(lambda service, _: 503 if service == "sesv2" else None)
    gone = cloud.http("DELETE", "/v1/suppressions", headers=OWNER,
                      body=json.dumps({"address": "ADA@example.org"}).encode())  # fmt: skip
    cloud.drain()
    cloud.set_fault(None)
    order(cloud, "ada", number="2")
    cloud.drain()

    assert {("skipped", "suppressed:manual")} == skipped
    assert {"ada@example.org": "BOUNCE"} == listed == cloud.ses.suppressed
    assert [("channel", "email", "manual", None)] == [
        (one["scope"], one["channel"], one["reason"], one["topic"]) for one in shown
    ]
    assert 204 == gone.status
    assert {("skipped", "suppressed:manual"), ("delivered", "")} == statuses(cloud)
    assert [] == get(cloud, "/v1/dead-letters")["data"]
