"""The drawing of the error tree and the classes."""

import re
from collections.abc import Iterator

from signet import errors
from signet.errors import SignetError


def drawn(text: str) -> Iterator[tuple[str, str]]:
    """Read (error, parent) pairs from a drawing whose levels are four columns wide."""
    road: list[str] = []
    for line in text.splitlines():
        found = re.match(r"(?P<branches>(?:[│├└ ][─ ]{2,3} ?)*)(?P<name>[A-Z]\w+)(?: {2,}|$)", line)
        if found:
            depth = len(found["branches"]) // 4
            road = [*road[:depth], found["name"]]
            if depth:
                yield road[depth], road[depth - 1]


def defined(root: type[Exception]) -> Iterator[tuple[str, str]]:
    """Give (error, parent) pairs from the classes of the module, in the order of definition."""
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child.__name__, root.__name__
            yield from defined(child)


def test_drawing_equals_the_classes() -> None:
    """Whoever reads the drawing knows every error, its parent and its place."""
    assert list(defined(SignetError)) == list(drawn(errors.__doc__ or ""))


def test_every_error_class_hangs_in_the_tree() -> None:
    """No error of ours escapes a caller who catches the root."""
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    strays = [
        c.__name__ for c in classes if issubclass(c, Exception) and not issubclass(c, SignetError)
    ]

    assert [] == strays
