"""The filters, tests, functions and methods that template authors may use."""

from collections.abc import Callable, Mapping, Sized
from typing import Any

from jinja2 import Undefined, pass_context, pass_eval_context
from jinja2.filters import FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, markup_join, str_join
from jinja2.tests import TESTS
from markupsafe import Markup, escape

from signet.templating.guards import guarded, spend, spent
from signet.templating.limits import BUDGET, RANGE_TURNS, Exhausted, measured

TEXT = """
    capitalize center e escape format indent join lower replace string title trim truncate
    upper urlencode wordcount wordwrap
"""
NUMBERS = "abs filesizeformat float int round"
LISTS = """
    batch count dictsort first groupby items last length list map max min reject rejectattr
    reverse select selectattr slice sort sum unique
"""
PLAIN_TESTS = """
    boolean divisibleby eq equalto even false float ge gt greaterthan in integer iterable le
    lessthan lower lt mapping ne none number odd sameas sequence string true upper == != < <= > >=
"""
FUNCTIONS = frozenset({"range", "namespace"})
LOOP_METHODS = frozenset({"cycle", "changed"})
LOOP_FIELDS = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem")
)
METHODS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("items", "keys", "values", "get"), (Mapping,)),
    **dict.fromkeys(("upper", "lower", "title", "capitalize"), (str,)),
    **dict.fromkeys(("strip", "lstrip", "rstrip", "startswith", "endswith", "split"), (str,)),
    **dict.fromkeys(LOOP_METHODS, (LoopContext,)),
}
# Names with a space cannot be written in a template: only the rewriting puts them there.
TURNS, CONCAT, CALL, BUILT = "signet turns", "signet concat", "signet call", "signet built"


def absent(value: object) -> bool:
    """Tell whether a value counts as missing: not there, or null."""
    return value is None or isinstance(value, Undefined)


def default(  # the parameters are those of Jinja's own filter
    value: Any,
    default: Any = "",
    boolean: bool = False,  # noqa: FBT001, FBT002 - a template author writes it by position
) -> Any:
    """Give another value where the first is missing, null or, on request, empty."""
    return default if absent(value) or (boolean and not value) else value


@pass_eval_context
def nl2br(eval_ctx: EvalContext, value: object) -> str:
    """Turn line ends into line breaks in html, and leave text as it is."""
    if not eval_ctx.autoescape:
        return str(value)
    escaped = str(escape(value)).replace("\r\n", "\n")
    return Markup(escaped.replace("\n", "<br>\n"))  # noqa: S704 - escaped two lines above


@pass_context
def turns(context: Context, value: Any, weight: int) -> Any:
    """Charge all turns of a loop before the first is taken."""
    if isinstance(value, Undefined):
        iter(value)
        return value
    if not isinstance(value, Sized):
        raise TypeError("a loop needs a list")
    if len(value) > RANGE_TURNS:
        raise Exhausted(f"loops more than {RANGE_TURNS} times")
    context.parent[BUDGET].spend(len(value) * max(weight, 1))
    return value


@pass_context
def concat(context: Context, values: list[Any]) -> str:
    """Join values as the operator `~` does, within the limits."""
    spend(context, measured(values))
    return markup_join(values) if context.eval_ctx.autoescape else str_join(values)


@pass_context
def call(context: Context, value: Any, name: str, *args: Any) -> Any:
    """
    Call one of the methods that are offered.

    A method is only ever reached by calling it, so a key of the same name stays readable.
    """
    if isinstance(value, Undefined):
        return value if name == "get" else str(value)
    if not isinstance(value, METHODS.get(name, ())):
        raise TypeError(f"there is no method {name} here")
    if isinstance(value, LoopContext):
        return getattr(value, name)(*args)
    return spent(context, getattr(value, name)(*args))


@pass_context
def built(context: Context, value: Any) -> Any:
    """Measure a list or mapping that the template itself has built."""
    spend(context, measured(value))
    return value


def offered_filters() -> dict[str, Callable[..., Any]]:
    """Give every filter a template may name, and the four that only the rewriting uses."""
    names = f"{TEXT} {NUMBERS} {LISTS}".split()
    own: dict[str, Callable[..., Any]] = {
        "default": default,
        "d": default,
        "nl2br": guarded("nl2br", nl2br),
        TURNS: turns,
        CONCAT: concat,
        CALL: call,
        BUILT: built,
    }
    library: Mapping[str, Any] = FILTERS
    return {name: guarded(name, library[name]) for name in names} | own


def offered_tests() -> dict[str, Callable[..., Any]]:
    """Give every test a template may name."""
    own: dict[str, Callable[..., Any]] = {
        "defined": lambda value: not absent(value),
        "undefined": absent,
    }
    library: Mapping[str, Any] = TESTS
    return {name: library[name] for name in PLAIN_TESTS.split()} | own


def short_range(*args: int) -> range:
    """Count as `range` does, up to the number of turns a loop may have."""
    numbers = range(*args)
    if len(numbers) > RANGE_TURNS:
        raise Exhausted(f"loops more than {RANGE_TURNS} times")
    return numbers
