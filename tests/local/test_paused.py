"""A campaign that is paused loses nothing: neither what was planned nor what happens meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, open_shop, order, post


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Run a cloud that nobody has used."""
    with LocalCloud() as running:
        yield running


def test_orders_of_a_paused_campaign_are_answered_when_it_is_resumed(cloud: LocalCloud) -> None:
    """Nobody is written to while it is paused, and everybody once when it goes on."""
    campaign = open_shop(cloud)
    for user in ("ada", "ben"):
        identify(cloud, user, email=f"{user}@example.org", first_name=user.title())
    order(cloud, "ada", number="1")
    post(cloud, f"/v1/campaigns/{campaign}/pause", {})
    order(cloud, "ben", number="2")
    cloud.drain()
    cloud.advance(timedelta(hours=5))

    statuses = get(cloud, f"/v1/campaigns/{campaign}/report")["statuses"]
    assert ([], 2) == (list(cloud.outbox.letters), statuses["held"])

    post(cloud, f"/v1/campaigns/{campaign}/resume", {})
    cloud.drain()
    post(cloud, f"/v1/campaigns/{campaign}/pause", {})
    post(cloud, f"/v1/campaigns/{campaign}/resume", {})
    cloud.drain()

    sent = sorted(letter.to[0] for letter in cloud.outbox.letters.values())
    assert ["ada@example.org", "ben@example.org"] == sent


def test_a_cancelled_campaign_hears_nothing(cloud: LocalCloud) -> None:
    """What happens after the end of a campaign is an event like any other."""
    campaign = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    post(cloud, f"/v1/campaigns/{campaign}/cancel", {})
    order(cloud, "ada", number="1")
    cloud.drain()

    report = get(cloud, f"/v1/campaigns/{campaign}/report")
    assert (0, []) == (report["messages"], list(cloud.outbox.letters))
