"""How much memory something takes at most."""

import tracemalloc
from collections.abc import Callable

import pytest


@pytest.fixture
def peak() -> Callable[[Callable[[], object]], int]:
    """Give a function that runs another and tells the most bytes it held at once."""

    def measured(run: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            run()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return measured
