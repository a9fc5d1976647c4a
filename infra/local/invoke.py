"""Functions are called by name, wherever they run, and what they did is counted."""

import json
import sys
import time
from itertools import count
from typing import Any, Protocol

from infra.local.function import Function, FunctionError, carried

_REQUESTS = count(1)


class Runner(Protocol):
    """Where functions run: in the local cloud's own process, or in another."""

    def take(self, function: Function) -> None:
        """Take a function on, as a container that has not started yet."""

    def run(self, function: Function, event: str, request_id: str) -> str:
        """
        Call a function, from JSON to JSON.

        Raises:
            FunctionError: It raised, ended or ran too long, or its answer cannot be carried.
        """


class Invoker:
    """Calls functions one at a time; the caller holds the local cloud's lock."""

    def __init__(self, runner: Runner) -> None:
        """Call functions where `runner` runs them."""
        self.runner = runner
        self.functions: dict[str, Function] = {}

    def add(self, function: Function) -> None:
        """Take a function on, as a container that has not started yet."""
        self.functions[function.name] = function
        self.runner.take(function)

    def call(self, name: str, event: Any) -> Any:
        """
        Call a function with an event and give its answer, both as JSON would carry them.

        Raises:
            FunctionError: It failed, or its answer cannot be carried.
        """
        function = self.functions[name]
        payload = carried(function, event, "event")
        function.invocations += 1
        began = time.monotonic()
        try:
            answer = self.runner.run(function, payload, request_id())
        except FunctionError as error:
            function.failures += 1
            function.last_error = error.trace or str(error)
            raise
        finally:
            self._measure(function, time.monotonic() - began)
        return json.loads(answer)

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

    def _measure(self, function: Function, seconds: float) -> None:
        function.seconds += seconds
        if seconds > function.timeout:
            function.overruns += 1
            message = f"{function.name} ran {seconds:.1f} s; its timeout is {function.timeout} s"
            print(message, file=sys.stderr)  # noqa: T201 - the function's log


def request_id() -> str:
    """Give an invocation its number, as Lambda would write it."""
    return f"00000000-0000-4000-8000-{next(_REQUESTS):012d}"
