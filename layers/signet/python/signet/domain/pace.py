"""How fast mails may leave: a bucket of tokens that fills at the provider's rate."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# After a refusal everybody sends at half the rate; it comes back within half a minute.
SMALLEST_SHARE = 0.05
RECOVERY_PER_SECOND = 0.02
# Two refusals within this time are one.
ONE_REFUSAL = timedelta(seconds=1)
# Clocks differ by less than this; a moment further ahead was written by one that is wrong.
AHEAD = timedelta(seconds=2)
# A lot is half a second's worth, so that several senders find something.
LOT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """
    The bucket of one provider and sender.

    Args:
        rate: The provider's own limit in mails per second, more than 0.
        share: How much of the rate is used, from 0.05 to 1.
        tokens: Mails that may leave at `at`; at most a second's worth.
        at: When the tokens were counted.
        slowed_at: When the provider refused last.
        checked_at: When the provider was asked for its rate.
    """

    rate: float
    share: float
    tokens: float
    at: datetime
    slowed_at: datetime
    checked_at: datetime


def fresh(rate: float, now: datetime) -> Pace:
    """Make a full bucket."""
    return Pace(rate, 1.0, max(1.0, rate), at=now, slowed_at=now, checked_at=now)


def filled(pace: Pace, now: datetime) -> Pace:
    """
    Let time fill the bucket; a clock that lies behind fills nothing.

    Where the tokens were counted in a future that no right clock knows, they are counted on from
    now: else everybody would stand still until then.
    """
    seconds = max(0.0, (now - pace.at).total_seconds())
    share = min(1.0, pace.share + RECOVERY_PER_SECOND * seconds)
    tokens = min(max(1.0, pace.rate), pace.tokens + seconds * pace.rate * share)
    at = now if pace.at - now > AHEAD else max(pace.at, now)
    return replace(pace, share=share, tokens=tokens, at=at)


def leased(pace: Pace, wanted: int, now: datetime) -> tuple[Pace, int]:
    """Take a lot out of the bucket: at least what is wanted, as far as it goes."""
    full = filled(pace, now)
    lot = min(math.floor(full.tokens), max(wanted, math.ceil(full.rate * LOT_SECONDS)))
    return replace(full, tokens=full.tokens - lot), lot


def slowed(pace: Pace, now: datetime) -> Pace:
    """Halve the share, once for refusals that come together, and empty the bucket."""
    full = filled(pace, now)
    if abs(now - pace.slowed_at) < ONE_REFUSAL and pace.share < 1.0:
        return full
    return replace(full, share=max(SMALLEST_SHARE, full.share / 2), tokens=0.0, slowed_at=now)


def wait(pace: Pace, wanted: int) -> timedelta:
    """Tell how long it takes until so many tokens are there."""
    missing = max(0.0, wanted - pace.tokens)
    return timedelta(seconds=max(1.0, missing / (pace.rate * pace.share)))
