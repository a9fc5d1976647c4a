"""A handler string becomes a module under its own environment, called as Lambda would."""

import importlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from infra.local.emulator import ACCOUNT, REGION
from infra.local.meter import Meter

PAYLOAD_LIMIT = 6 * 1024 * 1024

# The variables of a process are one for all its threads: who reads them all, reads between calls.
VARIABLES = threading.RLock()


class FunctionError(Exception):
    """A function raised, died, ran too long, answered too much, or answered what is no JSON."""

    def __init__(self, function: str, kind: str, message: str, *, trace: str = "") -> None:
        """Name the function, the kind of error and its message."""
        super().__init__(f"{function}: {kind}: {message}")
        self.function, self.kind, self.message, self.trace = function, kind, message, trace


@dataclass
class Context:
    """The Lambda context object."""

    function_name: str
    memory_limit_in_mb: int
    deadline: float
    aws_request_id: str
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        """Name the function in full."""
        return function_arn(self.function_name)

    @property
    def log_group_name(self) -> str:
        """Name the log group."""
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        """Name the log stream."""
        return "local"

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the function may still run."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


Entry = Callable[[Any, Context], Any]


@dataclass
class Function:
    """One function of the template and what it did so far."""

    name: str
    handler: str
    environment: Mapping[str, str]
    timeout: int = 3
    memory: int = 128
    invocations: int = 0
    failures: int = 0
    overruns: int = 0
    seconds: float = 0.0
    last_error: str = ""
    entry: Entry | None = field(default=None, repr=False)


def function_arn(name: str) -> str:
    """Name a function in full."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


class Here:
    """Runs functions in this process, one at a time."""

    def __init__(self, meter: Meter) -> None:
        """Book the time of functions on `meter`."""
        self.meter = meter

    def take(self, function: Function) -> None:
        """Take a function on, as a container that has not started yet."""
        package = function.handler.rpartition(".")[0].rpartition(".")[0]
        for name in [n for n in sys.modules if package and (n + ".").startswith(package + ".")]:
            del sys.modules[name]

    def run(self, function: Function, event: str, request_id: str) -> str:
        """
        Call a function, from JSON to JSON.

        Raises:
            FunctionError: It raised, or its answer cannot be carried.
        """
        since = time.thread_time()
        try:
            with environment(function):
                entry = self.load(function)
                context = Context(
                    function_name=function.name,
                    memory_limit_in_mb=function.memory,
                    deadline=time.monotonic() + function.timeout,
                    aws_request_id=request_id,
                )
                with told(function):
                    answer = entry(json.loads(event), context)
        finally:
            self.meter.spend("functions", since)
        return carried(function, answer, "answer")

    def load(self, function: Function) -> Entry:
        """
        Give the function's callable, importing its module at the first time.

        Raises:
            FunctionError: It cannot be imported.
        """
        if function.entry is None:
            module, _, name = function.handler.rpartition(".")
            with environment(function), told(function):
                function.entry = getattr(importlib.import_module(module), name)
        assert function.entry is not None  # noqa: S101 - set above
        return function.entry


@contextmanager
def environment(function: Function) -> Iterator[None]:
    """Put the function's variables in place, and take them away again; nobody else's are there."""
    own = {
        **function.environment,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "_HANDLER": function.handler,
    }
    with VARIABLES:
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        try:
            yield
        finally:
            _restore(before)


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def told(function: Function) -> Iterator[None]:
    """
    Write what a function raises to its log.

    Raises:
        FunctionError: It raised.
    """
    try:
        yield
    except Exception as error:
        trace = traceback.format_exc()
        print(trace, file=sys.stderr)  # noqa: T201 - the function's log
        kind = type(error).__name__
        raise FunctionError(function.name, kind, str(error), trace=trace) from error


def carried(function: Function, value: Any, what: str) -> str:
    """
    Write an event or an answer as the JSON that Lambda would carry.

    Raises:
        FunctionError: It is no JSON, or too much.
    """
    try:
        text = json.dumps(value)
    except (TypeError, ValueError) as error:
        message = f"its {what} is no JSON: {error}"
        raise FunctionError(function.name, "Runtime.MarshalError", message) from error
    if len(text) > PAYLOAD_LIMIT:
        message = f"its {what} has more than {PAYLOAD_LIMIT} bytes"
        raise FunctionError(function.name, "Function.ResponseSizeTooLarge", message)
    return text
