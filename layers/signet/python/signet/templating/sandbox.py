"""
The sandbox: attributes are data only, nothing is called but what is offered, all is counted.

The walls do not lean on one another. `signet.templating.syntax` refuses at save time;
this environment would stop the same things at render time: attribute access never reaches
Python attributes, and calls reach a fixed set of functions.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from jinja2 import ChainableUndefined, StrictUndefined, Undefined
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from signet.templating.filters import LOOP_FIELDS, offered_filters, offered_tests, short_range
from signet.templating.guards import BINARY, spend
from signet.templating.limits import measured

Part = Literal["subject", "html", "text"]
Missing = Literal["fail", "default"]


class Absent(StrictUndefined):
    """A missing variable that fails as soon as it is used; its message is its name alone."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name or "")


class Lenient(ChainableUndefined):
    """A missing variable that prints as nothing and fails only in arithmetic."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name or "")


class Sandbox(ImmutableSandboxedEnvironment):
    """A Jinja2 environment for authors who are not trusted with the machine."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, *, autoescape: bool, missing: Missing) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=Absent if missing == "fail" else Lenient,
            finalize=self.printable,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.filters = offered_filters()
        self.tests.clear()
        self.tests.update(offered_tests())
        self.globals = {"range": short_range, "namespace": Namespace}
        self.binop_table = dict(BINARY)

    def printable(self, value: object) -> object:
        """Prepare a value for printing: null is missing, and what is large is refused."""
        if type(value) is str:
            return value
        if value is None:
            return self.undefined(name=None)
        measured(value)
        return value

    def call_binop(  # noqa: PLR0917 - Jinja calls it so
        self, context: Context, operator: str, left: Any, right: Any
    ) -> Any:
        """Calculate within the limits, and charge for it."""
        spend(context, 16)
        return self.binop_table[operator](left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a key of a mapping; Python attributes are out of reach."""
        if type(obj) is dict:
            return self.getitem(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        if isinstance(obj, Namespace):
            return getattr(obj, attribute, self.undefined(obj=obj, name=attribute))
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read a key of a mapping or a place in a sequence; what is missing stays missing."""
        if isinstance(obj, Undefined):
            return obj
        if type(obj) is dict or isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow the offered functions and nothing else."""
        return obj is short_range or obj is Namespace


@lru_cache(maxsize=8)
def sandbox(part: Part, missing: Missing = "fail") -> Sandbox:
    """Give the one sandbox for a part of a message under a policy for what is missing."""
    return Sandbox(autoescape=part == "html", missing=missing)
