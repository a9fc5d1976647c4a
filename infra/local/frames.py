"""Frames on a socket between two processes of ours: a JSON head, and bytes as they are."""

import json
import socket
import struct
import time
from typing import Any

_SIZES = struct.Struct(">II")
# More than any payload of Lambda's or any request of the SDK's here.
LARGEST = 64 * 1024 * 1024
A_READ = 256 * 1024

Head = dict[str, Any]


class Gone(ConnectionError):
    """The other end is not there any more, or says what is no frame."""


class Line:
    """
    One end of a socket, whose two ends take turns.

    Moments are of the monotonic clock; None means that there is no limit.
    """

    def __init__(self, channel: socket.socket) -> None:
        """Own a connected socket."""
        self._channel = channel
        self._read = bytearray()

    def send(self, head: Head, body: bytes = b"", *, until: float | None = None) -> None:
        """
        Send one frame.

        Raises:
            Gone: The other end ended.
            TimeoutError: It did not take the frame in time.
        """
        written = json.dumps(head).encode()
        frame = b"".join((_SIZES.pack(len(written), len(body)), written, body))
        self._wait(until)
        try:
            self._channel.sendall(frame)
        except ConnectionError as error:
            raise Gone(str(error)) from error

    def receive(self, *, until: float | None = None) -> tuple[Head, bytes]:
        """
        Receive one frame.

        Raises:
            Gone: The other end ended, or this is no frame.
            TimeoutError: It did not come in time.
        """
        head_size, body_size = _SIZES.unpack(self._take(_SIZES.size, until))
        if head_size + body_size > LARGEST:
            raise Gone(f"a frame of {head_size + body_size} bytes is none of ours")
        written = self._take(head_size, until)
        body = self._take(body_size, until)
        try:
            head = json.loads(written)
        except ValueError as error:
            raise Gone("a frame without a readable head is none of ours") from error
        if not isinstance(head, dict):
            raise Gone("a frame whose head is no object is none of ours")
        return head, body

    def close(self) -> None:
        """Close the socket; the other end sees that this one is gone."""
        self._channel.close()

    def _take(self, size: int, until: float | None) -> bytes:
        while len(self._read) < size:
            self._wait(until)
            try:
                piece = self._channel.recv(A_READ)
            except ConnectionError as error:
                raise Gone(str(error)) from error
            if not piece:
                raise Gone("the other end is closed")
            self._read += piece
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken

    def _wait(self, until: float | None) -> None:
        """Let the next call of the socket last until then."""
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)
