"""The cold start: what a function loads before its first event."""

from collections.abc import Callable

import pytest

from tests.infra.reading import FUNCTIONS
from tests.package.conftest import Imported
from tests.package.import_allow import ALLOWED

HEAVY = frozenset({"jinja2", "pynamodb"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_loads_only_what_it_may(
    name: str, imported: Callable[[str], Imported], show: Callable[[str], None]
) -> None:
    """Loaded packages stay within the function's list; the cost is printed beside it."""
    found = imported(name)
    show(f"{name}: {found.milliseconds} ms, {', '.join(sorted(found.roots))}")

    assert frozenset() == found.roots - ALLOWED[name]


def test_the_public_door_loads_nothing_heavy(imported: Callable[[str], Imported]) -> None:
    """Ingest starts cold more often than any other function, and somebody waits for it."""
    assert frozenset() == imported("ingest").roots & HEAVY


def test_every_function_has_its_list() -> None:
    """A new function brings its own list."""
    assert set(FUNCTIONS) == set(ALLOWED)
