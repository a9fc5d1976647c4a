"""Signatures of sources: what is signed is taken once, and what is not leaves nothing."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import signers
from tests.functions.ingest_world import NOW, Answer, World
from tests.signers import compact

KEY = "Shared-Secret-1"
NEXT = "Shared-Secret-2"
WHSEC = "whsec_" + base64.b64encode(b"twenty-four bytes of key").decode()
WHSEC_NEXT = "whsec_" + base64.b64encode(b"and of the next one, too").decode()
BODY = compact({"email": "ada@example.org", "says": "Grüße ☂", "id": "e1"})
FORM = {"From": "+447700900123", "Body": "Ja, gern ☂", "MessageSid": "SM1", "NumMedia": "0"}
URL = "https://api.example.org/v1/sources/it"
SLACK = {"scheme": "hmac", "header": "X-Slack-Signature", "prefix": "v0=",
         "content": "v0:{timestamp}:{body}",
         "timestamp_header": "X-Slack-Request-Timestamp"}  # fmt: skip
STRIPE = {"scheme": "hmac", "header": "Stripe-Signature", "signature_part": "v1",
          "timestamp_part": "t", "content": "{timestamp}.{body}"}  # fmt: skip
SHA1 = {"scheme": "hmac", "header": "X-Sig", "algorithm": "sha1", "encoding": "base64"}
FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}
JSON_TYPE = {"content-type": "application/json"}


def sha1(secret: str, body: bytes) -> dict[str, str]:
    """Sign with the oldest digest, in base64."""
    import hmac

    return {"x-sig": base64.b64encode(hmac.new(secret.encode(), body, "sha1").digest()).decode()}


def form(fields: dict[str, str]) -> bytes:
    """Write a form."""
    return urlencode(fields).encode()


Signed = Callable[[str, bytes], dict[str, str]]
SCHEMES: dict[str, tuple[dict[str, Any], Signed]] = {
    "typeform": ({"scheme": "typeform"}, signers.typeform),
    "x_hub_256": ({"scheme": "x_hub_256"}, signers.meta),
    "slack": (SLACK, lambda key, body: signers.slack(key, body, at=NOW)),
    "stripe": (STRIPE, lambda key, body: signers.stripe(key, body, at=NOW)),
    "sha1": (SHA1, sha1),
    "hubspot_v3": (
        {"scheme": "hubspot_v3"}, lambda key, body: signers.hubspot(key, URL, body, at=NOW),
    ),
}  # fmt: skip


def send(world: World, body: bytes, headers: dict[str, str], **more: Any) -> Answer:
    """Send a body to the source called it."""
    return world.call("POST", "/v1/sources/it", body, headers=headers, **more)


def refused(world: World, answer: Answer) -> bool:
    """Tell whether an answer is the one refusal, and nothing was made of the call."""
    detail = answer.json.get("detail") if answer.body else ""
    return (answer.status, detail) == (401, "the signature is not valid") and not world.work.items


@pytest.mark.parametrize("name", SCHEMES)
def test_signed_body_is_taken_and_every_other_is_refused(name: str) -> None:
    """Altered, truncated, unsigned, signed by somebody else: one answer, no event."""
    signature, sign = SCHEMES[name]
    world = World()
    world.source("it", kind="app", signature=signature | {"secrets": [KEY]})
    good = JSON_TYPE | sign(KEY, BODY)
    header = next(key for key in good if "sig" in key)
    bad = {
        "altered": (BODY.replace(b"ada", b"eve"), good),
        "cut": (BODY[:-1], good),
        "unsigned": (BODY, JSON_TYPE),
        "other key": (BODY, JSON_TYPE | sign(NEXT, BODY)),
        "truncated": (BODY, good | {header: good[header][:-2]}),
        "longer": (BODY, good | {header: good[header] + "="}),
        "another first": (BODY, good | {header: "t=1," + good[header]}),
        "not ascii": (BODY, good | {header: "é" + good[header]}),
        "empty": (BODY, good | {header: ""}),
        "other scheme": (BODY, JSON_TYPE | {"webhook-signature": "v1,x"}),
    }
    for what, (body, headers) in bad.items():
        assert refused(world, send(world, body, headers)), what

    assert 202 == send(world, BODY, good).status
    assert "Grüße ☂" == world.work.events[0].properties["says"]


@pytest.mark.parametrize("name", SCHEMES)
def test_two_secrets_are_good_while_one_takes_the_place_of_the_other(name: str) -> None:
    """Either key is believed until the old one is taken out."""
    signature, sign = SCHEMES[name]
    world = World()
    world.source("it", kind="app", signature=signature | {"secrets": [KEY]})
    world.source("it", kind="app", signature=signature | {"secrets": [NEXT, KEY]})
    both = [send(world, BODY, JSON_TYPE | sign(key, BODY)).status for key in (KEY, NEXT)]
    world.source("it", kind="app", signature=signature | {"secrets": [NEXT]})
    later = [send(world, BODY, JSON_TYPE | sign(key, BODY)).status for key in (KEY, NEXT)]

    assert ([202, 202], [401, 202]) == (both, later)


@pytest.mark.parametrize("name", ["slack", "hubspot_v3"])
@pytest.mark.parametrize(
    ("minutes", "status"), [(0, 202), (4, 202), (-4, 202), (6, 401), (-6, 401)]
)
def test_signed_time_has_a_window(name: str, minutes: int, status: int) -> None:
    """What was signed too long ago, or ahead of us, is refused; the time itself is signed."""
    signature, sign = SCHEMES[name]
    world = World()
    world.source("it", kind="app", signature=signature | {"secrets": [KEY]})
    headers = JSON_TYPE | sign(KEY, BODY)
    world.clock.at = NOW + timedelta(minutes=minutes)

    assert status == send(world, BODY, headers).status
    moved = {name: str(int(at) + 1) for name, at in headers.items() if "timestamp" in name}
    assert 401 == send(world, BODY, headers | moved).status


def test_replay_is_the_same_event() -> None:
    """Within the window a repeat has the id it had, and counts once."""
    world = World()
    signature = {"scheme": "standard_webhooks", "secrets": [WHSEC]}
    world.source("it", kind="app", signature=signature)
    headers = JSON_TYPE | signers.standard(WHSEC, BODY.decode(), at=NOW, delivery="msg_7")
    answers = [send(world, BODY, headers) for _ in range(2)]
    first, again = world.work.events

    assert [{"ids": ["msg_7"], "quarantined": 0}] * 2 == [answer.json for answer in answers]
    assert first.key == again.key


def test_verdicts_of_standard_webhooks() -> None:
    """Row 39: each of the known tricks has its verdict."""
    body = BODY.decode()
    old, new = (signers.standard(WHSEC, body, at=NOW + timedelta(minutes=m)) for m in (-5.1, 5.1))
    good = signers.standard(WHSEC, body, at=NOW)
    other = signers.standard(WHSEC_NEXT, body, at=NOW)
    mine, theirs = good["webhook-signature"], other["webhook-signature"]
    verdicts: dict[str, tuple[dict[str, str], bool]] = {
        "as it is": (good, True),
        "edge of the window": (signers.standard(WHSEC, body, at=NOW - timedelta(minutes=5)), True),
        "old": (old, False),
        "new": (new, False),
        "swapped id": (good | {"webhook-id": "msg_2"}, False),
        "swapped time": (good | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, False),
        "truncated": (good | {"webhook-signature": mine[:-4]}, False),
        "no version": (good | {"webhook-signature": mine[3:]}, False),
        "other version": (good | {"webhook-signature": "v2" + mine[2:]}, False),
        "two keys": (good | {"webhook-signature": f"{theirs} {mine}"}, True),
        "only another key": (other, False),
        "empty": (good | {"webhook-signature": ""}, False),
        "no commas": (good | {"webhook-signature": "v1 " * 9}, False),
        "not ascii": (good | {"webhook-signature": "v1,é"}, False),
        "id not ascii": (signers.standard(WHSEC, body, at=NOW, delivery="mé"), False),
        "time is text": (good | {"webhook-timestamp": "now"}, False),
        "time is another digit": (good | {"webhook-timestamp": "١٢"}, False),
        "time is endless": (good | {"webhook-timestamp": "9" * 5000}, False),
        "time is missing": ({k: v for k, v in good.items() if "time" not in k}, False),
    }
    for what, (headers, taken) in verdicts.items():
        world = World()
        signature = {"scheme": "standard_webhooks", "secrets": [WHSEC]}
        world.source("it", kind="app", signature=signature)
        answer = send(world, BODY, JSON_TYPE | headers)
        assert answer.status == 202 if taken else refused(world, answer), what


def test_body_that_is_no_text_is_refused_before_it_is_read() -> None:
    """Bytes that the library would stumble over are somebody else's."""
    world = World()
    world.source("it", kind="app", signature={"scheme": "standard_webhooks", "secrets": [WHSEC]})
    headers = signers.standard(WHSEC, "x", at=NOW)

    assert refused(world, send(world, b"\xff\xfe", headers))


