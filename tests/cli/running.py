"""`signet up` as a process of its own, and the port that it serves."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNET = [sys.executable, "-m", "cli.main"]
READY = 60
PATIENCE = 120


def free_port() -> int:
    """Find a port that nobody serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(port: int, *flags: str) -> "Iterator[subprocess.Popen[str]]":
    """Run `signet up` until the end of the block."""
    process = subprocess.Popen(
        [*SIGNET, "up", "--json", "--port", str(port), *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for_health(port, process)
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def wait_for_health(port: int, process: "subprocess.Popen[str]") -> None:
    """Wait until the port answers."""
    until = time.monotonic() + READY
    while process.poll() is None and time.monotonic() < until:
        try:
            ask(port, "/healthz")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("signet up did not become ready")


def fetch(
    port: int, path: str, body: Any = None, *, method: str = "GET", key: str = "Bearer local-owner"
) -> bytes:
    """Ask the running system and give the bytes of its answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": key, "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return bytes(answer.read())


def ask(port: int, path: str, body: Any = None, *, method: str = "GET") -> Any:
    """Ask the running system as its owner, and read its JSON."""
    return json.loads(fetch(port, path, body, method=method) or b"null")


def pages(port: int, path: str) -> list[dict[str, Any]]:
    """Read a whole listing, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = ask(port, f"{path}?limit=100{cursor}")
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def until(true: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Ask again and again until the answer is true, and give it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(0.05)
    return found


def read_line(process: "subprocess.Popen[str]") -> Any:
    """Read the JSON line that `signet up` prints when it is ready."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def interrupted(process: "subprocess.Popen[str]") -> int:
    """Press Ctrl-C and give the exit code."""
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=READY)
