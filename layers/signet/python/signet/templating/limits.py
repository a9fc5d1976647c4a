"""
What a template may cost, counted in units that need no clock.

A turn of a loop costs the number of syntax nodes in its body, a text operation costs a share of
the length of its text; together they bound the time of a render. Sizes of single values and of
the output bound its memory.
"""

from collections.abc import Iterable, Mapping, ValuesView
from collections.abc import Set as AbstractSet

from jinja2 import Undefined
from jinja2.utils import Namespace

SOURCE_BYTES = 256 * 1024
SOURCE_TOKENS = 20_000
SOURCE_NODES = 20_000
SOURCE_DEPTH = 100
STEPS = 1_000_000
VALUE_UNITS = 256 * 1024
# What an element weighs in a value, beside its text: visiting it costs that much more.
ELEMENT = 8
RANGE_TURNS = 10_000
ARGUMENT = 10_000
INTEGER_BITS = 1_024
OUTPUT_BYTES = 1024 * 1024
SUBJECT_CHARACTERS = 998

BUDGET = "signet budget"


class Exhausted(Exception):
    """A template wants more than one render may cost."""


class Budget:
    """The steps that one render of all parts may still take."""

    __slots__ = ("left",)

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps off the budget; raise Exhausted when none are left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted("needs more steps than one message may cost")


def need(units: int) -> None:
    """Raise Exhausted where a value would be larger than a value may be."""
    if units > VALUE_UNITS:
        raise Exhausted("builds a value that is too large")


def measured(value: object) -> int:
    """
    Measure a value as if it were written out, and refuse it as soon as it is too large.

    What is contained twice counts twice, because printing and comparing visit it twice. The
    walk stops at the limit, so that measuring is itself cheap.
    """
    if type(value) is str:
        need(len(value))
        return len(value) + ELEMENT
    total = 0
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        total += _own_size(item)
        need(total + len(waiting) * ELEMENT)
        waiting.extend(_inside(item))
    return total


def _own_size(item: object) -> int:
    if isinstance(item, str):
        return len(item) + ELEMENT
    if isinstance(item, int) and item.bit_length() > INTEGER_BITS:
        raise Exhausted("builds a number that is too large")
    if isinstance(item, Namespace):
        raise Exhausted("uses a namespace as if it were a value")
    return ELEMENT


def _inside(item: object) -> Iterable[object]:
    if isinstance(item, str | int | float | Undefined):
        return ()
    if isinstance(item, Mapping):
        need(2 * len(item) * ELEMENT)
        return [*item.keys(), *item.values()]
    if isinstance(item, list | tuple | AbstractSet | ValuesView | range):
        need(len(item) * ELEMENT)
        return item
    return ()
