"""Keyed digests as text, and how they are compared."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from signet.domain.signing.call import Forged

Algorithm = Literal["sha1", "sha256", "sha512"]
Encoding = Literal["hex", "base64"]


@dataclass(frozen=True, slots=True)
class Digest:
    """A keyed digest as text."""

    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""

    def of(self, key: bytes, content: bytes) -> str:
        """Sign content."""
        made = hmac.new(key, content, getattr(hashlib, self.algorithm)).digest()
        text = made.hex() if self.encoding == "hex" else base64.b64encode(made).decode("ascii")
        return self.prefix + text


def demand_one(
    given: tuple[str, ...], content: bytes, keys: tuple[str, ...], *, how: Digest
) -> None:
    """
    Let signatures pass one of which one of the keys gives over the content.

    Every key is tried, and compared in constant time, so that the time tells nothing.

    Raises:
        Forged: None gives it.
    """
    wanted = [how.of(key.encode("utf-8"), content).encode("ascii") for key in keys]
    matches = [hmac.compare_digest(one, each.encode()) for one in wanted for each in given]
    if not any(matches):
        raise Forged("the signature is another")
