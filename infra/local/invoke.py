"""A handler string becomes a module under its own environment, called as Lambda would."""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from infra.local.emulator import ACCOUNT, REGION
from infra.local.meter import Meter

PAYLOAD_LIMIT = 6 * 1024 * 1024
_REQUESTS = count(1)


class FunctionError(Exception):
    """A function raised, answered too much, or answered what JSON cannot hold."""

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
    entry: Callable[[Any, Context], Any] | None = field(default=None, repr=False)


def function_arn(name: str) -> str:
    """Name a function in full."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@contextmanager
def environment(function: Function) -> Iterator[None]:
    """Put the function's variables in place, and take them away again."""
    own = {
        **function.environment,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "_HANDLER": function.handler,
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Invoker:
    """Calls functions one at a time; the caller holds the local cloud's lock."""

    def __init__(self, meter: Meter) -> None:
        """Book the time of functions on `meter`."""
        self.meter = meter
        self.functions: dict[str, Function] = {}

    def add(self, function: Function) -> None:
        """Take a function on, as a container that has not started yet."""
        self.functions[function.name] = function
        package = function.handler.rpartition(".")[0].rpartition(".")[0]
        for name in [n for n in sys.modules if package and (n + ".").startswith(package + ".")]:
            del sys.modules[name]

    def call(self, name: str, event: Any) -> Any:
        """
        Call a function with an event and give its answer, both as JSON would carry them.

        Raises:
            FunctionError: It raised, or its answer cannot be carried.
        """
        function = self.functions[name]
        payload = json.loads(self._carried(function, event, "event"))
        function.invocations += 1
        began = time.monotonic()
        since = time.thread_time()
        try:
            with environment(function):
                answer = self._run(function, payload, began)
        finally:
            self.meter.spend("functions", since)
            self._measure(function, time.monotonic() - began)
        return json.loads(self._carried(function, answer, "answer"))

    def stats(self) -> dict[str, Any]:
        """Tell what each function did."""
        return {
            f.name: {
                "invocations": f.invocations,
                "failures": f.failures,
                "overruns": f.overruns,
                "seconds": round(f.seconds, 4),
            }
            for f in self.functions.values()
        }

    def warm(self) -> None:
        """Import every handler now instead of at its first call."""
        for function in self.functions.values():
            with environment(function):
                entry_of(function)

    def _run(self, function: Function, payload: Any, began: float) -> Any:
        context = Context(
            function_name=function.name,
            memory_limit_in_mb=function.memory,
            deadline=began + function.timeout,
            aws_request_id=f"00000000-0000-4000-8000-{next(_REQUESTS):012d}",
        )
        try:
            return entry_of(function)(payload, context)
        except Exception as error:
            function.failures += 1
            function.last_error = traceback.format_exc()
            print(function.last_error, file=sys.stderr)  # noqa: T201 - the function's log
            kind = type(error).__name__
            raise FunctionError(
                function.name, kind, str(error), trace=function.last_error
            ) from error

    def _measure(self, function: Function, seconds: float) -> None:
        function.seconds += seconds
        if seconds > function.timeout:
            function.overruns += 1
            message = f"{function.name} ran {seconds:.1f} s; its timeout is {function.timeout} s"
            print(message, file=sys.stderr)  # noqa: T201 - the function's log

    def _carried(self, function: Function, value: Any, what: str) -> str:
        try:
            text = json.dumps(value)
        except (TypeError, ValueError) as error:
            message = f"its {what} is no JSON: {error}"
            raise FunctionError(function.name, "Runtime.MarshalError", message) from error
        if len(text) > PAYLOAD_LIMIT:
            message = f"its {what} has more than {PAYLOAD_LIMIT} bytes"
            raise FunctionError(function.name, "Function.ResponseSizeTooLarge", message)
        return text


def entry_of(function: Function) -> Callable[[Any, Context], Any]:
    """Give the function's callable, importing its module at the first time."""
    if function.entry is None:
        module, _, name = function.handler.rpartition(".")
        function.entry = getattr(importlib.import_module(module), name)
    return function.entry