@pytest.mark.parametrize("secret", ["whsec_", "whsec_???????", "not base64!", "short"])
def test_secret_that_can_be_none_is_refused_when_it_is_written(secret: str) -> None:
    """A key of Standard Webhooks is base64."""
    with pytest.raises(ValueError, match="secrets"):
        World().source("it", kind="app",
                       signature={"scheme": "standard_webhooks", "secrets": [secret]})  # fmt: skip


@pytest.mark.parametrize(
    ("told", "headers", "status"),
    [
        (URL, {}, 200),
        ("https://api.example.org:443/v1/sources/it", {}, 200),
        ("https://api.example.org/v1/sources/it/", {}, 401),
        ("http://api.example.org/v1/sources/it", {}, 401),
        ("http://api.example.org/v1/sources/it", {"x-forwarded-proto": "http"}, 200),
        ("https://sms.example.org/v1/sources/it", {}, 401),
        ("https://sms.example.org/v1/sources/it", {"x-forwarded-host": "sms.example.org"}, 200),
        ("https://sms.example.org/v1/sources/it",
         {"x-forwarded-host": "sms.example.org:443, inner"}, 200),
        ("https://sms.example.org:8443/v1/sources/it", {"host": "sms.example.org:8443"}, 200),
        ("https://api.example.org/v1/sources/it", {"x-forwarded-host": "[evil"}, 200),
    ],
)  # fmt: skip
def test_twilio_signs_the_address_it_called(
    told: str, headers: dict[str, str], status: int
) -> None:
    """The forwarded host is the one that was called; a slash matters, the usual port does not."""
    world = World()
    signature = {"scheme": "twilio", "secrets": [KEY]}
    world.source("it", kind="app", mapping={"phone": "From", "id": "MessageSid"},
                 answers="twiml", signature=signature)  # fmt: skip
    given = FORM_TYPE | headers | signers.twilio(KEY, told, FORM)
    answer = send(world, form(FORM), given)

    assert status == answer.status
    assert status == 401 or ("<Response/>", "text/xml") == (
        answer.body, answer.headers["content-type"],
    )  # fmt: skip


