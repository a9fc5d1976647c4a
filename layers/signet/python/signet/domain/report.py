"""Counters, and the rates made of them, each with its denominator's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from signet.domain.message import Message, Status
from signet.domain.reasons import TOLD, counted

REASON = "reason:"
# Whoever reports the later status has seen the earlier one happen, even if its report is lost.
IMPLIED: dict[Status, tuple[Status, ...]] = {
    "delayed": ("sent",),
    "delivered": ("sent",),
    "bounced": ("sent",),
    "complained": ("sent", "delivered"),
}


class Rate(BaseModel):
    """A quotient; `value` is None where nothing could have happened."""

    model_config = ConfigDict(frozen=True)

    numerator: str
    denominator: str
    value: float | None


def reached(message: Message) -> frozenset[Status]:
    """Give every status a message has ever had."""
    own = {transition.status for transition in message.transitions} | {message.status}
    return frozenset(own.union(*(IMPLIED.get(status, ()) for status in own)))


def changes(before: Message | None, after: Message) -> Iterable[tuple[str, int]]:
    """Give what one change of a message adds to each counter."""
    if before is None:
        yield "messages", 1
    if before is None or before.status != after.status:
        yield f"status:{after.status}", 1
        if before is not None:
            yield f"status:{before.status}", -1
        if after.status == "bounced" and after.reason.startswith("Permanent"):
            yield "hard_bounces", 1
    yield from _reasons(before, after)
    had = reached(before) if before is not None else frozenset()
    for status in sorted(reached(after) - had):
        yield f"reached:{status}", 1
    for name in ("opened", "clicked"):
        field = f"{name}_at"
        if getattr(after, field) and not (before and getattr(before, field)):
            yield name, 1


def _reasons(before: Message | None, after: Message) -> Iterable[tuple[str, int]]:
    # Whoever forgets what a message was decided by, changes nothing that is counted.
    if before is not None and (before.status, before.reason) == (after.status, after.reason):
        return
    was, now = counted(before) if before is not None else "", counted(after)
    if was == now:
        return
    if now:
        yield f"{REASON}{now}", 1
    if was:
        yield f"{REASON}{was}", -1


def by_reason(counters: Mapping[str, int]) -> dict[str, int]:
    """Give how many messages wait or did not go for each reason, the most first."""
    found = {n.removeprefix(REASON): v for n, v in counters.items() if n.startswith(REASON) and v}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def adds_up(counters: Mapping[str, int]) -> bool:
    """Tell whether every message has one status, and each that has not gone one reason."""
    statuses = {n: v for n, v in counters.items() if n.startswith("status:")}
    ungone = sum(statuses.get(f"status:{status}", 0) for status in TOLD)
    whole = sum(statuses.values()) == counters.get("messages", 0)
    return whole and sum(by_reason(counters).values()) == ungone


def rates(counters: dict[str, int]) -> dict[str, Rate]:
    """Compute the usual rates from a scope's counters."""
    pairs = {
        "delivery": ("reached:delivered", "reached:sent"),
        "bounce": ("reached:bounced", "reached:sent"),
        "open": ("opened", "reached:delivered"),
        "click": ("clicked", "reached:delivered"),
        "click_to_open": ("clicked", "opened"),
        "complaint": ("reached:complained", "reached:delivered"),
    }
    return {name: _rate(counters, *pair) for name, pair in pairs.items()}


def _rate(counters: dict[str, int], numerator: str, denominator: str) -> Rate:
    below = counters.get(denominator, 0)
    value = counters.get(numerator, 0) / below if below else None
    return Rate(
        numerator=numerator.removeprefix("reached:"),
        denominator=denominator.removeprefix("reached:"),
        value=value,
    )


@dataclass(frozen=True)
class Change:
    """
    One record of the stream: a message before and after, or a new event.

    `at` is when the row was written, `day` the one that its counters belong to; `reference` is how
    the newest rows are shown to people who watch.
    """

    sequence: str
    at: datetime
    workspace: str
    day: str
    reference: str
    before: Message | None = None
    after: Message | None = None
