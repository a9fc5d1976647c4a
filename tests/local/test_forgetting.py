"""A policy lets decision records end, on the local cloud: the daily duty finds them by the lake."""

import json
from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from tests.local.journey import OWNER, get, identify, open_shop, order


def delivered(cloud: LocalCloud, campaign: str) -> dict[str, Any]:
    """Give the only message of a campaign, which was delivered."""
    brief = get(cloud, f"/v1/messages?campaign_id={campaign}")["data"][0]
    assert "delivered" == brief["status"]
    found: dict[str, Any] = get(cloud, f"/v1/messages/{brief['id']}")
    return found


def test_decision_record_ends_a_month_after_the_message_has_moved_last() -> None:
    """Status and moments stay, and the message is counted as it was."""
    with LocalCloud() as cloud:
        campaign = open_shop(cloud)
        identify(cloud, "ada", email="ada@example.org", first_name="Ada")
        cloud.drain()
        order(cloud, "ada", number="1")
        cloud.drain()
        before, report = delivered(cloud, campaign), get(cloud, f"/v1/campaigns/{campaign}/report")
        policy = json.dumps({"keep_decisions": "P30D"}).encode()
        written = cloud.http("PUT", "/v1/policy", headers=OWNER, body=policy)
        cloud.advance(timedelta(days=29))
        cloud.drain()
        young = delivered(cloud, campaign)
        cloud.advance(timedelta(days=3))
        cloud.drain()
        old = delivered(cloud, campaign)

        assert 200 == written.status
        assert before["decision_record"] == young["decision_record"] != []
        assert [] == old["decision_record"]
        assert before["transitions"] == old["transitions"]
        assert report == get(cloud, f"/v1/campaigns/{campaign}/report")