def test_twilio_fields_may_grow_but_not_change() -> None:
    """New fields come without notice and are signed, too; a field more or less is a forgery."""
    world = World()
    signature = {"scheme": "twilio", "secrets": [KEY], "public_origin": "https://sms.example.org"}
    mapping = {"phone": "From", "id": "MessageSid"}
    world.source("it", kind="app", mapping=mapping, signature=signature)
    url = "https://sms.example.org/v1/sources/it?writeKey=demo"
    fields = FORM | {"BrandNew": "a b&c=d", "Empty": ""}
    good = FORM_TYPE | signers.twilio(KEY, url, fields)
    call: dict[str, Any] = {"key": None, "query": {"writeKey": "demo"}}
    bad = [
        (form(fields | {"Body": "Nein"}), good),
        (form(fields | {"More": ""}) + b"x", good),
        (form(FORM), good),
        (form(fields), good | JSON_TYPE),
        (b"", good),
        (b"%ff=1", good),
    ]
    for body, headers in bad:
        assert refused(world, send(world, body, headers, **call)), body

    assert 202 == send(world, form(fields), good, **call).status
    assert FORM["Body"] == world.work.events[0].properties["Body"]


def test_hubspot_signs_the_address_with_some_escapes_undone() -> None:
    """The key in the query is part of what is signed."""
    world = World()
    world.source("it", kind="crm", signature={"scheme": "hubspot_v3", "secrets": [KEY]})
    headers = JSON_TYPE | signers.hubspot(KEY, URL + "?writeKey=demo&a=b:c", BODY, at=NOW)
    event: dict[str, Any] = {"key": None, "query": {"writeKey": "demo", "a": "b:c"}}

    assert 202 == send(world, BODY, headers, **event).status
    assert 401 == send(world, BODY, headers, key=None, query={"writeKey": "demo"}).status


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content": "{timestamp}.{body}"}, "signature"),
        ({"timestamp_header": "X-Time"}, "signature"),
        ({"signature_part": "v1", "timestamp_part": "t"}, "signature"),
        ({"id_header": "X-Id"}, "signature"),
        ({"content": "no body"}, "signature"),
        ({"content": "{body}{body}"}, "signature"),
        ({"content": "{body}{other}"}, "signature"),
        ({"header": "X Sig"}, "signature.header"),
        ({"algorithm": "md5"}, "signature.algorithm"),
        ({"secrets": [KEY, NEXT, "A third one"]}, "signature.secrets"),
        ({"secrets": ["short"]}, "signature.secrets.0"),
        ({"scheme": "magic"}, "signature"),
    ],
)
def test_signature_that_proves_nothing_is_refused_when_it_is_written(
    change: dict[str, Any], field: str
) -> None:
    """A time or an id that nobody signed would let everybody move it."""
    from pydantic import ValidationError

    from signet.domain.faults import faults

    with pytest.raises(ValidationError) as caught:
        World().source("it", kind="app", signature=SHA1 | {"secrets": [KEY]} | change)

    assert [field] == [fault.field for fault in faults(caught.value)]


