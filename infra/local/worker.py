"""
`python -m infra.local.worker FD`: runs functions, and holds nothing that would be missed.

The local cloud starts it and speaks to it over an inherited socket. Whatever a function asks of
AWS travels back over that socket, so that tables, queues and mails live in the local cloud alone.
"""

import os
import socket
import sys
import threading
from typing import NoReturn

from infra.local.clock import MovableClock, offer
from infra.local.emulator import Answer
from infra.local.frames import Gone, Head, Line
from infra.local.function import Function, FunctionError, Here
from infra.local.wire import Asked, End, connect

RAISED: dict[str, type[Exception]] = {
    kind.__name__: kind for kind in (ConnectionError, LookupError, TimeoutError, ValueError)
}


class FarEnd(End):
    """Lets the local cloud answer the SDK's requests, while a function runs."""

    def __init__(self, line: Line, clock: MovableClock) -> None:
        """Ask over `line`, and keep `clock` as the answers tell."""
        super().__init__()
        self.line = line
        self.clock = clock
        self.turn = threading.Lock()
        self.running = False

    def send(self, asked: Asked) -> Answer:
        """
        Let the local cloud answer.

        Raises:
            RuntimeError: No function runs: a thread outlived its invocation.
            Exception: The local cloud raised one instead of answering.
        """
        head = {name: value for name, value in vars(asked).items() if name != "body"}
        with self.turn:
            if not self.running:
                raise RuntimeError("no function runs that could ask AWS")
            try:
                self.line.send({"kind": "call", "asked": head}, asked.body)
                answer, body = self.line.receive()
            except Gone:
                leave()
        self.clock.follow(answer["clock"])
        if answer["kind"] == "raised":
            raise raised(answer)
        return answer["status"], answer["headers"], body

    def frozen(self, *, running: bool) -> None:
        """Let nobody ask between two invocations."""
        with self.turn:
            self.running = running


class Worker:
    """Runs one invocation after the other until the local cloud is gone."""

    def __init__(self, line: Line) -> None:
        """Speak over `line`."""
        self.line = line
        self.clock = MovableClock()
        self.end = FarEnd(line, self.clock)
        self.here = Here(self.end.meter)
        self.functions: dict[str, Function] = {}

    def serve(self) -> None:
        """Run what is asked."""
        connect(self.end)
        offer(self.clock.now)
        try:
            while True:
                head, event = self.line.receive()
                self.line.send(*self._answer(head, event.decode()))
        except Gone:
            return

    def _answer(self, head: Head, event: str) -> tuple[Head, bytes]:
        self.clock.follow(head["clock"])
        if "function" in head:
            self.functions[head["name"]] = Function(**head["function"])
        function = self.functions[head["name"]]
        spent = dict.fromkeys(self.end.meter.seconds, 0.0)
        self.end.meter.seconds = spent
        self.end.frozen(running=True)
        try:
            if function.entry is None:
                self.here.load(function)
                self.line.send({"kind": "loaded"})
            answer = self.here.run(function, event, head["request_id"])
        except FunctionError as error:
            told = {"error": error.kind, "message": error.message, "trace": error.trace}
            return {"kind": "failed", **told, "spent": spent}, b""
        finally:
            self.end.frozen(running=False)
        return {"kind": "done", "spent": spent}, answer.encode()


def raised(answer: Head) -> Exception:
    """Make the error again that stood in for an answer; a kind not listed loses its name."""
    return RAISED.get(answer["error"], RuntimeError)(answer["message"])


def leave() -> NoReturn:
    """End at once, whatever the function would do with an error: nobody is there to serve."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Serve the local cloud at the other end of an inherited socket."""
    with socket.socket(fileno=int(arguments[0])) as channel:
        Worker(Line(channel)).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
