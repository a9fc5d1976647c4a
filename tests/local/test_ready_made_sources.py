"""Every ready-made source from its sample, through its signature, to the timeline of a person."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from infra.local.cloud import LocalCloud
from infra.local.payload import Response
from signet.adapters import certificates
from signet.usecases import ready_made
from tests.local import arriving
from tests.local.arriving import SAMPLES, SIGNERS, Arriving
from tests.local.hostile import ask
from tests.local.journey import get
from tests.signers import CERTIFICATE, Notifier

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
WAYS = {one.name: one for one in ready_made.catalogue() if one.arrives == "http"}
LIVE = "Signature"


@dataclass(frozen=True)
class Expected:
    """What must come of a sample."""

    identifier: str
    events: tuple[str, ...]
    ids: tuple[str, ...]
    status: int = 202
    feedback: str = ""


HUBSPOT = (
    "7391042:88001:902114455:60210733:1772366400000",
    "7391042:88002:902114456:60210733:1772366401000",
)
SMS = "SM7be24c9051d8f36a40e7b92c15f8d063"
SENT = "SMe10f4a7d93b25c68e8a1d07f64c3b952"
EXPECTED = {
    "hubspot": Expected("external_id:hubspot:7391042:60210733",
                        ("contact.propertyChange", "object.propertyChange"), HUBSPOT),
    "typeform": Expected("external_id:ada-1815", ("Form sent",), ("01KJMB4V8Q0ZT5W2YXN7RDHC3F",),
                         feedback="Lovely, but the parcel was late."),
    "web_form": Expected("email:ada@example.org", ("Form sent",), (), status=303,
                         feedback="When will the blue one be back?"),
    "twilio_sms": Expected("phone:+447700900123", ("SMS received",), (SMS,), status=200,
                           feedback="Stop"),
    "twilio_status": Expected("phone:+447700900123", ("SMS delivered",), (f"{SENT}:delivered",),
                              status=200),
    "social_webhook": Expected(
        "external_id:mastodon:@ada@social.example", ("Mentioned",),
        ("https://listening.example.org/feeds/7:mention-20260301-0042",),
        feedback="The new @shop is a joy ☂"),
    "meta_comments": Expected("external_id:instagram:58291046630", ("Commented",),
                              ("84410926637502915",), feedback="Is there a blue one?"),
    "standard_webhooks": Expected("external_id:ada-1815", ("invoice.paid",),
                                  ("msg_5Tq0WcN8rYb2HxK7uZdV3pGmJ1s",)),
    "sns": Expected("external_id:ada-1815", ("Parcel handed over",),
                    ("4e0c7a51-3b9d-4f62-8a17-d05b6c93e2f8",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def notifier() -> Notifier:
    """Give a notification service."""
    return Notifier()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, notifier: Notifier) -> Iterator[LocalCloud]:
    """Give a local cloud on the day of the samples, and the only host it may fetch from."""

    def fetched(url: str) -> tuple[int, bytes]:
        return (200, notifier.certificate) if url == CERTIFICATE else (404, b"")

    monkeypatch.setattr(certificates, "fetched", fetched)
    with LocalCloud(frozen=True) as running:
        running.clock.set(NOW)
        yield running


def test_every_ready_made_source_of_http_has_its_sample_and_its_end() -> None:
    """A file without a test is a promise without a proof."""
    samples = {path.stem for path in SAMPLES.glob("*.json")}

    assert set(EXPECTED) == samples == set(WAYS)
    for name in samples:
        draft, call = WAYS[name].draft, arriving.read(name)
        shown = WAYS[name].sample
        form = "form" in call.headers["content-type"]
        assert form or json.loads(call.body) == shown, name
        assert not form or arriving.parse_qsl(call.body.decode(), keep_blank_values=True) == [
            *(shown.items() if isinstance(shown, dict) else ())
        ]
        signature = draft.get("signature", {})
        keyed = isinstance(signature, dict) and signature.get("scheme", "sns") != "sns"
        assert keyed == (name in SIGNERS) == ("signature.secrets" in WAYS[name].needs), name


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_reaches_the_timeline_once_and_forgeries_never(
    cloud: LocalCloud, notifier: Notifier, name: str
) -> None:
    """Sent three times it is there once; altered, forged and unsigned ones leave nothing."""
    wanted = EXPECTED[name]
    made = ask(cloud, "PUT", f"/v1/sources/{name}", arriving.draft_of(name))
    assert 201 == made.status, made.text
    for forged in _forgeries(name, notifier):
        assert 401 == forged.send(cloud).status, forged
    call = arriving.sent(name, at=NOW, notifier=notifier)
    answers = [call.send(cloud) for _ in range(3)]
    cloud.drain()
    profile = get(cloud, f"/v1/profiles?identifier={quote(wanted.identifier, safe=':')}")
    rows = get(cloud, f"/v1/profiles/{profile['id']}/timeline")["data"]

    assert [wanted.status] * 3 == [answer.status for answer in answers], answers[0].text
    assert sorted(wanted.events) == sorted(row["name"] for row in rows)
    assert {f"source:{name}"} == {row["source"] for row in rows}
    assert not wanted.ids or set(wanted.ids) == {row["id"] for row in rows}
    assert 1 == len(get(cloud, "/v1/profiles")["data"])


def _forgeries(name: str, notifier: Notifier) -> Iterator[Arriving]:
    """Give calls that the sender never made."""
    good = arriving.sent(name, at=NOW, notifier=notifier)
    if name == "sns":
        yield good.altered(b"handed over", b"handed ove2")
        yield good.altered(b"sns.eu-central-1.amazonaws.com/Simple", b"evil.example/Simple")
        yield arriving.sent(name, at=NOW, notifier=Notifier())
        yield arriving.read(name)
    if name not in SIGNERS:
        return
    yield good.altered(good.body[-9:], good.body[-9:].swapcase() + b" ")
    yield arriving.read(name)
    yield good.under(**dict.fromkeys((key for key in good.headers if "signature" in key), ""))
    other = "whsec_" + "b3RoZXIga2V5" if name == "standard_webhooks" else "Another-Secret"
    yield arriving.sent(name, at=NOW, notifier=notifier, secret=other)
    if any("timestamp" in key for key in good.headers):
        late = NOW.replace(minute=30)
        yield arriving.sent(name, at=late, notifier=notifier)


@pytest.mark.parametrize("name", [name for name, one in EXPECTED.items() if one.feedback])
def test_what_was_said_travels_with_the_event(
    cloud: LocalCloud, notifier: Notifier, name: str
) -> None:
    """The words of a form, an SMS, a comment are where feedback is read."""
    body = {"samples": [WAYS[name].sample]}
    ask(cloud, "PUT", f"/v1/sources/{name}", arriving.draft_of(name))
    (result,) = ask(cloud, "POST", f"/v1/sources/{name}/dry-run", body).json()["results"]

    assert EXPECTED[name].feedback == result["events"][0]["context"]["feedback"]["text"]


def test_form_of_another_page_is_refused_and_a_machine_is_thanked(
    cloud: LocalCloud, notifier: Notifier
) -> None:
    """CORS lets browsers ask; the source says whom it hears; the trap tells nobody."""
    ask(cloud, "PUT", "/v1/sources/web_form", arriving.draft_of("web_form"))
    call = arriving.read("web_form")
    others = [call.under(origin=origin) for origin in ("https://evil.example", "null", "")]
    trapped = call.altered(b"website=", b"website=https%3A%2F%2Fspam.example")
    wants_json = call.under(accept="application/json")

    assert [403] * 3 == [one.send(cloud).status for one in others]
    assert "/u/thanks" == _thanked(trapped.send(cloud))
    cloud.drain()
    assert [] == get(cloud, "/v1/profiles")["data"]
    assert 202 == wants_json.send(cloud).status
    assert "/u/thanks" == _thanked(call.send(cloud))
    headers = {"origin": "https://shop.example.org", "access-control-request-method": "POST"}
    preflight = cloud.http("OPTIONS", "/v1/sources/web_form", headers=headers)
    assert (204, "*") == (preflight.status, preflight.header("access-control-allow-origin"))


def _thanked(answer: Response) -> str:
    assert 303 == answer.status
    return answer.header("location")


def test_telephone_service_is_told_to_do_nothing(cloud: LocalCloud, notifier: Notifier) -> None:
    """An answer that is no TwiML would be read out, or counted as an error."""
    ask(cloud, "PUT", "/v1/sources/twilio_sms", arriving.draft_of("twilio_sms"))
    answer = arriving.sent("twilio_sms", at=NOW, notifier=notifier).send(cloud)
    cloud.drain()
    profile = get(cloud, "/v1/profiles?identifier=phone:%2B447700900123")
    (row,) = get(cloud, f"/v1/profiles/{profile['id']}/timeline")["data"]

    assert (200, "<Response/>") == (answer.status, answer.text)
    assert answer.header("content-type").startswith("text/xml")
    assert "STOP" == row["properties"]["OptOutType"]
