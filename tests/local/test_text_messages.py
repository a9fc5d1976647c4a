"""Text messages as Twilio hands them over: obeyed, and shown to whoever has to read them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest

from infra.local.cloud import LocalCloud
from tests.local import arriving
from tests.local.hostile import ask
from tests.local.journey import get
from tests.signers import twilio

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud with Twilio's number registered."""
    with LocalCloud(frozen=True) as running:
        running.clock.set(NOW)
        ask(running, "PUT", "/v1/sources/twilio_sms", arriving.draft_of("twilio_sms"))
        yield running


def text(cloud: LocalCloud, body: str) -> None:
    """Let Ada's telephone send a text, signed as Twilio signs."""
    call = arriving.read("twilio_sms")
    fields = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    fields |= {"Body": body, "MessageSid": f"SM{abs(hash(body)):032d}"[:34], "OptOutType": ""}
    call = replace(call, body=urlencode(fields).encode())
    signed = call.under(**twilio(arriving.SECRET, call.url, fields))
    assert 200 == signed.send(cloud).status
    cloud.drain()


def suppressed(cloud: LocalCloud) -> list[tuple[str, str, str]]:
    """Give channel, scope and reason of every suppression."""
    rows = get(cloud, "/v1/suppressions")["data"]
    return [(row["channel"], row["scope"], row["reason"]) for row in rows]


def test_stop_suppresses_and_start_comes_back(cloud: LocalCloud) -> None:
    """The number is left in peace from the moment that the text has been read."""
    text(cloud, "Stop 🛑")
    assert [("sms", "channel", "keyword:STOP")] == suppressed(cloud)
    cloud.clock.set(NOW.replace(minute=5))

    text(cloud, "START")

    assert [] == suppressed(cloud)


def test_please_stop_suppresses_and_is_shown_to_a_person(cloud: LocalCloud) -> None:
    """Whoever reads feedback finds the request with its words and its person."""
    text(cloud, "Please stop texting me")

    assert [("sms", "channel", "asked")] == suppressed(cloud)
    (request,) = get(cloud, "/v1/feedback?topic=stop_request")["data"]
    profile = get(cloud, "/v1/profiles?identifier=phone:%2B447700900123")
    assert ("Please stop texting me", "sms", profile["id"]) == (
        request["text"], request["kind"], request["profile_id"],
    )  # fmt: skip
