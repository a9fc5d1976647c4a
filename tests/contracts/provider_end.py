"""A server on this machine in the provider's place: it reads requests and reacts as it is told."""

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

# What is done with one request that was read whole: True keeps the connection open.
Reaction = Callable[[socket.socket], bool]
# Closing with this option drops the connection instead of ending it: the other side sees a reset.
AT_ONCE = struct.pack("ii", 1, 0)


class ProviderEnd:
    """Where requests end: those that came whole, and how many connections brought them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.react: Reaction = answer(200, {"MessageId": "provider-1"})
        self.requests: list[bytes] = []
        self.connections = 0
        self._open: list[socket.socket] = []

    def talk(self, connection: socket.socket) -> None:
        """Note that somebody connected."""
        self.connections += 1
        self._open.append(connection)

    def drop_all(self) -> None:
        """End every open connection, as a provider does with idle ones."""
        while self._open:
            self._open.pop().shutdown(socket.SHUT_RDWR)


class _Talk(StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Read request after request until a reaction ends the connection."""
        end: ProviderEnd = self.server.end  # type: ignore[attr-defined]
        end.talk(self.connection)
        while body := self._request():
            end.requests.append(body)
            if not end.react(self.connection):
                return

    def _request(self) -> bytes:
        length = 0
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return self.rfile.read(length)


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections that break are what is tested."""


@contextmanager
def provider_end(certificate: Path | None = None) -> Iterator[ProviderEnd]:
    """Run the server, behind TLS where there is a certificate."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        scheme = "http"
        if certificate is not None:
            scheme, context = "https", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.end = ProviderEnd(f"{scheme}://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.end  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def answer(status: int, body: Any, *, error: str = "", length: int | None = None) -> Reaction:
    """
    Answer, and keep the connection open.

    Args:
        status: The HTTP status.
        body: Bytes; anything else is sent as JSON.
        error: The name of the error, as SES sends it.
        length: What the answer says of its own length, if not the truth; the connection ends then.
    """
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n"
    head += f"x-amzn-errortype: {error}\r\n" if error else ""
    head += f"content-length: {len(raw) if length is None else length}\r\n\r\n"

    def react(connection: socket.socket) -> bool:
        connection.sendall(head.encode() + raw)
        return length is None

    return react


def refuse(status: int, error: str) -> Reaction:
    """Answer with an error of SES, whose name is all that it says."""
    return answer(status, {"message": "made by a test"}, error=error)


def hang_up(connection: socket.socket) -> bool:
    """End the connection without a word."""
    del connection
    return False


def reset(connection: socket.socket) -> bool:
    """Drop the connection, so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    connection.close()
    return False


def self_signed(path: Path) -> Path:
    """Write a certificate that nobody vouches for, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    ).sign(key, SHA256())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(written + made.public_bytes(Encoding.PEM))
    return path
