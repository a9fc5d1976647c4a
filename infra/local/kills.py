"""Moments at which to kill the worker: drawn by a seed among its calls, or at any time."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from infra.local.apart import Call


class Drawn:
    """
    Kills at so many calls, each before or after the call is applied.

    The same seed draws the same moments; whether they are the same calls depends on the load.
    """

    def __init__(self, seed: int, *, kills: int, calls: int) -> None:
        """
        Draw the moments.

        Args:
            seed: Of the choice.
            kills: How many moments.
            calls: Among the first so many calls.
        """
        draw = random.Random(seed)  # noqa: S311 - a test wants the same moments again
        numbers = draw.sample(range(1, calls + 1), kills)
        self.left = {number: draw.random() < 0.5 for number in numbers}  # noqa: PLR2004 - a coin

    def __call__(self, call: Call) -> bool:
        """Tell whether to kill the worker at this call."""
        if self.left.get(call.number) is not call.applied:
            return False
        del self.left[call.number]
        return True


@contextmanager
def strayed(kill: Callable[[], bool], *, seed: int, mean: float) -> Iterator[None]:
    """
    Kill at any time, whatever the worker is doing, until the end of the block.

    Args:
        kill: Kills the worker.
        seed: Of the pauses; where they fall depends on the machine.
        mean: Of the pauses, in seconds.
    """
    draw, over = random.Random(seed), threading.Event()  # noqa: S311 - no secret is drawn

    def run() -> None:
        while not over.wait(draw.expovariate(1 / mean)):
            kill()

    thread = threading.Thread(target=run, name="kills")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
