"""Sealing with AES-256-GCM and look-up handles with HMAC-SHA256, all from one root key."""

import hashlib
import hmac
from functools import cached_property
from typing import TYPE_CHECKING

from signet.errors import Permanent
from signet.ids import base32
from signet.ports import Random

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_HANDLE_CHARACTERS = 32


class RootSealer:
    """
    Seal with keys derived from a workspace's root key.

    A sealed value is a 12-byte nonce followed by the ciphertext with its tag; workspace and
    subject are authenticated with it, so that a value moved to another row does not open.
    """

    def __init__(self, root: bytes, random: Random) -> None:
        self._root = root
        self._random = random
        self._ciphers: dict[str, AESGCM] = {}
        self._peppers: dict[str, bytes] = {}

    def seal(self, workspace: str, subject: str, plain: bytes) -> bytes:
        """Encrypt bytes for one subject."""
        nonce = self._random.token(_NONCE_BYTES)
        return nonce + self._cipher(workspace).encrypt(nonce, plain, _bound(workspace, subject))

    def open(self, workspace: str, subject: str, sealed: bytes) -> bytes:
        """
        Decrypt what `seal` made.

        Raises:
            Permanent: The bytes were altered, or belong to another subject.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher(workspace).decrypt(nonce, body, _bound(workspace, subject))
        except self._invalid_tag as error:
            raise Permanent("a sealed value does not open for its subject") from error

    def handle(self, workspace: str, kind: str, value: str) -> str:
        """Give the keyed hash of an identifier; the key never leaves this object."""
        if workspace not in self._peppers:
            self._peppers[workspace] = derive(self._root, f"handle:{workspace}")
        text = f"{kind}\x00{value}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._peppers[workspace], text, hashlib.sha256).digest()
        return base32(digest, _HANDLE_CHARACTERS)

    def _cipher(self, workspace: str) -> "AESGCM":
        if workspace not in self._ciphers:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 40 ms, and ingest seldom seals

            self._ciphers[workspace] = AESGCM(derive(self._root, f"seal:{workspace}"))
        return self._ciphers[workspace]

    @cached_property
    def _invalid_tag(self) -> type[Exception]:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see _cipher

        return InvalidTag


def derive(root: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key for one purpose from a root key (HMAC-SHA256 as the PRF)."""
    return hmac.new(root, purpose.encode(), hashlib.sha256).digest()


def _bound(workspace: str, subject: str) -> bytes:
    return f"{len(workspace)}:{workspace}|{subject}".encode()
