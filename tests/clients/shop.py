"""A shop with one triggered campaign, behind a real port, and what must be true afterwards."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.local.cloud import LocalCloud
from infra.local.server import Server

OWNER = {"authorization": "Bearer local-owner"}
ORDER = "Order Completed"
TEMPLATE = {
    "name": "thanks",
    "subject": "Thank you, {{ profile.first_name }}",
    "html": "<p>Dear {{ profile.first_name }}, we have your order.</p>",
    "activate": True,
}


@dataclass
class Shop:
    """A served local cloud with a launched campaign."""

    cloud: LocalCloud
    server: Server

    @property
    def url(self) -> str:
        """Where clients send their calls."""
        return f"http://127.0.0.1:{self.server.port}"

    def ask(self, method: str, path: str, body: object = b"") -> Any:
        """Ask as the owner and give the answer's JSON."""
        answer = self.cloud.http(method, path, headers=OWNER, body=body)
        assert 200 <= answer.status < 300, (path, answer.status, answer.text)
        return json.loads(answer.body)

    def launch(self, event: str) -> None:
        """Launch a campaign that thanks for each event of a name."""
        draft = {"name": event, "kind": "triggered", "on": {"event": event}, "template": "thanks"}
        campaign = self.ask("POST", "/v1/campaigns", draft)
        self.ask("POST", f"/v1/campaigns/{campaign['id']}/launch", {})

    def mails(self, group: str) -> Counter[str]:
        """Count the mails to each address of a group of people."""
        letters = self.cloud.outbox.letters.values()
        return Counter(a for letter in letters for a in letter.to if a.startswith(f"{group}-"))

    def people(self, group: str) -> Counter[str]:
        """Count the profiles of each external id of a group, through the API's listing."""
        found: Counter[str] = Counter()
        cursor = ""
        while True:
            page = self.ask("GET", f"/v1/profiles?limit=100{cursor}")
            found.update(i for p in page["data"] for i in p["identifiers"].get("external_id", ()))
            if page["next_cursor"] is None:
                return Counter({k: n for k, n in found.items() if k.startswith(f"{group}-")})
            cursor = f"&cursor={page['next_cursor']}"


@contextmanager
def opened() -> Iterator[Shop]:
    """Serve a shop on a free port."""
    with LocalCloud() as cloud:
        server = Server(cloud, port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            shop = Shop(cloud, server)
            shop.ask("POST", "/v1/templates", TEMPLATE)
            shop.launch(ORDER)
            yield shop
        finally:
            server.stop()
            thread.join()


def names(group: str, count: int) -> list[str]:
    """Name the people of a group."""
    return [f"{group}-{number}" for number in range(count)]


def assert_once(shop: Shop, group: str, count: int) -> None:
    """Demand that every person has one profile and got one mail, and nobody else did."""
    shop.cloud.drain()
    expected = names(group, count)

    assert Counter(expected) == shop.people(group)
    assert Counter(f"{name}@example.org" for name in expected) == shop.mails(group)
