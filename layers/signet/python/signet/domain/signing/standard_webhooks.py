"""Standard Webhooks: id, time and body, signed with one or two keys."""

import base64
import binascii
import hmac
from datetime import timedelta
from typing import Literal

from pydantic import field_validator

from signet.domain.calls import moment
from signet.domain.signing.call import Forged, Keyed, SignedCall

WINDOW = timedelta(minutes=5)
_PREFIX = "whsec_"
_VERSION = "v1"


class StandardWebhooks(Keyed):
    """The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`."""

    scheme: Literal["standard_webhooks"]

    @field_validator("secrets")
    @classmethod
    def _are_base64(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for secret in value:
            try:
                key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if not key:
                raise ValueError("must be base64, with whsec_ before it or without")
        return value

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed; its id is the delivery's."""
        delivery, stamp = call.header("webhook-id"), call.header("webhook-timestamp")
        given = call.header("webhook-signature").split(" ")
        if not stamp.isascii() or not stamp.isdecimal():
            raise Forged("the time is none")
        call.recent(stamp, WINDOW)
        text = _text(call.body)
        wanted = [_signed(key, text, delivery=delivery, stamp=stamp) for key in keys]
        matches = [hmac.compare_digest(one, each.encode()) for one in wanted for each in given]
        if not any(matches):
            raise Forged("the signature is another")
        return delivery


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Forged("the body is not UTF-8") from None


def _signed(key: str, body: str, *, delivery: str, stamp: str) -> bytes:
    from standardwebhooks import Webhook  # noqa: PLC0415 - 15 ms, for those who are called so

    time = moment(int(stamp))
    if time is None:
        raise Forged("the time is none")
    return Webhook(key).sign(msg_id=delivery, timestamp=time, data=body).encode()
