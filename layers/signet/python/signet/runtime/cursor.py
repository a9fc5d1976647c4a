"""Paging cursors: signed, and good for one listing of one workspace only."""

import base64
import binascii
import hashlib
import hmac

from signet.errors import Rejected

_MAC_BYTES = 16
LONGEST_CURSOR = 4096


class Cursors:
    """
    Sign positions and read them back.

    Args:
        key: The deployment's key for cursors.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, position: str | None, *, workspace: str, listing: str) -> str | None:
        """
        Write a position as a cursor; None stays None.

        Args:
            position: Where the next page begins.
            workspace: The only workspace it is good for.
            listing: The only listing it is good for: its path and its filters.
        """
        if position is None:
            return None
        body = position.encode()
        raw = self._mac(body, workspace, listing) + body
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def read(self, cursor: str | None, *, workspace: str, listing: str) -> str | None:
        """
        Read a cursor back; None or an empty one is the beginning.

        Raises:
            Rejected: It was altered, or is another listing's.
        """
        if not cursor:
            return None
        raw = _bytes(cursor)
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body, workspace, listing)):
            raise _foreign()
        return body.decode()

    def _mac(self, body: bytes, workspace: str, listing: str) -> bytes:
        parts = (workspace.encode(), listing.encode("utf-8", "surrogatepass"), body)
        framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.new(self._key, framed, hashlib.sha256).digest()[:_MAC_BYTES]


def _bytes(cursor: str) -> bytes:
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise _foreign()
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _foreign() from None


def _foreign() -> Rejected:
    return Rejected.field("cursor", "is not a cursor of this listing")
