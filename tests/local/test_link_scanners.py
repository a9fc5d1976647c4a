"""Programs that follow every link of a mail: nobody is unsubscribed, and no consent changes."""

import email
import email.policy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlencode, urlsplit

import boto3
import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, post

HTML = """<p>Hello {{ profile.first_name }}, <a href="https://shop.example.org/new">see</a>.</p>
<p><a href="{{ unsubscribe_url }}">Unsubscribe</a>
or <a href="{{ preferences_url }}">choose</a>.</p>"""
TEXT = "See https://shop.example.org/new\n{{ unsubscribe_url }}\n{{ preferences_url }}"
ADDRESS = re.compile(r"https?://[^\s<>\"')]+")
OURS = "127.0.0.1:8080"
MESSAGE = {"template": "news", "topic": "news"}
# Who looks at links before a person does: prefetching browsers, scanners, previews.
AGENTS: dict[str, dict[str, str]] = {
    "nothing": {},
    "a browser": {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)", "accept": "text/html"},
    "purpose": {"purpose": "prefetch", "accept": "text/html"},
    "sec-purpose": {"sec-purpose": "prefetch;prerender", "sec-fetch-dest": "document"},
    "x-moz": {"x-moz": "prefetch"},
    "x-purpose": {"x-purpose": "preview"},
    "gpc": {"sec-gpc": "1", "accept": "text/html"},
    "Barracuda": {"user-agent": "BarracudaCentral/1.0"},
    "Proofpoint": {"user-agent": "Mozilla/5.0 (compatible; ProofpointURLDefense/1.0)"},
    "Outlook": {"user-agent": "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)"},
    "SafeLinks": {"user-agent": "Microsoft Office/16.0 (SafeLinks)"},
    "Google": {"user-agent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"},
    "Slack": {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    "curl": {"user-agent": "curl/8.5.0", "accept": "*/*"},
}


@dataclass(frozen=True)
class Received:
    """A marketing mail that was sent, and the cloud it came from."""

    cloud: LocalCloud
    mail: EmailMessage
    person: str

    def links(self) -> list[str]:
        """Give the path of every address of ours: in headers, HTML and text."""
        parts = [self.mail.get_body((kind,)) for kind in ("html", "plain")]
        texts = [str(value) for value in self.mail.values()]
        texts += [unescape(str(part.get_content())) for part in parts if part is not None]
        found = dict.fromkeys(link for text in texts for link in ADDRESS.findall(text))
        return [urlsplit(link).path for link in found if urlsplit(link).netloc == OURS]

    def link(self, kind: str) -> str:
        """Give the one link of a kind."""
        (found,) = [link for link in self.links() if link.startswith(kind)]
        return found

    def people(self) -> list[str]:
        """Give every row about people, consents and suppressions, byte for byte."""
        database = boto3.client("dynamodb")
        names = database.list_tables()["TableNames"]
        (name,) = [one for one in names if "profiles" in one.lower()]
        items = database.scan(TableName=name, ConsistentRead=True)["Items"]
        return sorted(json.dumps(item, sort_keys=True, default=repr) for item in items)


def mailed(cloud: LocalCloud, name: str) -> Received:
    """Let somebody who wants news get a mail about it."""
    address = f"{name}@example.org"
    identify(cloud, name, email=address, first_name=name.title())
    cloud.drain()
    person = str(get(cloud, f"/v1/profiles?identifier=external_id:{name}")["id"])
    consent = {"channel": "email", "topic": "news", "status": "granted"}
    post(cloud, f"/v1/profiles/{person}/consents", consent)
    post(cloud, "/v1/messages", MESSAGE | {"to": {"profile_id": person}})
    cloud.drain()
    (shown,) = cloud.outbox.list(channel="email", to=address)
    mail = email.message_from_bytes(cloud.outbox.get(shown["id"]).raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return Received(cloud, mail, person)


@pytest.fixture(scope="module")
def received() -> Iterator[Received]:
    """Let Ada, who wants news, get a mail."""
    with LocalCloud() as cloud:
        template = {"name": "news", "subject": "News", "html": HTML, "text": TEXT, "activate": True}
        post(cloud, "/v1/templates", template)
        yield mailed(cloud, "ada")


def test_the_mail_has_a_link_of_every_kind(received: Received) -> None:
    """What is fetched below is all that there is: header, button, choice, click, picture."""
    kinds = [link[:3] for link in received.links()]

    assert {"/u/", "/p/", "/t/"} == set(kinds)
    assert [1, 1, 2] == [kinds.count(kind) for kind in ("/u/", "/p/", "/t/")]
    header = received.mail["List-Unsubscribe"]
    assert f"<http://{OURS}{received.link('/u/')}>" == header


@pytest.mark.parametrize("agent", AGENTS)
def test_whoever_follows_every_link_changes_nothing(received: Received, agent: str) -> None:
    """GET and HEAD, by people and machines: the rows about people stay what they are."""
    before = received.people()
    assert any("withdrawn" not in row and "granted" in row for row in before)

    for link in received.links():
        wanted = 302 if link.startswith("/t/c/") else 200
        shown = received.cloud.http("GET", link, headers=AGENTS[agent])
        head = received.cloud.http("HEAD", link, headers=AGENTS[agent])
        assert [wanted, wanted] == [shown.status, head.status], link
        assert b"" == head.body
        assert shown.header("content-type") == head.header("content-type")
    received.cloud.drain()

    assert before == received.people()


def test_a_head_is_no_engagement(received: Received) -> None:
    """Whoever asks for the head alone has neither read nor clicked."""
    cloud = received.cloud
    sent = mailed(cloud, "bob")

    for link in sent.links():
        cloud.http("HEAD", link)
    cloud.drain()
    found = get(cloud, f"/v1/messages/{sent.mail['X-Message']}")

    assert (None, None) == (found["opened_at"], found["clicked_at"])


def test_a_person_who_sends_the_form_is_obeyed_by_the_next_mail(received: Received) -> None:
    """The same links do what they say when a person means it."""
    cloud = received.cloud
    sent = mailed(cloud, "cyd")
    form = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    fields = {"do": "pause", "shown": "email:news", "on": "email:news"}

    answer = cloud.http("POST", sent.link("/p/"), headers=form, body=urlencode(fields))
    again = post(cloud, "/v1/messages", MESSAGE | {"to": {"profile_id": sent.person}})
    cloud.drain()
    found = get(cloud, f"/v1/messages/{again['id']}")

    assert 200 == answer.status
    assert ("skipped", "paused_by_recipient") == (found["status"], found["reason"])
