"""A small company on the local cloud: a template, a campaign, and people who act."""

import base64
import json
from typing import Any

from infra.local.cloud import LocalCloud

OWNER = {"authorization": "Bearer local-owner", "content-type": "application/json"}
WRITE = {
    "authorization": "Basic " + base64.b64encode(b"demo:").decode(),
    "content-type": "application/json",
}
HTML = (
    "<html><body><p>Hello {{ profile.first_name }}, your order of "
    '{{ event.properties.total }} is on its way.</p><p><a href="https://shop.example.org/orders">'
    "See it</a></p></body></html>"
)


def post(cloud: LocalCloud, path: str, body: Any, *, headers: dict[str, str] | None = None) -> Any:
    """Post JSON as the owner and give the answer, which must be a 2xx."""
    answer = cloud.http("POST", path, headers=headers or OWNER, body=json.dumps(body).encode())
    assert 200 <= answer.status < 300, (path, answer.status, answer.text)
    return answer.json() if answer.body else {}


def get(cloud: LocalCloud, path: str, headers: dict[str, str] | None = None) -> Any:
    """Get JSON as the owner."""
    answer = cloud.http("GET", path, headers=headers or OWNER)
    assert answer.status == 200, (path, answer.status, answer.text)
    return answer.json()


def open_shop(cloud: LocalCloud, *, topic: str | None = None) -> str:
    """Make the template `thanks` and launch a campaign on "Order Completed"; give its id."""
    post(
        cloud,
        "/v1/templates",
        {"name": "thanks", "subject": "Thank you, {{ profile.first_name }}", "html": HTML,
         "activate": True},
    )  # fmt: skip
    campaign = post(
        cloud,
        "/v1/campaigns",
        {"name": "Thank you", "kind": "triggered", "on": {"event": "Order Completed"},
         "template": "thanks", "channel": "email", "topic": topic},
    )  # fmt: skip
    post(cloud, f"/v1/campaigns/{campaign['id']}/launch", {})
    return str(campaign["id"])


def identify(cloud: LocalCloud, user: str, **traits: Any) -> None:
    """Send one identify call."""
    post(
        cloud,
        "/v1/identify",
        {"userId": user, "messageId": f"i-{user}", "traits": traits},
        headers=WRITE,
    )


def order(cloud: LocalCloud, user: str, *, number: str, total: float = 42) -> None:
    """Send one "Order Completed"."""
    body = {
        "userId": user,
        "event": "Order Completed",
        "messageId": f"o-{number}",
        "timestamp": cloud.clock.now().isoformat(),
        "properties": {"total": total, "order_id": number},
    }
    post(cloud, "/v1/track", body, headers=WRITE)
