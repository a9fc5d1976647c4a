"""What a notification service serves: its certificates, and the answers to its questions."""

from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from signet.errors import Rejected, Transient

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

SECONDS = 3
LARGEST = 16_384
MOST_KEPT = 16
Answer = tuple[int, bytes]


def fetched(url: str) -> Answer:
    """
    Get an address over TLS; give the status and the body. Redirects are not followed.

    Raises:
        OSError: The host cannot be reached in time.
        HTTPException: It does not speak HTTP.
    """
    parts = urlsplit(url)
    connection = HTTPSConnection(str(parts.hostname), timeout=SECONDS)
    try:
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        return answer.status, answer.read(LARGEST)
    finally:
        connection.close()


class HttpsCertificates:
    """Certificates over HTTPS, each fetched once; the caller has looked at the address."""

    def __init__(self, fetch: Callable[[str], Answer] | None = None) -> None:
        self._fetch = fetch
        self._keys: dict[str, RSAPublicKey] = {}

    def signed(
        self, url: str, *, content: bytes, signature: bytes, digest: Literal["sha1", "sha256"]
    ) -> bool:
        """Tell whether the key of a certificate signed the content."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 40 ms, seldom
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - see above
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

        key = self._key(url)
        if key is None:
            return False
        # The sender chooses the version; the first one stands on SHA-1.
        how = hashes.SHA256() if digest == "sha256" else hashes.SHA1()  # noqa: S303 - see above
        try:
            key.verify(signature, content, PKCS1v15(), how)
        except InvalidSignature:
            return False
        return True

    def confirm(self, url: str) -> None:
        """
        Answer a question for confirmation.

        Raises:
            Transient: The service cannot be reached at the moment.
            Rejected: It does not know its question any more.
        """
        status, _ = self._get(url)
        if status != HTTPStatus.OK:
            raise Rejected("the confirmation was refused")

    def _key(self, url: str) -> "RSAPublicKey | None":
        if url in self._keys:
            return self._keys[url]
        status, body = self._get(url)
        key = _public_key(body) if status == HTTPStatus.OK else None
        if key is None:
            return None
        if len(self._keys) >= MOST_KEPT:
            self._keys.clear()
        self._keys[url] = key
        return key

    def _get(self, url: str) -> Answer:
        try:
            # Looked up here, so that a test may put another in its place.
            status, body = (self._fetch or fetched)(url)
        except (OSError, HTTPException) as error:
            raise Transient("the notification service cannot be reached") from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Transient("the notification service cannot answer")
        return status, body


def _public_key(pem: bytes) -> "RSAPublicKey | None":
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - seldom
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - seldom

    try:
        key = load_pem_x509_certificate(pem).public_key()
    except ValueError:
        return None
    return key if isinstance(key, rsa.RSAPublicKey) else None
