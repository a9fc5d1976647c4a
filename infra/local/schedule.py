"""Rules with a schedule, fired when the movable clock has passed their time."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from infra.local.emulator import ACCOUNT, REGION, Emulator

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_EVENTS = count(1)
ROUNDING = 0.001


@dataclass
class Schedule:
    """One schedule and its targets: function name and constant input."""

    id: str
    expression: str
    targets: list[tuple[str, str | None]]
    last: float | None = None

    def due(self, now: float, emulator: Emulator) -> bool:
        """
        Tell whether a time of this schedule has passed since it fired last.

        Raises:
            ValueError: The expression is neither a rate nor a cron.
        """
        if self.last is None or self.last > now:
            self.last = now
            return False
        return self.next_after(self.last, emulator) <= now + ROUNDING

    def next_after(self, moment: float, emulator: Emulator) -> float:
        """Tell the next time after `moment`, in seconds since 1970."""
        rate = _RATE.fullmatch(self.expression)
        if rate:
            return moment + int(rate[1]) * _UNITS[rate[2]]
        rules = emulator.modules["eventbridge"]
        fields = rules._parse_cron_fields(self.expression)
        if fields is None:
            raise ValueError(f"{self.id}: {self.expression} is neither a rate nor a cron")
        following = rules._cron_next_fire(fields, datetime.fromtimestamp(moment, UTC))
        return float(following.timestamp()) if following else float("inf")


def event_of(rule: str, given: str | None, now: float) -> Any:
    """Give what a target receives: its constant input, or EventBridge's own event."""
    if given is not None:
        return json.loads(given)
    return {
        "version": "0",
        "id": f"00000000-0000-4000-9000-{next(_EVENTS):012d}",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
