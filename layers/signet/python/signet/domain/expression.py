"""JMESPath expressions: weighed when they are written, run on whatever comes in."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import Any, NoReturn

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

from signet.domain import values

LONGEST = 1024
DEEPEST = 48
# How many times larger than what came in the result may grow: lists and texts can be doubled.
BROADEST = 64
LONGEST_GLUE = 16
_KEPT = 4096
_SUMS = frozenset({"multi_select_list", "multi_select_dict", "key_val_pair"})
_CHOICES = frozenset({"or_expression", "and_expression", "not_expression", "comparator"})


class Unfit(ValueError):
    """A payload does not fit an expression: a function was given what it does not take."""


class _Functions(Functions):  # type: ignore[misc]  # the library has no types
    """The functions of JMESPath, and one for JSON that travels as text."""

    @signature({"types": ["string"]})  # type: ignore[untyped-decorator]  # see above
    def _func_from_json(self, text: str) -> object:
        """Read a text as JSON; what is none, or beyond the bounds of a body, is null."""
        try:
            found = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError):
            return None
        return None if values.first_flaw(found, values.STRICT) else found


_OPTIONS = jmespath.Options(custom_functions=_Functions())


@lru_cache(_KEPT)
def checked(text: str) -> str:
    """
    Let an expression pass that can be compiled and stays small whatever it is run on.

    Raises:
        ValueError: It cannot, or it could swell what comes in.
    """
    if len(text) > LONGEST:
        raise ValueError(f"must not be longer than {LONGEST} characters")
    tree = _compiled(text).parsed
    if _depth(tree) > DEEPEST:
        raise ValueError(f"must not be nested deeper than {DEEPEST} levels")
    for node in _nodes(tree):
        _check_call(node)
    if _breadth(tree) > BROADEST:
        raise ValueError("repeats what it finds too often")
    return text


def search(text: str, payload: object) -> object:
    """
    Find what an expression names.

    Raises:
        Unfit: A function in it was given what it does not take.
    """
    try:
        found: object = _compiled(text).search(payload, options=_OPTIONS)
    except (JMESPathError, TypeError, ValueError, OverflowError) as error:
        raise Unfit("does not fit its expression") from error
    return found


@lru_cache(_KEPT)
def _compiled(text: str) -> ParsedResult:
    try:
        return jmespath.compile(text)
    except JMESPathError as error:
        place = getattr(error, "lex_position", None)
        where = f" at character {place}" if isinstance(place, int) and place >= 0 else ""
        raise ValueError(f"is no JMESPath expression{where}") from None
    except (RecursionError, ValueError, TypeError, AttributeError):
        raise ValueError("is no JMESPath expression") from None


def _nodes(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _depth(tree: Mapping[str, Any]) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in _children(node)]
    return deepest


def _children(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # A slice has numbers for children.
    return [child for child in node["children"] if isinstance(child, dict)]


def _check_call(node: Mapping[str, Any]) -> None:
    """Refuse a call that could only fail, or that glues texts with a long one."""
    if node["type"] != "function_expression":
        return
    name, given = node["value"], node["children"]
    known = _Functions.FUNCTION_TABLE.get(name)
    if known is None:
        raise ValueError(f"has no function {name}")
    wanted = known["signature"]
    open_ended = bool(wanted) and bool(wanted[-1].get("variadic"))
    if len(given) < len(wanted) or (len(given) > len(wanted) and not open_ended):
        raise ValueError(f"gives {name} {len(given)} arguments, not {len(wanted)}")
    glue = given[0].get("value") if name == "join" and given[0]["type"] == "literal" else None
    if name == "join" and (not isinstance(glue, str) or len(glue) > LONGEST_GLUE):
        raise ValueError(f"must join with a literal of at most {LONGEST_GLUE} characters")


def _breadth(node: Mapping[str, Any]) -> int:
    """Give a bound of how often the result holds what came in."""
    parts = [_breadth(child) for child in _children(node)] or [1]
    if node["type"] in _SUMS:
        return sum(parts)
    if node["type"] in _CHOICES:
        return max(parts)
    if node["type"] != "function_expression":
        return prod(parts)
    # Text of text doubles its quotes; a function that is run on every item multiplies.
    each = any(child["type"] == "expref" for child in _children(node))
    return (prod(parts) if each else sum(parts)) * (2 if node["value"] == "to_string" else 1)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
