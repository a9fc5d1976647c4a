"""The pace of sending on DynamoDB: one row per provider and sender, leased in lots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.domain import pace
from signet.domain.pace import Pace
from signet.errors import Transient
from signet.ports import Clock, Grant
from signet.ports.store import NEW, Equal, Item, Store

SORT = "pace"
_ATTEMPTS = 4
# A lot that is not used up by then is gone: better too slow than too fast.
LOT_IS_GOOD = timedelta(seconds=5)
RATE_IS_GOOD = timedelta(hours=1)
# What a provider that does not tell its rate gets.
CAREFUL = 1.0
_NUMBERS = ("rate", "share", "tokens")
_TIMES = ("at", "slowed_at", "checked_at")


class DynamoPacer:
    """
    Keeps within a provider's rate.

    Args:
        table: Where the row is.
        name: The provider and the sender.
        clock: Tells the time.
        quota: Asks the provider for its rate, in mails per second.
    """

    def __init__(
        self, table: Store, name: str, *, clock: Clock, quota: Callable[[], float]
    ) -> None:
        self._table = table
        self._place = (keys.join("-", "pace", name), SORT)
        self._clock = clock
        self._quota = quota
        self._lot = 0
        self._lot_until: datetime | None = None

    def take(self, wanted: int) -> Grant:
        """Take the right to send up to `wanted` mails."""
        now = self._clock.now()
        if self._lot_until is None or now > self._lot_until:
            self._lot = 0
        wait = timedelta(0)
        if self._lot < wanted:
            lot, wait = self._lease(wanted - self._lot, now)
            self._lot, self._lot_until = self._lot + lot, now + LOT_IS_GOOD
        granted = min(self._lot, wanted)
        self._lot -= granted
        return Grant(granted, wait)

    def slow(self) -> None:
        """Tell everybody that the provider refused for sending too fast."""
        self._lot = 0
        for _ in range(_ATTEMPTS):
            now = self._clock.now()
            row = self._table.get(self._place)
            if row is None or self._write(row, pace.slowed(_read(row), now)):
                return

    def _lease(self, wanted: int, now: datetime) -> tuple[int, timedelta]:
        for _ in range(_ATTEMPTS):
            row = self._table.get(self._place)
            after, lot = pace.leased(self._known(row, now), wanted, now)
            if self._write(row, after):
                return lot, pace.wait(after, max(0, wanted - lot))
        return 0, pace.wait(after, wanted)

    def _known(self, row: Item | None, now: datetime) -> Pace:
        if row is None:
            return pace.fresh(self._rate(CAREFUL), now)
        known = _read(row)
        if now - known.checked_at < RATE_IS_GOOD:
            return known
        return replace(known, rate=self._rate(known.rate), checked_at=now)

    def _rate(self, otherwise: float) -> float:
        try:
            return max(0.01, self._quota())
        except Transient:
            return otherwise

    def _write(self, row: Item | None, found: Pace) -> bool:
        version = row["version"] if row else 0
        item: dict[str, Any] = {"pk": self._place[0], "sk": self._place[1]}
        item |= {name: getattr(found, name) for name in _NUMBERS}
        item |= {name: getattr(found, name).isoformat() for name in _TIMES}
        item["version"] = version + 1
        return self._table.put(item, condition=Equal("version", version) if row else NEW)


def _read(row: Item) -> Pace:
    moments = {name: datetime.fromisoformat(row[name]) for name in _TIMES}
    return Pace(
        rate=float(row["rate"]), share=float(row["share"]), tokens=float(row["tokens"]), **moments
    )
