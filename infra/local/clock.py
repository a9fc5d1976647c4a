"""One clock that can be moved: the wall clock plus an offset, or a moment that stands still."""

import importlib
import time as wall
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

Source = Callable[[], datetime]
# Seconds ahead of the wall clock, or of the moment at which time stands still.
Setting = tuple[float, float | None]


class MovableClock:
    """The time of the local cloud and of everything in it."""

    def __init__(self, *, frozen: bool = False) -> None:
        """
        Start at the wall clock.

        Args:
            frozen: Time stands still between the moves.
        """
        self._offset = 0.0
        self._frozen = wall.time() if frozen else None

    @property
    def setting(self) -> Setting:
        """Tell how this clock is set, so that the clock of another process can follow."""
        return self._offset, self._frozen

    def follow(self, setting: Setting) -> None:
        """Be set as another clock is."""
        self._offset, self._frozen = setting

    @property
    def offset(self) -> timedelta:
        """Tell how far this clock is ahead of the wall clock."""
        return timedelta(seconds=self.timestamp() - wall.time())

    def timestamp(self) -> float:
        """Tell the present moment in seconds since 1970."""
        return (wall.time() if self._frozen is None else self._frozen) + self._offset

    def now(self) -> datetime:
        """Tell the present moment in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def advance(self, delta: timedelta) -> None:
        """Move by `delta`, which may be negative."""
        self._offset += delta.total_seconds()

    def set(self, moment: datetime) -> None:
        """Move to `moment`, an aware time."""
        self._offset += moment.timestamp() - self.timestamp()

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Make an excursion to `moment`, then come back to where time would have been."""
        before = self._offset
        self.set(moment)
        try:
            yield
        finally:
            self._offset = before


class TimeModule:
    """What a module sees as `time` while its clock is ours."""

    def __init__(self, clock: MovableClock) -> None:
        """Answer from `clock`; everything else comes from the real module."""
        self._clock = clock

    def time(self) -> float:
        """Tell the seconds since 1970."""
        return self._clock.timestamp()

    def time_ns(self) -> int:
        """Tell the nanoseconds since 1970."""
        return int(self._clock.timestamp() * 1_000_000_000)

    def gmtime(self, seconds: float | None = None) -> wall.struct_time:
        """Break a time down in UTC."""
        return wall.gmtime(self.time() if seconds is None else seconds)

    def strftime(self, layout: str, moment: Any = None) -> str:
        """Write a time in a layout."""
        return wall.strftime(layout, moment or self.gmtime())

    def __getattr__(self, name: str) -> Any:
        return getattr(wall, name)


def offer(source: Source | None, module: str = "signet.clock") -> None:
    """
    Give the product this source of time, or take it back with None.

    Args:
        source: Returns aware UTC times.
        module: The product's clock; a template without a product has none.
    """
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError:
        return
    found.use(source)