def test_write_key_says_whose_it_is_and_the_signature_who_sent_it() -> None:
    """A good signature without a key is nobody's, and a key in the body is signed with it."""
    world = World()
    world.source("it", kind="app", signature={"scheme": "typeform", "secrets": [KEY]})
    signed = JSON_TYPE | signers.typeform(KEY, BODY)
    with_key = compact(json.loads(BODY) | {"writeKey": "demo"})

    assert "a key is needed" == send(world, BODY, signed, key=None).json["detail"]
    assert 404 == send(world, BODY, signed, key="local-other-owner").status
    assert 401 == send(world, with_key, signed, key=None).status
    signed = JSON_TYPE | signers.typeform(KEY, with_key)
    assert 202 == send(world, with_key, signed, key=None).status
    assert "writeKey" not in world.work.events[0].properties


def test_handshake_is_answered_to_whoever_knows_the_key() -> None:
    """Meta first asks with a GET at the address that it posts to later."""
    world = World()
    world.source("it", kind="social", signature={"scheme": "x_hub_256", "secrets": [KEY]})
    asked = {"hub.mode": "subscribe", "hub.challenge": "115820", "hub.verify_token": "demo"}
    path = "/v1/sources/it/hook"
    answer = world.call("GET", path, key=None, query=asked)
    bad = [asked | {"hub.verify_token": "other"}, asked | {"hub.challenge": "<script>"},
           asked | {"hub.mode": "x"}]  # fmt: skip

    assert (200, "115820") == (answer.status, answer.body)
    assert answer.headers["content-type"].startswith("text/plain")
    assert [401, 400, 404] == [world.call("GET", path, key=None, query=q).status for q in bad]
    assert 202 == world.call("POST", path, BODY, headers=JSON_TYPE | signers.meta(KEY, BODY)).status
    world.source("open", kind="app")
    assert 404 == world.call("GET", "/v1/sources/open/hook", key=None, query=asked).status


def test_refusal_is_logged_once_without_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    """An alarm counts the line; whoever sent it learns nothing."""
    world = World()
    world.source("it", kind="app", signature={"scheme": "typeform", "secrets": [KEY]})
    answer = send(world, BODY, JSON_TYPE)
    (record,) = [one for one in caplog.records if one.getMessage() == "signature refused"]
    line = vars(record)

    assert refused(world, answer) and "header" not in answer.body
    assert ("it", "typeform", "a header is missing") == (
        line["source"], line["kind"], line["reason"],
    )  # fmt: skip
    assert "ada@" not in str(line) and KEY not in str(line)
