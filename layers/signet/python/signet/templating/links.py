"""Signed links: what a click or an open says, and nobody else can say."""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from signet.errors import Misconfigured, Missing, Rejected
from signet.templating.urls import redirect_refusal

Kind = Literal["open", "click", "unsubscribe", "preferences", "confirm"]
CODES: dict[Kind, bytes] = {
    "open": b"o",
    "click": b"c",
    "unsubscribe": b"u",
    "preferences": b"p",
    "confirm": b"k",
}
TAG_BYTES = 16
KEY_BYTES = 16
TOKEN_CHARACTERS = 12_000


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says; `url` is the target of a click."""

    workspace: str
    message_id: str
    url: str | None = None


class LinkSigner:
    """
    Signs and reads tokens that carry all they say.

    Args:
        key: Secret of this deployment, at least 16 bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise Misconfigured(f"the key of links needs {KEY_BYTES} bytes or more")
        self._key = key

    def token(self, kind: Kind, *, workspace: str, message_id: str, url: str | None = None) -> str:
        """
        Write a token.

        Raises:
            Rejected: The target of a click is missing or not an address to send people to.
        """
        if (kind == "click") != (url is not None):
            raise Rejected.field("url", "belongs to a click and to nothing else")
        refusal = redirect_refusal(url) if url is not None else None
        if refusal:
            raise Rejected.field("url", refusal)
        fields = (workspace, message_id) if url is None else (workspace, message_id, url)
        payload = CODES[kind] + b"".join(_packed(field) for field in fields)
        return base64.urlsafe_b64encode(payload + self._tag(payload)).rstrip(b"=").decode("ascii")

    def read(self, kind: Kind, token: str) -> Link:
        """
        Read a token of one kind.

        Raises:
            Missing: It is forged, altered, cut or of another kind; it does not say which.
        """
        raw = _decoded(token)
        payload, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(payload)) or payload[:1] != CODES[kind]:
            raise Missing("there is no such link")
        workspace, message_id, *rest = (field.decode() for field in _unpacked(payload[1:]))
        return Link(workspace, message_id, rest[0] if rest else None)

    def _tag(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"signet.link" + payload, "sha256")[:TAG_BYTES]


def _packed(field: str) -> bytes:
    raw = field.encode()
    return len(raw).to_bytes(2, "big") + raw


def _unpacked(raw: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        yield raw[at + 2 : end]
        at = end


def _decoded(token: str) -> bytes:
    """Decode the one spelling we write; base64 has others for the same bytes."""
    try:
        if not token.isascii() or len(token) > TOKEN_CHARACTERS:
            raise ValueError
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        raise Missing("there is no such link") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != token.encode("ascii"):
        raise Missing("there is no such link")
    return raw
