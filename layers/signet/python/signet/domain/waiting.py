"""When a message that waits is looked at again: every figure that the promise depends on."""

from datetime import datetime, timedelta

from signet.domain.message import MessageClass

# How long a claim is good for, and how long handing over may take: connect 2 s, answer 8 s.
LEASE = timedelta(seconds=60)
CALL = timedelta(seconds=10)
# Two containers' clocks may differ by this much; nobody's claim is doubted earlier.
SKEW = timedelta(minutes=5)
# What was planned and has not moved is looked at for the first time after this, then again after
# as long as it has waited already, at least every two hours of the first day, and then after a
# twelfth of the time that it has waited.
FIRST_LOOK = timedelta(minutes=15)
LONGEST_LOOK = timedelta(hours=2)
PATIENCE = 12
# A dead letter can be driven again for fourteen days; what still waits a day later never moves.
GIVEN_UP = timedelta(days=15)
# A definite refusal that may pass, and a campaign that is paused.
BACK_OFF = timedelta(seconds=30)
PAUSED = timedelta(hours=1)
# Silence after the end of the lease for this long ends the doubt.
QUIET: dict[MessageClass, timedelta] = {
    "once": timedelta(minutes=30),
    "assured": timedelta(minutes=10),
}
# A message of class `assured` may be handed over this often.
MOST_HAND_OVERS = 2


def next_look(planned_at: datetime, now: datetime) -> datetime:
    """Tell when a message that waits is looked at next: the longer it waited, the later."""
    waited = now - planned_at
    return now + max(FIRST_LOOK, min(waited, LONGEST_LOOK), waited / PATIENCE)


def doubt_ends(lease_until: datetime, message_class: MessageClass) -> datetime:
    """Tell when silence about a claim means that no evidence will come."""
    return lease_until + QUIET[message_class]
