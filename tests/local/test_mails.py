"""The mails that leave, as a mail program reads them: by the standard library alone."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, order, post

HTML = """<!doctype html>
<html><head><title>Never seen</title><style>p { color: red }</style></head><body>
<h1>Thank you, {{ profile.first_name }}!</h1>
<p>Your order is <strong>on its&nbsp;way</strong>.</p>
<ul><li>Tea &amp; cups</li><li>Bread</li></ul>
<p><a href="https://shop.example.org/orders?a=1&amp;b=2">Follow it</a>
or <a href="mailto:care@example.org">write to us</a>.</p>
</body></html>"""
TARGET = "https://shop.example.org/orders?a=1&b=2"
# Every word of the page, none of its markup, and where each link leads.
TEXT = """Thank you, Zoë!

Your order is on its way.

- Tea & cups
- Bread

Follow it (https://shop.example.org/orders?a=1&b=2) or write to us
(care@example.org)."""
LINK = re.compile(r'(?:href|src)="(http[^"]+)"')


@dataclass(frozen=True)
class Sent:
    """One mail that left, read by the standard library, and the message it belongs to."""

    cloud: LocalCloud
    mail: EmailMessage
    message_id: str
    topic: str | None

    def part(self, kind: str) -> str:
        """Give the text of the part of this kind."""
        found = self.mail.get_body((kind,))
        assert found is not None
        return str(found.get_content())

    def links(self) -> list[str]:
        """Give the path of each web address in the HTML, in their order."""
        found = [urlsplit(unescape(link)) for link in LINK.findall(self.part("html"))]
        assert {"127.0.0.1:8080"} == {link.netloc for link in found}
        return [link.path for link in found]

    def engagement(self) -> tuple[bool, bool]:
        """Tell whether the message counts as opened and as clicked."""
        self.cloud.drain()
        found = get(self.cloud, f"/v1/messages/{self.message_id}")
        return found["opened_at"] is not None, found["clicked_at"] is not None


@pytest.fixture(params=["campaign", "campaign, news", "message", "message, news"])
def sent(request: pytest.FixtureRequest) -> Iterator[Sent]:
    """Send one mail by a triggered campaign or by `POST /v1/messages`, with a topic or without."""
    origin, _, named = str(request.param).partition(", ")
    topic = named or None
    with LocalCloud() as cloud:
        template = {"name": "thanks", "subject": "Grüße an {{ profile.first_name }}", "html": HTML}
        post(cloud, "/v1/templates", template | {"activate": True})
        identify(cloud, "zoe", email="zoe@example.org", first_name="Zoë")
        cloud.drain()
        person = get(cloud, "/v1/profiles?identifier=external_id:zoe")["id"]
        consent = {"channel": "email", "topic": "news", "status": "granted"}
        post(cloud, f"/v1/profiles/{person}/consents", consent)
        send(cloud, origin, topic=topic, person=person)
        (letter,) = cloud.outbox.letters.values()
        mail = email.message_from_bytes(letter.raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        yield Sent(cloud, mail, letter.tags["signet_msg"], topic)


def send(cloud: LocalCloud, origin: str, *, topic: str | None, person: str) -> None:
    """Let one mail leave."""
    about: dict[str, Any] = {"template": "thanks", "topic": topic}
    if origin == "message":
        post(cloud, "/v1/messages", about | {"to": {"profile_id": person}})
    else:
        draft = {"name": "Thanks", "kind": "triggered", "on": {"event": "Order Completed"}}
        campaign = post(cloud, "/v1/campaigns", draft | about)
        post(cloud, f"/v1/campaigns/{campaign['id']}/launch", {})
        order(cloud, "zoe", number="1")
    cloud.drain()


def test_mail_parses_without_a_defect(sent: Sent) -> None:
    """Two parts that say the same, each header once, and nothing the parser has to guess."""
    parts = list(sent.mail.walk())

    assert [] == [defect for part in parts for defect in part.defects]
    assert ["multipart/alternative", "text/plain", "text/html"] == [
        part.get_content_type() for part in parts
    ]
    assert ("zoe@example.org", "Grüße an Zoë") == (sent.mail["To"], sent.mail["Subject"])
    assert "hello@example.org" == sent.mail["From"].addresses[0].addr_spec
    assert f"<{sent.message_id}@example.org>" == sent.mail["Message-ID"]
    assert sent.mail["Date"].datetime.tzinfo is not None
    names = [name.lower() for name in sent.mail]
    assert len(names) == len(set(names))


def test_text_part_reads_well(sent: Sent) -> None:
    """Who reads plain text gets every word, and no trace of the page's markup."""
    assert TEXT == sent.part("plain").replace("\r\n", "\n").rstrip()


def test_lines_are_as_short_as_mail_demands(sent: Sent) -> None:
    """No line passes 998 bytes, none is bare, and all of it is ASCII on the way."""
    raw = sent.cloud.outbox.get(next(iter(sent.cloud.outbox.letters))).raw

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")


def test_links_lead_on_and_count_when_they_are_followed(sent: Sent) -> None:
    """The link of the page and the picture at its end are ours, and say what was done."""
    click, picture = sent.links()
    followed = sent.cloud.http("GET", click)
    clicked = sent.engagement()
    shown = sent.cloud.http("GET", picture)

    assert (302, TARGET) == (followed.status, followed.header("location"))
    assert (200, "image/gif") == (shown.status, shown.header("content-type"))
    assert (True, True) == clicked == sent.engagement()


def test_picture_counts_as_opened_only(sent: Sent) -> None:
    """Who looks has not clicked."""
    sent.cloud.http("GET", sent.links()[1])

    assert (True, False) == sent.engagement()


def test_links_count_nothing_when_one_letter_is_altered(sent: Sent) -> None:
    """A signature covers every letter of a link: nobody else can make one, or change one."""
    answers = [
        sent.cloud.http("GET", altered(link, place))
        for link in sent.links()
        for place in range(len("/t/c/"), len(link), 7)
    ]

    assert len(answers) > 20
    assert {404} == {answer.status for answer in answers}
    assert (False, False) == sent.engagement()


def altered(link: str, place: int) -> str:
    """Put another letter at one place of a link."""
    other = "A" if link[place] != "A" else "B"
    return link[:place] + other + link[place + 1 :]


def test_unsubscribe_headers_stand_in_mails_with_a_topic_only(sent: Sent) -> None:
    """A topic can be left with one click (RFC 8058); there is nothing to leave without one."""
    one_click = sent.mail["List-Unsubscribe-Post"]
    link = (sent.mail["List-Unsubscribe"] or "").strip("<>")

    assert ("List-Unsubscribe=One-Click" if sent.topic else None) == one_click
    assert bool(sent.topic) == link.startswith("http://127.0.0.1:8080/u/")
    assert bool(sent.topic) == bool(link)
