"""The message: one communication to one recipient over one channel, and its legal moves."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Literal["email"]
MessageClass = Literal["once", "assured"]
Status = Literal[
    "planned",
    "rendered",
    "held",
    "claimed",
    "in_doubt",
    "sent",
    "delayed",
    "delivered",
    "bounced",
    "complained",
    "skipped",
    "expired",
    "cancelled",
    "rejected",
    "failed",
    "unresolved",
]
Engagement = Literal["opened", "clicked"]

# From `sent` on, statuses are a ranked lattice: a later rank never yields to an earlier one,
# so the order in which a provider's events arrive cannot matter.
RANK: dict[Status, int] = {
    "planned": 0,
    "rendered": 1,
    "held": 2,
    "claimed": 3,
    "in_doubt": 4,
    "unresolved": 5,
    "sent": 6,
    "delayed": 7,
    "delivered": 8,
    "bounced": 9,
    "complained": 10,
    "skipped": 20,
    "expired": 20,
    "cancelled": 20,
    "rejected": 20,
    "failed": 20,
}
TERMINAL: frozenset[Status] = frozenset(
    {"delivered", "bounced", "complained", "skipped", "expired", "cancelled", "rejected", "failed"}
)
# One letter per status, as transitions are kept in the row; the row stays under 1 KB.
CODES: dict[Status, str] = {
    "planned": "p",
    "rendered": "r",
    "held": "h",
    "claimed": "c",
    "in_doubt": "i",
    "unresolved": "u",
    "sent": "s",
    "delayed": "y",
    "delivered": "d",
    "bounced": "b",
    "complained": "m",
    "skipped": "k",
    "expired": "x",
    "cancelled": "n",
    "rejected": "j",
    "failed": "f",
}
# Not yet claimed: whoever claims first may hand it over.
READY: tuple[Status, ...] = ("planned", "rendered", "held")
# Upkeep looks at these until they move on.
WAITING: frozenset[Status] = frozenset({*READY, "claimed", "in_doubt"})
STATUS_OF_CODE: dict[str, Status] = {code: status for status, code in CODES.items()}


# The reason of a message that is late.
TOO_LATE = "not_after has passed"
# Off the road: our own decision, or the provider's refusal; nothing moves on from there.
_ENDED: frozenset[Status] = frozenset({"skipped", "expired", "cancelled", "rejected", "failed"})
# A report that the provider did not send after all fits only what may be on its way.
_UNDER_WAY: frozenset[Status] = frozenset({"claimed", "in_doubt", "unresolved", "sent", "delayed"})


def shortened(log: tuple["Transition", ...], most: int) -> tuple["Transition", ...]:
    """
    Leave out the oldest repeated entries of a log that is longer than it may be.

    The first entry of each status stays: whoever counts what a message has ever been finds it.
    """
    first = {step.status: n for n, step in reversed(list(enumerate(log)))}
    repeated = [n for n, step in enumerate(log) if first[step.status] != n]
    dropped = set(repeated[: max(0, len(log) - most)])
    return tuple(step for n, step in enumerate(log) if n not in dropped)


def too_late(message: "Message", now: datetime) -> bool:
    """Tell whether a message may not be handed over any more."""
    return message.not_after is not None and now >= message.not_after


def settles(current: Status, reported: Status) -> bool:
    """Tell whether a provider's report moves a message on from its current status."""
    if current in _ENDED:
        return False
    if reported in _ENDED:
        return current in _UNDER_WAY
    return RANK[reported] > RANK[current]


class Rule(BaseModel):
    """
    One rule that was asked before a message went or did not go.

    `version` is which wording of the rule was asked, empty where it has only ever had one, and
    `inputs` are what the verdict was made of. `until` is how long the verdict stands by itself: a
    refusal may pass then, and what passes may be refused from then on.
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    verdict: Literal["pass", "refuse"]
    reason: str = ""
    version: str = ""
    inputs: dict[str, str] = Field(default_factory=dict)
    until: datetime | None = None


class Transition(BaseModel):
    """One move of a message, with its moment to the second."""

    model_config = ConfigDict(frozen=True)

    status: Status
    at: datetime


class Message(BaseModel):
    """
    One message as its row has it.

    `recipient` is a keyed hash of the address: the address itself stays in the profile. `mailbox`
    is that of the address without its tag, where it has one: a suppression of either counts.
    `epoch` counts hand-overs that may have been tried, from 0; `token` fences the current claim,
    which is void after `lease_until`. `due_at` is when upkeep looks at a message that waits; a
    held message is not claimed before it. `event_key` names the event that holds its data.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    status: Status = "planned"
    reason: str = ""
    channel: Channel = "email"
    message_class: MessageClass = "once"
    topic: str | None = None
    template: str
    template_version: int | None = None
    campaign_id: str | None = None
    profile_id: str | None = None
    event_key: str = ""
    recipient: str = ""
    mailbox: str = ""
    body_hash: str = ""
    provider_id: str = ""
    epoch: int = Field(default=0, ge=0)
    token: str = ""
    lease_until: datetime | None = None
    due_at: datetime | None = None
    not_after: datetime | None = None
    fingerprint: str = ""
    planned_at: datetime
    transitions: tuple[Transition, ...] = ()
    decisions: tuple[Rule, ...] = ()
    opened_at: datetime | None = None
    clicked_at: datetime | None = None


def ended(reason: str, message: Message) -> str:
    """Say why a message ends; in a later epoch, an earlier attempt may have arrived."""
    return f"{reason}; an earlier attempt is unknown" if message.epoch else reason


def tells_more(elsewhere: Message, known: Message) -> bool:
    """
    Tell whether a state of a message that was kept elsewhere says what its row does not know.

    A row from a backup may have gone on by itself since, so times say nothing: what counts is a
    hand-over that was begun and is not in the row's own log. What merely waited says nothing.
    """
    begun = elsewhere.status not in _ENDED.union(READY)
    if elsewhere.epoch > known.epoch:
        return begun
    if set(elsewhere.transitions) <= set(known.transitions):
        return False
    return begun and (known.status in _ENDED or RANK[elsewhere.status] > RANK[known.status])
