"""MiniStack's modules, run inside this process: loaded without threads, on our clock, mended."""

import importlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from infra.local.clock import MovableClock, TimeModule
from infra.local.statements import OPERATION, put_each

ACCOUNT = "000000000000"
REGION = "us-east-1"
SERVICES = {
    "dynamodb": "dynamodb",
    "dynamodb-streams": "dynamodb_streams",
    "sqs": "sqs",
    "eventbridge": "eventbridge",
    "s3": "s3",
    "kms": "kms",
    "secrets-manager": "secretsmanager",
}
# Where the door has the buckets, so that a link to an object leads to it.
BUCKETS = "/_local/s3"
TARGETS = {"sqs": "AmazonSQS", "eventbridge": "AWSEvents", "dynamodb": "DynamoDB_20120810"}
Answer = tuple[int, dict[str, str], bytes]


class Silent(threading.Thread):
    """A thread that never starts: what MiniStack does in the background, we do in turn."""

    def start(self) -> None:
        """Do nothing."""


@contextmanager
def without_threads() -> Iterator[None]:
    """Keep modules from starting threads while they are imported."""
    real = threading.Thread
    threading.Thread = Silent  # type: ignore[misc]
    try:
        yield
    finally:
        threading.Thread = real  # type: ignore[misc]


class Emulator:
    """The stateful half of the cloud: tables, queues, buses, buckets, keys and secrets."""

    def __init__(self, clock: MovableClock) -> None:
        """Load the modules and put them on `clock`."""
        logging.getLogger("ministack").setLevel(logging.ERROR)
        root = logging.getLogger()
        level = root.level
        with without_threads():
            self.modules = {name: load(module) for name, module in SERVICES.items()}
            # The modules would import it at a call, and it lowers the level of all that log.
            importlib.import_module("ministack.app")
        root.setLevel(level)
        self.clock = clock
        for module in self.modules.values():
            module.time = TimeModule(clock)  # type: ignore[attr-defined]
        self._sequence = 0
        mend_sequence(self.modules["dynamodb"], self._next_sequence)
        mend_notices(self.modules["s3"])

    def _next_sequence(self) -> str:
        self._sequence += 1
        return f"{10**20 + self._sequence:021d}"

    @property
    def sequence(self) -> int:
        """Tell the last sequence number given to a stream record."""
        return self._sequence

    @sequence.setter
    def sequence(self, value: int) -> None:
        self._sequence = value

    def answer(
        self, service: str, method: str, url: str, *, headers: dict[str, str], body: bytes
    ) -> Answer:
        """
        Answer one request as the service would.

        Raises:
            LookupError: The local cloud has no such service.
        """
        module = self.modules.get(service)
        if module is None:
            raise LookupError(f"the local cloud does not answer for the service {service!r}")
        parts = urlsplit(url)
        # A key is what the path means, not how the URL writes it: `dt=` is sent as `dt%3D`.
        path = unquote(path_style(parts.netloc, parts.path)) if service == "s3" else parts.path
        path = path.removeprefix(BUCKETS)
        query = parse_qs(parts.query, keep_blank_values=True) if parts.query else {}
        if service == "dynamodb" and headers.get("x-amz-target", "").endswith(OPERATION):
            return put_each(module, body)
        done = finish(module.handle_request(method, path or "/", headers, body, query))
        if service == "eventbridge":
            module._events_log.clear()  # its log of all events would grow for ever
        return done

    def publish(self, entries: list[dict[str, Any]]) -> None:
        """Put events on the default bus as one of AWS' own sources may; details are objects."""
        bus = self.modules["eventbridge"]
        bus._ensure_default_bus()
        ready = [entry | {"Detail": json.dumps(entry["Detail"])} for entry in entries]
        bus._put_events({"Entries": ready}, allow_aws_source=True)
        bus._events_log.clear()

    def reset(self) -> None:
        """Forget everything."""
        for module in self.modules.values():
            module.reset()
        self._sequence = 0

    def stop(self) -> None:
        """Give the modules the wall clock back and forget everything."""
        self.reset()
        for module in self.modules.values():
            module.time = time  # type: ignore[attr-defined]


def load(name: str) -> ModuleType:
    """Import one of MiniStack's modules and silence it."""
    module = importlib.import_module(f"ministack.services.{name}")
    logging.getLogger(getattr(module, "logger", logging.getLogger(name)).name).setLevel(
        logging.ERROR
    )
    return module


def mend_sequence(module: ModuleType, source: Callable[[], str]) -> None:
    """Make the numbers of stream records rise even when the clock goes back."""
    module._next_stream_seq = source  # type: ignore[attr-defined]


def mend_notices(module: ModuleType) -> None:
    """Let a bucket tell of its objects at once, and not from a thread that nobody waits for."""

    def fire(bucket: str, key: str, name: str, *told: Any, **more: Any) -> None:
        if bucket in module._bucket_notifications:
            sequencer = module._next_event_sequencer(name)
            module._fire_s3_event(bucket, key, name, *told, sequencer=sequencer, **more)

    module._fire_s3_event_async = fire  # type: ignore[attr-defined]


def path_style(host: str, path: str) -> str:
    """Rewrite a virtual-hosted S3 request to path style."""
    bucket, dot, rest = host.partition(".s3.")
    return f"/{bucket}{path}" if dot and rest else path


def finish(pending: Any) -> Answer:
    """
    Run a coroutine that never waits.

    Raises:
        RuntimeError: It did wait, which nothing in this process would end.
    """
    try:
        pending.send(None)
    except StopIteration as done:
        status, headers, body = done.value[:3]
        return status, headers, body.encode() if isinstance(body, str) else bytes(body or b"")
    raise RuntimeError("the local cloud cannot wait inside a request")
