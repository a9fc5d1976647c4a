"""Calls as vendors make them: the samples of ready-made sources, signed when they are sent."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from infra.local.cloud import LocalCloud
from infra.local.payload import Response
from tests import signers
from tests.signers import TOPIC, Notifier

SAMPLES = Path(__file__).resolve().parents[2] / "events" / "ingest" / "sources"
SECRET = "The-Secret-Of-The-Sender"
WHSEC = "whsec_" + base64.b64encode(b"the key of the sender, long").decode()


@dataclass(frozen=True)
class Arriving:
    """One call of a sample."""

    name: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def url(self) -> str:
        """The address as the sender knows it."""
        return f"{self.headers['x-forwarded-proto']}://{self.headers['host']}{self.target}"

    def send(self, cloud: LocalCloud) -> Response:
        """Make the call; the door says itself by which scheme it was reached."""
        return cloud.http("POST", self.target, headers=self.headers, body=self.body)

    def altered(self, old: bytes, new: bytes) -> "Arriving":
        """Give the same call with another body under the same signature."""
        assert old in self.body
        return replace(self, body=self.body.replace(old, new))

    def under(self, **headers: str) -> "Arriving":
        """Give the same call with other headers; an empty one is left out."""
        given = self.headers | {name.replace("_", "-"): v for name, v in headers.items()}
        return replace(self, headers={name: value for name, value in given.items() if value})


def read(name: str) -> Arriving:
    """Read a sample; its signature is still to be made."""
    event = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    text = event["body"]
    body = base64.b64decode(text) if event["isBase64Encoded"] else text.encode()
    query = event["rawQueryString"]
    target = event["rawPath"] + (f"?{query}" if query else "")
    # The local door is reached without TLS, and says so whatever a caller claims.
    return Arriving(name, target, event["headers"] | {"x-forwarded-proto": "http"}, body)


def sent(name: str, *, at: datetime, notifier: Notifier, secret: str = "") -> Arriving:
    """Give the call of a sample with its real signature."""
    call = read(name)
    if name == "sns":
        return replace(call, body=_notified(call, notifier))
    sign = SIGNERS.get(name)
    made = sign(call, secret or secret_of(name), at) if sign else {}
    live = {header for header, value in call.headers.items() if value == "<live>"}
    assert live <= set(made), (name, live)
    return call.under(**made)


def secret_of(name: str) -> str:
    """Give the secret that a source and its sender share."""
    return WHSEC if name == "standard_webhooks" else SECRET


def draft_of(name: str) -> dict[str, Any]:
    """Give what an editor writes to use a ready-made source."""
    draft: dict[str, Any] = {"ready_made": name}
    if name == "web_form":
        return draft | {"allowed_origins": ["https://shop.example.org"]}
    if name == "sns":
        return draft | {"signature": {"topic_arn": TOPIC}}
    return draft | ({"signature": {"secrets": [secret_of(name)]}} if name in SIGNERS else {})


def _notified(call: Arriving, notifier: Notifier) -> bytes:
    told = json.loads(call.body)
    return signers.compact(told | {"Signature": notifier.sign(told)})


def _twilio(call: Arriving, secret: str, at: datetime) -> dict[str, str]:
    fields = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    return signers.twilio(secret, call.url, fields)


def _hubspot(call: Arriving, secret: str, at: datetime) -> dict[str, str]:
    return signers.hubspot(secret, call.url, call.body, at=at)


def _standard(call: Arriving, secret: str, at: datetime) -> dict[str, str]:
    delivery = call.headers["webhook-id"]
    return signers.standard(secret, call.body.decode(), at=at, delivery=delivery)


Signer = Callable[[Arriving, str, datetime], dict[str, str]]
SIGNERS: dict[str, Signer] = {
    "hubspot": _hubspot,
    "typeform": lambda call, secret, _at: signers.typeform(secret, call.body),
    "twilio_sms": _twilio,
    "twilio_status": _twilio,
    "meta_comments": lambda call, secret, _at: signers.meta(secret, call.body),
    "standard_webhooks": _standard,
}
