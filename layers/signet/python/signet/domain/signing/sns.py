"""Amazon SNS: signed with a certificate that only SNS itself may serve."""

import base64
import binascii
import json
import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from signet.domain.signing.call import Forged, Scheme, SignedCall

# SNS tries for an hour at most; the rest is for clocks.
WINDOW = timedelta(hours=2)
DIGESTS: dict[str, Literal["sha1", "sha256"]] = {"1": "sha1", "2": "sha256"}
_PARTS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_PARTS["UnsubscribeConfirmation"] = _PARTS["SubscriptionConfirmation"]
_ARN = (
    r"^arn:aws(-[a-z]+)*:sns:[a-z]{2}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}"
    r":[A-Za-z0-9_-]{1,256}(\.fifo)?$"
)
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{8,64}\.pem")
_TOKEN = re.compile(r"[0-9a-f]{16,512}")


class Sns(Scheme):
    """The signature in the message itself, of one topic."""

    scheme: Literal["sns"]
    topic_arn: Annotated[str, StringConstraints(pattern=_ARN)]

    @property
    def origin(self) -> str:
        """The only origin that serves this topic's certificates and confirmations."""
        _, partition, _, region, *_ = self.topic_arn.split(":")
        return f"https://sns.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"

    def envelope(self, call: SignedCall) -> "Envelope":
        """
        Read the message around the message; nothing in it is proven yet.

        Raises:
            Forged: It is none, too old, of another topic, or names a certificate of anybody else.
        """
        try:
            found = Envelope.model_validate(json.loads(call.body))
        except (ValueError, RecursionError, ValidationError):
            raise Forged("the body is no message") from None
        if found.topic_arn != self.topic_arn:
            raise Forged("the topic is another")
        call.recent(found.timestamp, WINDOW)
        origin, path = self.origin, found.certificate.removeprefix(self.origin)
        if not found.certificate.startswith(origin) or not _CERTIFICATE.fullmatch(path):
            raise Forged("the certificate is from somebody else")
        if found.kind == "SubscriptionConfirmation":
            self._demand_confirmation(found.subscribe_url or "")
        return found

    def _demand_confirmation(self, url: str) -> None:
        """Let only the very address pass that confirms a subscription to this topic."""
        begin = f"{self.origin}/?"
        query = parse_qs(url.removeprefix(begin), keep_blank_values=True)
        token = query.pop("Token", [""])
        wanted = {"Action": ["ConfirmSubscription"], "TopicArn": [self.topic_arn]}
        exact = url.startswith(begin) and "#" not in url and query == wanted
        if not exact or len(token) != 1 or not _TOKEN.fullmatch(token[0]):
            raise Forged("the confirmation leads somewhere else")


class Envelope(BaseModel):
    """What SNS puts around a message."""

    model_config = ConfigDict(frozen=True, strict=True)

    kind: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] = Field(
        alias="Type"
    )
    message_id: str = Field(alias="MessageId", min_length=1, max_length=128)
    topic_arn: str = Field(alias="TopicArn")
    message: str = Field(alias="Message")
    subject: str | None = Field(default=None, alias="Subject")
    timestamp: str = Field(alias="Timestamp")
    token: str | None = Field(default=None, alias="Token")
    subscribe_url: str | None = Field(default=None, alias="SubscribeURL", max_length=2048)
    version: Literal["1", "2"] = Field(alias="SignatureVersion")
    certificate: str = Field(alias="SigningCertURL", max_length=256)
    signature: str = Field(alias="Signature", max_length=2048)

    @property
    def digest(self) -> Literal["sha1", "sha256"]:
        """The digest that this version of the signature is over."""
        return DIGESTS[self.version]

    def content(self) -> bytes:
        """Give what is signed: names and values, each on a line of its own."""
        told: dict[str, Any] = self.model_dump(by_alias=True)
        named = [(name, told[name]) for name in _PARTS[self.kind] if told[name] is not None]
        lines = "".join(f"{name}\n{value}\n" for name, value in named)
        return lines.encode("utf-8", "surrogatepass")

    def signed(self) -> bytes:
        """
        Give the signature.

        Raises:
            Forged: It is no base64.
        """
        try:
            return base64.b64decode(self.signature, validate=True)
        except (binascii.Error, ValueError):
            raise Forged("the signature is none") from None
