"""New ids and derived ids; the only module that draws randomness."""

import base64
import hashlib
import secrets
from typing import NewType

Workspace = NewType("Workspace", str)
ProfileId = NewType("ProfileId", str)
MessageId = NewType("MessageId", str)
CampaignId = NewType("CampaignId", str)


class SystemRandom:
    """Randomness from the operating system."""

    def token(self, size_bytes: int) -> bytes:
        """Draw unpredictable bytes."""
        return secrets.token_bytes(size_bytes)


def base32(raw: bytes, length: int) -> str:
    """Write bytes as lower-case base32 without padding, cut to a length in characters."""
    needed = raw[: -(-length * 5 // 8)]
    return base64.b32encode(needed).decode("ascii").rstrip("=").lower()[:length]


def derived(*parts: str, length: int = 32) -> str:
    """
    Derive an id from its parts, the same for ever.

    Every part is prefixed with its length, so that no two lists of parts can collide
    by moving a character across a border.

    Args:
        parts: What the id stands for, in a fixed order.
        length: Characters of the result, at most 51; 32 hold 160 bits.
    """
    told = [part.encode("utf-8", "surrogatepass") for part in parts]
    framed = b"".join([piece for raw in told for piece in (len(raw).to_bytes(8, "big"), raw)])
    return base32(hashlib.sha256(framed).digest(), length)


def fresh(token: bytes, *, prefix: str = "") -> str:
    """Make a new id from sixteen or more random bytes."""
    return prefix + base32(token, 26)


def message_id(
    workspace: str, event_id: str, *, rule: str, recipient: str, channel: str
) -> MessageId:
    """
    Derive the id of a message from what caused it.

    Args:
        workspace: Owner of everything.
        event_id: The triggering event, or the caller's idempotency key.
        rule: Campaign and step, or the template of a transactional message.
        recipient: Handle of the recipient: a profile id or a keyed hash, never an address.
        channel: One of the channels.
    """
    return MessageId(derived(workspace, event_id, rule, recipient, channel))
