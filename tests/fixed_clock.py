"""A clock for tests: it stands still until it is moved."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FixedClock:
    """Tells one moment, in UTC, until a test moves it."""

    def __init__(self, moment: datetime = NOON) -> None:
        """Stand at `moment`, an aware time."""
        self.moment = moment

    def now(self) -> datetime:
        """Tell the moment."""
        return self.moment

    def advance(self, delta: timedelta) -> None:
        """Move on by `delta`."""
        self.moment += delta
