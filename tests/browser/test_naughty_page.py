"""Naughty strings on a real page: shown as they were sent, and nothing of them runs."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from infra.local.cloud import LocalCloud
from tests.local.journey import WRITE, get, identify, post

HTML = "<ul>{% for word in event.properties.words %}<li>{{ word }}</li>{% endfor %}</ul>"


def test_every_string_is_shown_as_it_was_sent(
    cloud: LocalCloud, page: Page, corpora: Callable[[str], Path]
) -> None:
    """All 515 strings stand on the page of one mail, letter by letter, and no dialog opens."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    mail = _mailed(cloud, words)

    page.goto(f"{cloud.public_url}/view/{mail}.html")
    shown = page.eval_on_selector_all("li", "found => found.map(one => one.textContent)")

    assert [word.replace("\r\n", "\n").replace("\r", "\n") for word in words] == shown
    assert [] == dialogs


def _mailed(cloud: LocalCloud, words: list[str]) -> str:
    body = {"name": "list", "subject": "Words", "html": HTML, "text": "words", "activate": True}
    post(cloud, "/v1/templates", body)
    draft = {"name": "n", "kind": "triggered", "on": {"event": "said"}, "template": "list"}
    campaign = post(cloud, "/v1/campaigns", {**draft, "channel": "email"})
    post(cloud, f"/v1/campaigns/{campaign['id']}/launch", {})
    identify(cloud, "eve", email="eve@example.org")
    said = {"userId": "eve", "event": "said", "messageId": "w", "properties": {"words": words}}
    post(cloud, "/v1/track", said, headers=WRITE)
    cloud.drain()
    (mail,) = cloud.outbox.list(to="eve@example.org")
    assert get(cloud, "/v1/reports/overview")["messages"] >= 1
    return str(mail["id"])
