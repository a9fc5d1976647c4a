"""The bodies that ride from render to deliver: compressed, sealed, and proven by their hash."""

import base64
import binascii
import hashlib
import zlib

from signet.domain.work import DeliverMessage
from signet.errors import Missing, Poison
from signet.ports import ObjectStore, Sealer

# A body up to this size rides the queue; an object per message would cost more than the road.
LARGEST_RIDING_BYTES = 150_000


def digest(raw: bytes) -> str:
    """Give the SHA-256 of a mail's bytes, in hex."""
    return hashlib.sha256(raw).hexdigest()


def sealed(address: str, raw: bytes, *, workspace: str, message_id: str, sealer: Sealer) -> bytes:
    """Seal a mail with the address that it is written to."""
    plain = zlib.compress(address.encode() + b"\n" + raw)
    return sealer.seal(workspace, message_id, plain)


def opened(item: DeliverMessage, *, objects: ObjectStore, sealer: Sealer) -> tuple[str, bytes]:
    """
    Open a body: give the address that it is written to, and the mail.

    Raises:
        Poison: It does not open, or is not the one that was recorded.
        Transient: The object that holds it cannot be read now.
    """
    try:
        body = base64.b64decode(item.body, validate=True) if item.body else _fetched(item, objects)
        plain = zlib.decompress(sealer.open(item.workspace, item.message_id, body))
    except (binascii.Error, ValueError, zlib.error) as error:
        raise Poison("the body is damaged") from error
    address, _, raw = plain.partition(b"\n")
    if digest(raw) != item.body_hash:
        raise Poison("the body does not have the hash that was recorded for it")
    return address.decode(), raw


def _fetched(item: DeliverMessage, objects: ObjectStore) -> bytes:
    try:
        return objects.get(item.body_ref)
    except Missing as error:
        raise Poison("the object that holds the body is gone") from error
