"""How vendors sign, written from their own descriptions and apart from the code that verifies."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

TOPIC = "arn:aws:sns:eu-central-1:000000000000:signet-facts"
CERTIFICATE = (
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-"
    "e3a90d5c7b1f4826a0c4d7e95b318f62.pem"
)
NOTIFIED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
ASKED = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_YEAR = timedelta(days=365)


def twilio(secret: str, url: str, fields: dict[str, str]) -> dict[str, str]:
    """Sign as Twilio: the address, then each field's name and value in the order of the names."""
    told = url
    for name in sorted(fields):
        told += name + fields[name]
    made = hmac.new(secret.encode(), told.encode(), hashlib.sha1).digest()
    return {"x-twilio-signature": base64.b64encode(made).decode()}


def hubspot(secret: str, url: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Sign as HubSpot does a POST in version 3."""
    stamp = str(int(at.timestamp() * 1000))
    told = b"POST" + url.encode() + body + stamp.encode()
    made = hmac.new(secret.encode(), told, hashlib.sha256).digest()
    return {
        "x-hubspot-signature-v3": base64.b64encode(made).decode(),
        "x-hubspot-request-timestamp": stamp,
    }


def typeform(secret: str, body: bytes) -> dict[str, str]:
    """Sign as Typeform."""
    made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return {"typeform-signature": "sha256=" + made.decode()}


def meta(secret: str, body: bytes) -> dict[str, str]:
    """Sign as Meta."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": "sha256=" + made}


def slack(secret: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Sign as Slack: a version, the time and the body, with colons between them."""
    stamp = str(int(at.timestamp()))
    told = b"v0:" + stamp.encode() + b":" + body
    made = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return {"x-slack-signature": "v0=" + made, "x-slack-request-timestamp": stamp}


def stripe(secret: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Sign as Stripe: the time, a dot and the body; time and signatures in one header."""
    stamp = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    other = "v0=6ffbb59b2300aae63f272406069a9788598b"
    return {"stripe-signature": f"t={stamp},{other},v1={made}"}


def standard(secret: str, body: str, *, at: datetime, delivery: str = "msg_1") -> dict[str, str]:
    """Sign by the library of Standard Webhooks."""
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, at, body),
    }


@dataclass
class Notifier:
    """A notification service with a key and a certificate of its own."""

    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def certificate(self) -> bytes:
        """The certificate in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        start = datetime(2025, 1, 1, tzinfo=UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(start)
            .not_valid_after(start + 10 * _YEAR)
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def message(self, text: str, *, at: datetime, version: str = "1", **more: str) -> Any:
        """Write and sign a notification, or what `Type` among the others says."""
        told = {
            "Type": "Notification",
            "MessageId": "4e0c7a51-3b9d-4f62-8a17-d05b6c93e2f8",
            "TopicArn": TOPIC,
            "Message": text,
            "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE,
            **more,
        }
        return told | {"Signature": self.sign(told)}

    def sign(self, told: dict[str, str]) -> str:
        """Sign the lines that belong to the kind of message."""
        names = NOTIFIED if told["Type"] == "Notification" else ASKED
        lines = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
        how = hashes.SHA256() if told["SignatureVersion"] == "2" else hashes.SHA1()  # noqa: S303 - its first version
        made = self.key.sign(lines.encode(), padding.PKCS1v15(), how)
        return base64.b64encode(made).decode()


def compact(value: object) -> bytes:
    """Write JSON as most senders do, in bytes, with what is not ASCII as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
