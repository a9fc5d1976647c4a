"""The seam: every AWS call of this process is answered here, and none leaves it."""

import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore
from botocore import handlers
from botocore.awsrequest import AWSResponse

from infra.local.emulator import ACCOUNT, REGION, Answer, Emulator
from infra.local.meter import Meter

Fault = Callable[[str, str], int | None]
Double = Callable[[str, str, bytes], tuple[int, bytes]]
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID": ACCOUNT,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": str(Path(__file__).with_name("aws.config")),
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
}


READS = ("Get", "Describe", "List", "Query", "Scan", "BatchGet", "Head", "TransactGet")


class Raw:
    """The body of an answer, as the SDK reads it."""

    def __init__(self, body: bytes) -> None:
        """Hold the whole body."""
        self._body = body

    def read(self, amount: int | None = None, **_: object) -> bytes:
        """Take the next bytes, or all that is left."""
        cut = len(self._body) if amount is None else amount
        taken, self._body = self._body[:cut], self._body[cut:]
        return taken

    def stream(self, amount: int = 65536, **_: object) -> Iterator[bytes]:
        """Take the bytes piece by piece."""
        while piece := self.read(amount):
            yield piece

    def close(self) -> None:
        """Drop the rest."""
        self._body = b""


@dataclass(frozen=True)
class Asked:
    """One request of the SDK, with the names of its headers in lower case."""

    service: str
    operation: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, request: Any, event_name: str) -> "Asked":
        """Read the SDK's own request; the event's name tells service and operation."""
        _, service, operation = event_name.split(".")
        body = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        return cls(
            service=service,
            operation=operation,
            method=request.method,
            url=request.url,
            headers={k.lower(): text(v) for k, v in request.headers.items()},
            body=body.encode() if isinstance(body, str) else bytes(body),
        )


class End(ABC):
    """One end of the seam: what the SDK's hooks call, and the SDK's own time."""

    def __init__(self) -> None:
        """Book on a meter of its own."""
        self.meter = Meter()
        self._local = threading.local()

    def begin(self, **_: object) -> None:
        """Note that an SDK call starts."""
        self._local.begun = time.thread_time()
        self._local.answering = 0.0

    def end(self, **_: object) -> None:
        """Book the SDK's own share of a call."""
        begun = getattr(self._local, "begun", None)
        if begun is not None:
            spent = time.thread_time() - begun
            self.meter.seconds["sdk"] += spent - self._local.answering
            self.meter.seconds["functions"] -= spent
            self._local.begun = None

    @abstractmethod
    def send(self, asked: Asked) -> Answer:
        """Answer the SDK's request in place of the network: status, headers and body."""


class Wire(End):
    """Routes the SDK's requests to the emulator or a double, counts them and may fail them."""

    def __init__(self, emulator: Emulator, lock: threading.RLock) -> None:
        """Answer one request at a time, under the local cloud's own lock."""
        super().__init__()
        self.emulator = emulator
        self.lock = lock
        self.doubles: dict[str, Double] = {}
        self.fault: Fault | None = None
        self.changes = 0

    def send(self, asked: Asked) -> Answer:
        """Answer a request of this process or of the worker's."""
        with self.lock:
            since = time.thread_time()
            answer = self._answer(asked)
            self._local.answering = getattr(self._local, "answering", 0.0)
            self._local.answering += self.meter.spend("engine", since)
        return answer

    def _answer(self, asked: Asked) -> Answer:
        service, operation, sent = asked.service, asked.operation, asked.body
        failure = self.fault(service, operation) if self.fault else None
        if failure is not None:
            return failure, {}, b'{"__type":"ServiceUnavailable","message":"made by a test"}'
        self.changes += not operation.startswith(READS)
        double = self.doubles.get(service)
        if double is not None:
            status, got = double(operation, asked.url, sent)
            self.meter.count(service, operation, sent=sent, got=got)
            return status, {"content-type": "application/json"}, got
        body = self.meter.ask(operation, sent) if service == "dynamodb" else sent
        if operation == "ReceiveMessage":
            body = body.replace(b'"WaitTimeSeconds"', b'"NoWaiting"')
        headers = {"host": asked.url.split("/")[2], **asked.headers}
        done = self.emulator.answer(service, asked.method, asked.url, headers=headers, body=body)
        self.meter.count(service, operation, sent=sent, got=done[2])
        return done


def text(value: str | bytes) -> str:
    """Read a header's value."""
    return value.decode() if isinstance(value, bytes) else value


class _Seam:
    """The hooks in the SDK; there is one set per process and at most one wire behind it."""

    def __init__(self) -> None:
        self.wire: End | None = None
        self.saved: dict[str, str | None] = {}
        self.hooks: list[tuple[Any, ...]] = [
            ("before-send", self.send),
            ("choose-signer", self.unsigned),
            ("provide-client-params", self.begin),
            ("after-call", self.end),
            ("after-call-error", self.end),
        ]

    def send(self, request: Any, event_name: str, **_: object) -> AWSResponse:
        if self.wire is None:
            raise RuntimeError(f"{event_name}: the local cloud of this client is closed")
        status, headers, body = self.wire.send(Asked.read(request, event_name))
        return AWSResponse(request.url, status, headers, Raw(body))

    def unsigned(self, **_: object) -> Any:
        return botocore.UNSIGNED if self.wire else None

    def begin(self, **_: object) -> None:
        if self.wire:
            self.wire.begin()

    def end(self, **_: object) -> None:
        if self.wire:
            self.wire.end()


_SEAM = _Seam()


def connect(wire: End) -> None:
    """
    Put `wire` behind every SDK client made from now on.

    Raises:
        RuntimeError: Another local cloud is running in this process.
    """
    if _SEAM.wire is not None:
        raise RuntimeError("another local cloud is running in this process")
    _SEAM.saved = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    handlers.BUILTIN_HANDLERS.extend(_SEAM.hooks)
    boto3.DEFAULT_SESSION = None
    _SEAM.wire = wire


def disconnect(wire: End) -> None:
    """Take the hooks of `wire` away and restore the environment."""
    if _SEAM.wire is not wire:
        return
    _SEAM.wire = None
    handlers.BUILTIN_HANDLERS[:] = [h for h in handlers.BUILTIN_HANDLERS if h not in _SEAM.hooks]
    boto3.DEFAULT_SESSION = None
    for name, value in _SEAM.saved.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
