"""What the tests of bad inputs share: a running shop, and a way to ask that allows no 5xx."""

import json
from typing import Any

from infra.local.cloud import LocalCloud
from infra.local.payload import Response
from tests.local.journey import OWNER, WRITE, get, identify, open_shop, order, post

OTHER = OWNER | {"authorization": "Bearer local-other-owner"}
STRICT = (
    ("POST", "/v1/events"),
    ("POST", "/v1/sources/shop"),
    ("POST", "/v1/messages"),
    ("POST", "/v1/suppressions"),
    ("DELETE", "/v1/suppressions"),
    ("POST", "/v1/profiles/p1/consents"),
    ("PATCH", "/v1/profiles/p1"),
    ("POST", "/v1/campaigns"),
    ("POST", "/v1/dead-letters/redrive"),
    ("POST", "/v1/quarantine/replay"),
    ("PUT", "/v1/sources/shop"),
    ("POST", "/v1/sources/dry-run"),
    ("POST", "/v1/sources/shop/dry-run"),
    ("POST", "/v1/templates"),
    ("PUT", "/v1/templates/thanks"),
)
TRACKING = (("POST", "/v1/track"), ("POST", "/v1/batch"), ("POST", "/v1/import"))


def ask(cloud: LocalCloud, method: str, path: str, *body: Any, **headers: Any) -> Response:
    """
    Ask as the owner, or with the write key on tracking paths; no answer is a 5xx or a trace.

    Args:
        cloud: Whom to ask.
        method: GET, POST and so on.
        path: Path and query.
        body: Nothing, bytes as they are, or anything else as JSON.
        headers: Further ones, with underscores for dashes.
    """
    given = WRITE if (method, path) in TRACKING else OWNER
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    (content,) = body or (b"",)
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = cloud.http(method, path, headers=given | more, body=raw)
    assert answer.status < 500, (method, path[:80], answer.status, answer.text[:200])
    assert b"Traceback" not in answer.body, (method, path[:80])
    return answer


def faults(answer: Response) -> set[str]:
    """Give the names of the fields that an answer complains about."""
    return {fault["field"] for fault in answer.json().get("errors", [])}


def open_for_all(cloud: LocalCloud) -> dict[str, str]:
    """Let Ada order three times, Bob come by and two calls be bad; give the ids that came of it."""
    campaign = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    identify(cloud, "bob", email="bob@example.org", first_name="Bob")
    for number in ("1", "2", "3"):
        order(cloud, "ada", number=number)
    ask(cloud, "PUT", "/v1/sources/shop", {"kind": "crm"})
    post(cloud, "/v1/batch", {"batch": [{"userId": "ada"}, {"userId": "bob"}]}, headers=WRITE)
    cloud.drain()
    message = get(cloud, f"/v1/messages?campaign_id={campaign}")["data"][0]["id"]
    return {
        "campaign_id": campaign,
        "profile_id": profile_id(cloud, "ada"),
        "message_id": str(message),
        "name": "thanks",
        "source": "shop",
        "item": str(get(cloud, "/v1/quarantine")["data"][0]["id"]),
        "n": "1",
    }


def profile_id(cloud: LocalCloud, user: str) -> str:
    """Give the profile of a client's own id."""
    return str(get(cloud, f"/v1/profiles?identifier=external_id:{user}")["id"])
