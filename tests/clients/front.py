"""A door in front of the door: it repeats bodies and refuses for a while, as networks do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}
REFUSAL = b'{"status": 503, "code": "unavailable", "message": "try again"}'


@dataclass
class Front:
    """
    A proxy to a server on this machine.

    Args:
        target_port: Where every request goes.
        refusals: How many of the first requests are answered 503 instead.
        copies: How often each accepted request is passed on.
    """

    target_port: int
    refusals: int = 0
    copies: int = 1
    url: str = ""
    statuses: list[int] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def refuses(self) -> bool:
        """Take one refusal, if any is left."""
        with self.turn:
            self.refusals -= 1
            return self.refusals >= 0


@contextmanager
def front_of(port: int, *, refusals: int = 0, copies: int = 1) -> Iterator[Front]:
    """Serve a proxy to a port of this machine on a free port."""
    front = Front(port, refusals=refusals, copies=copies)

    class Passing(_Passing):
        door = front

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    server.daemon_threads = True
    front.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Passing(BaseHTTPRequestHandler):
    door: Front
    protocol_version = "HTTP/1.1"
    # Headers and body go out as two writes, which would wait for each other's receipt.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Pass one request on, as often as the door says, and give the last answer."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.door.encodings.append(self.headers.get("content-encoding", ""))
        if self.door.refuses():
            # As our own door does, when the queue does not take everything.
            self._answer(503, REFUSAL, {"retry-after": "1"})
            return
        for _ in range(self.door.copies):
            status, answered = self._pass_on(body)
        self._answer(status, answered)

    def _pass_on(self, body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.door.target_port, timeout=30)
        kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        connection.request("POST", self.path, body=body, headers=kept)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def _answer(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.door.statuses.append(status)
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
