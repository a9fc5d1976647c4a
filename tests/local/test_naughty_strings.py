"""Whatever people call themselves arrives as it was sent: profile, mail and page."""

import email
import email.policy
import html
import json
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import WRITE, get, post

BLNS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "blns" / "blns.json"


def _strings() -> list[str]:
    if not BLNS.exists():
        pytest.skip("the corpus blns is not beside the repository")
    found: list[str] = json.loads(BLNS.read_text("utf-8"))
    return found


def test_naughty_strings_come_back_unchanged_from_profile_and_mail() -> None:
    """Each of the 515 strings is stored, rendered and shown as it was sent, or refused by name."""
    strings = _strings()
    with LocalCloud() as cloud:
        _open(cloud)
        calls = [call for number, text in enumerate(strings) for call in _calls(number, text)]
        for start in range(0, len(calls), 100):
            answer = cloud.http(
                "POST", "/v1/batch", headers=WRITE,
                body=json.dumps({"batch": calls[start : start + 100]}).encode(),
            )  # fmt: skip
            assert (200, {"success": True}) == (answer.status, answer.json())
        cloud.drain()
        mails = {mail["to"]: mail["id"] for mail in cloud.outbox.list()}

        for number, text in enumerate(strings):
            profile = get(cloud, f"/v1/profiles?identifier=external_id:u{number}")
            assert text == profile["traits"]["first_name"], number
            assert text == _said(cloud, mails[f"u{number}@example.org"]), number


def _open(cloud: LocalCloud) -> None:
    post(
        cloud,
        "/v1/templates",
        {"name": "name", "subject": "Hello", "text": "<{{ event.properties.word }}>",
         "html": "<p>{{ event.properties.word }}</p>", "activate": True},
    )  # fmt: skip
    draft = {"name": "n", "kind": "triggered", "on": {"event": "said"}, "template": "name"}
    campaign = post(cloud, "/v1/campaigns", {**draft, "channel": "email"})
    post(cloud, f"/v1/campaigns/{campaign['id']}/launch", {})


def _calls(number: int, text: str) -> list[dict[str, object]]:
    user = f"u{number}"
    traits = {"first_name": text, "email": f"{user}@example.org"}
    said = {"event": "said", "properties": {"word": text}}
    return [
        {"type": "identify", "userId": user, "messageId": f"i{number}", "traits": traits},
        {"type": "track", "userId": user, "messageId": f"t{number}", **said},
    ]


def _said(cloud: LocalCloud, ident: str) -> str:
    """Give the word as the mail's parts have it; both must say the same."""
    raw = cloud.outbox.get(ident).raw
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    text = parsed.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    page = parsed.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    shown = page.partition("<p>")[2].partition("</p>")[0]
    word = text.replace("\r\n", "\n").rstrip("\n")[1:-1]
    assert html.unescape(shown).replace("\r\n", "\n") == word
    return word
