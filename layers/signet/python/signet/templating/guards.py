"""Size checks before the work is done: operators, arguments of filters, and their results."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import _PassArg

from signet.templating.limits import (
    ARGUMENT,
    BUDGET,
    ELEMENT,
    INTEGER_BITS,
    VALUE_UNITS,
    Exhausted,
    measured,
    need,
)

WIDTH = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(\*|\d*)(?:\.(\*|\d*))?")
PRINTED_WIDTH = 100
Filter = Callable[..., Any]


def multiply(left: Any, right: Any) -> Any:
    """Multiply numbers, or repeat a sequence, within the limits."""
    if isinstance(left, int) and isinstance(right, int):
        _bits(left.bit_length() + right.bit_length())
        return left * right
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | list | tuple) and isinstance(times, int):
            need(measured(sequence) * max(times, 0))
    return left * right


def power(base: Any, exponent: Any) -> Any:
    """Raise to a power within the limits."""
    if isinstance(base, int) and isinstance(exponent, int):
        _bits(base.bit_length() * abs(exponent))
    return base**exponent


def plus(left: Any, right: Any) -> Any:
    """Add numbers, or join sequences, within the limits."""
    if isinstance(left, str | list | tuple):
        need(measured(left) + measured(right))
    return left + right


def modulo(left: Any, right: Any) -> Any:
    """Take a remainder, or print with a format, within the limits."""
    if isinstance(left, str):
        printed(left, right)
    return left % right


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "*": multiply,
    "**": power,
    "+": plus,
    "%": modulo,
    "-": operator.sub,
    "/": operator.truediv,
    "//": operator.floordiv,
}


def _bits(bits: int) -> None:
    if bits > INTEGER_BITS:
        raise Exhausted("builds a number that is too large")


def printed(pattern: object, *values: object) -> None:
    """Refuse a printing format whose result could be large."""
    text = str(pattern)
    for match in WIDTH.finditer(text):
        if any(width == "*" or int(width or 0) > PRINTED_WIDTH for width in match.groups("")):
            raise Exhausted(f"prints wider than {PRINTED_WIDTH} characters")
    need(len(text) + text.count("%") * (PRINTED_WIDTH + measured(values)))


def _indent(value: str, width: int | str = 4, *_: Any, **__: Any) -> None:
    pad = width if isinstance(width, int) else len(width)
    need((str(value).count("\n") + 1) * pad)


def _replace(value: object, old: object, new: object, *_: Any, **__: Any) -> None:
    text, pattern = str(value), str(old)
    need(len(text) + text.count(pattern) * len(str(new)))


def _join(value: Any, d: object = "", *_: Any, **__: Any) -> None:
    need(measured(value) + len(value) * len(str(d)))


def _wordwrap(
    value: object,
    width: int = 79,
    _long: bool = True,  # noqa: FBT001, FBT002 - the position it has in Jinja's filter
    wrapstring: str | None = None,
    **__: Any,
) -> None:
    text = str(value)
    if len(text) > 16 * 1024:
        raise Exhausted("wraps a text that is too long")
    need(len(text) + len(text) // max(width, 1) * len(wrapstring or "\n"))


def _sum(_value: object, _attribute: object = None, start: object = 0, **__: Any) -> None:
    if not isinstance(start, int | float):
        raise Exhausted("adds up something other than numbers")


BEFORE: dict[str, Callable[..., None]] = {
    "indent": _indent,
    "replace": _replace,
    "join": _join,
    "wordwrap": _wordwrap,
    "format": printed,
    "sum": _sum,
}


def guarded(name: str, function: Filter) -> Filter:
    """
    Wrap a filter so that its size is known before it works and counted after it has.

    Args:
        name: Name of the filter, by which its own check is found.
        function: The filter, which may itself ask for the environment or the context.
    """
    before = BEFORE.get(name)
    first = _first_argument(function)

    @pass_context
    def limited(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, work, measure."""
        spend(context, measured(value))
        _arguments(args, kwargs)
        if before is not None:
            before(value, *args, **kwargs)
        return spent(context, function(*first(context), value, *args, **kwargs))

    return limited


def spend(context: Context, units: int) -> None:
    """Take the cost of visiting a value of some size off the render's budget."""
    context.parent[BUDGET].spend(1 + units // ELEMENT)


def spent(context: Context, result: Any) -> Any:
    """Measure a result, count its cost, and give it back; a generator becomes a list."""
    if isinstance(result, Iterator):
        result = list(islice(result, VALUE_UNITS + 1))
    if not isinstance(result, Undefined):
        spend(context, measured(result))
    return result


def _first_argument(function: Filter) -> Callable[[Context], tuple[Any, ...]]:
    wanted = _PassArg.from_obj(function)
    if wanted is _PassArg.context:
        return lambda context: (context,)
    if wanted is _PassArg.eval_context:
        return lambda context: (context.eval_ctx,)
    if wanted is _PassArg.environment:
        return lambda context: (context.environment,)
    return lambda _: ()


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and abs(value) > ARGUMENT:
            raise Exhausted(f"passes a number above {ARGUMENT}")
        measured(value)
