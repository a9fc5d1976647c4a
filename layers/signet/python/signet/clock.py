"""The only module that asks what time it is; always aware, always UTC."""

from collections.abc import Callable
from datetime import UTC, datetime

Source = Callable[[], datetime]


def _wall() -> datetime:
    return datetime.now(UTC)


_source: Source = _wall


def use(source: Source | None) -> None:
    """
    Replace the source of time for this process, or give the wall clock back.

    Only the local cloud does this, to move time; nothing deployed calls it.

    Args:
        source: Returns aware UTC datetimes; None means the wall clock.
    """
    global _source  # noqa: PLW0603 - one clock per process is the point
    _source = source or _wall


class SystemClock:
    """The clock that deployed functions use."""

    def now(self) -> datetime:
        """Tell the present moment in UTC."""
        return _source()
