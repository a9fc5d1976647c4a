"""
I1 of hours: who waits for them waits for an opening, and not longer.

Read off the log of changes, with the clocks of `clocks`, which know no next opening.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from signet.adapters.dynamodb.message_row import read
from signet.domain.message import Message
from tests.simulator.bans import in_force, zones_of
from tests.simulator.clocks import Draft, closed, closed_throughout, moment
from tests.simulator.evidence import Evidence
from tests.simulator.healing import CALM
from tests.simulator.rounds import MOST_SKEW

# What a refusal that passes says, and the one that never will.
HOURS = frozenset({"quiet_hours", "outside_send_window"})
CLOSING = "ends_soon"
NEVER = "no_window_before_not_after"
# From the read of a policy until the row that follows from it: a process may freeze in between.
SLOWEST = 700.0
# What upkeep may be late: its round, and the clock of its container.
PATIENCE = 900.0


@dataclass(frozen=True)
class Wait:
    """A message that is held, from when until when it is, and why."""

    message: Message
    began: float
    ended: float | None

    @property
    def due(self) -> float:
        """Until when it is to wait, in seconds of the story."""
        assert self.message.due_at is not None
        return (self.message.due_at - moment(0)).total_seconds()


def check_waits(evidence: Evidence) -> None:
    """I1: nobody is held by hours that are open, past an opening, or long after it."""
    if "ruled" not in evidence.story.needs:
        return
    prompt = not any(c.what in {"stop", "pause"} for c in evidence.story.clients.calls)
    for wait in _waits(evidence):
        if wait.message.due_at is None:
            evidence.say("I1", f"{wait.message.id} waits for its hours and is not due")
            continue
        if wait.message.reason in HOURS and not _is_due(evidence, wait):
            evidence.say("I1", f"{wait.message.id} waits from {wait.began:.0f} to {wait.due:.0f}")
        late = (wait.ended or 0.0) - max(wait.due, CALM)
        if prompt and late > PATIENCE:
            evidence.say("I1", f"{wait.message.id} waits {late:.0f} s after it opened")
    for message, when in _given_up(evidence):
        if not any(
            _never_opens(evidence, message, draft, when=when) for draft in _known(evidence, when)
        ):
            evidence.say("I1", f"{message.id} was given up, and it opens in time")


def _waits(evidence: Evidence) -> Iterator[Wait]:
    """Give every wait for hours, by the log of changes."""
    world = evidence.story.world
    open_waits: dict[str, tuple[Message, float]] = {}
    for (before, after), when in zip(world.events.changes, world.written, strict=False):
        if after is None or after["sk"] != "message" or after["workspace"] != "main":
            continue
        was = before["status"] if before else ""
        if was == "held" and after["status"] != "held" and after["id"] in open_waits:
            yield Wait(*open_waits.pop(after["id"]), when)
        reason = after.get("reason", "")
        if was != "held" and after["status"] == "held" and reason in HOURS | {CLOSING}:
            open_waits[after["id"]] = (read(after), when)
    yield from (Wait(message, began, None) for message, began in open_waits.values())


def _given_up(evidence: Evidence) -> Iterator[tuple[Message, float]]:
    world = evidence.story.world
    for (before, after), when in zip(world.events.changes, world.written, strict=False):
        row = after or {}
        if row.get("sk") != "message" or NEVER not in row.get("reason", ""):
            continue
        if before is None or before["status"] != row["status"]:
            yield read(row), when


def _known(evidence: Evidence, when: float) -> Iterator[Draft]:
    yield from in_force(evidence, since=when - SLOWEST, until=when)


def _is_due(evidence: Evidence, wait: Wait) -> bool:
    """Tell whether under some policy it is closed until the wait's end, and open then."""
    message, zones = wait.message, zones_of(evidence, wait.message)
    span = (wait.began + MOST_SKEW, wait.due - 1)
    return any(
        closed_throughout(draft, zones, span)
        and closed(draft, zones, moment(wait.due - 1))
        and (message.due_at == message.not_after or not closed(draft, zones, moment(wait.due)))
        for draft in _known(evidence, wait.began)
    )


def _never_opens(evidence: Evidence, message: Message, draft: Draft, *, when: float) -> bool:
    if message.not_after is None:
        return False
    last = (message.not_after - moment(0)).total_seconds()
    zones = zones_of(evidence, message)
    # To a clock that is ahead the limit has passed already.
    if last < when + MOST_SKEW and any(
        closed(draft, zones, moment(when + off)) for off in (0, MOST_SKEW)
    ):
        return True
    if last < when:
        return any(closed(draft, zones, moment(when + off)) for off in (-MOST_SKEW, 0, MOST_SKEW))
    return closed(draft, zones, moment(last - 1)) and closed_throughout(
        draft, zones, (when + MOST_SKEW, last - 1)
    )
