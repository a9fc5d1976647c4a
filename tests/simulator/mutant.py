"""What a mutant is: guards that are taken away for a while."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

Patch = tuple[Any, str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Mutant:
    """
    One guard less.

    Args:
        name: What the mutant does wrong.
        patches: What is replaced, each by a function of what was there.
        needs: What must be in the schedules for the guard to matter.
        backed_by: The mutant whose guard does the same; killed together with it only.
        rate: The rate of faults at which it is looked for.
    """

    name: str
    patches: tuple[Patch, ...]
    needs: frozenset[str] = frozenset()
    backed_by: str = ""
    rate: float = 0.02

    @contextmanager
    def living(self) -> Iterator[None]:
        """Let the mutant live for a while."""
        with ExitStack() as stack:
            for patch in self.patches:
                stack.enter_context(_patched(*patch))
            yield


@contextmanager
def _patched(target: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    real = getattr(target, name)
    setattr(target, name, make(real))
    try:
        yield
    finally:
        setattr(target, name, real)
