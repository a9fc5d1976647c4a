"""Who gets what, when: which communications an event makes due."""

from datetime import UTC, datetime
from typing import Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
)

from signet.domain.broadcast import Audience, considers
from signet.domain.cap import Cap
from signet.domain.events import Event
from signet.domain.policy import Hours

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "exists"]
CampaignStatus = Literal["draft", "active", "paused", "cancelled"]

# Years in which a moment can be turned into the clock of any zone.
FIRST_YEAR, LAST_YEAR = 2000, 2200


class Condition(BaseModel):
    """One clause over the properties of the triggering event; `path` is dotted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(min_length=1, max_length=256)
    op: Operator = "eq"
    value: JsonValue = None


class Trigger(BaseModel):
    """The event a campaign waits for: its name, and clauses that must all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str = Field(min_length=1, max_length=256)
    where: tuple[Condition, ...] = Field(default=(), max_length=20)


class CampaignDraft(BaseModel):
    """
    What an editor writes: the campaign without its state.

    A triggered campaign waits `on` an event, a broadcast goes to an `audience` once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=128)
    kind: Literal["triggered", "broadcast"] = "triggered"
    on: Trigger | None = Field(default=None, validate_default=True)
    audience: Audience | None = Field(default=None, validate_default=True)
    template: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    channel: Literal["email"] = "email"
    topic: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    message_class: Literal["once", "assured"] = Field(default="once", alias="class")
    caps: tuple[Cap, ...] = Field(default=(), max_length=4)
    quiet_hours: tuple[Hours, ...] = Field(default=(), max_length=4)
    not_after: AwareDatetime | None = None

    @field_validator("not_after")
    @classmethod
    def _within_reason(cls, value: datetime | None) -> datetime | None:
        """Let no moment pass that could not be turned into every zone's own."""
        if value is None:
            return None
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
        return value.astimezone(UTC)

    @field_validator("on")
    @classmethod
    def _waits(cls, value: Trigger | None, info: ValidationInfo) -> Trigger | None:
        return _belongs(value, info, to="triggered")

    @field_validator("audience")
    @classmethod
    def _is_for(cls, value: Audience | None, info: ValidationInfo) -> Audience | None:
        return _belongs(value, info, to="broadcast")


class Campaign(BaseModel):
    """A campaign as the catalog keeps it; the audience is who was there at `launched_at`."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str
    revision: int = 1
    status: CampaignStatus = "draft"
    draft: CampaignDraft
    template_version: int | None = None
    launched_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


RUNNING = frozenset({"active", "paused"})


def due(campaigns: tuple[Campaign, ...], event: Event) -> tuple[Campaign, ...]:
    """
    Choose the campaigns that an event sets off, in a fixed order.

    What happens while a campaign is paused counts: its messages wait for the resume. The event
    that considers a person for a broadcast sets off this broadcast, and nothing else does.
    """
    broadcast = considers(event)
    if broadcast is not None:
        return tuple(
            c
            for c in campaigns
            if c.id == broadcast and c.status in RUNNING and c.draft.kind == "broadcast"
        )
    return tuple(
        campaign
        for campaign in sorted(campaigns, key=lambda known: known.id)
        if campaign.status in RUNNING and _listens(campaign.draft.on, event)
    )


Part = TypeVar("Part", bound=BaseModel)


def _belongs(value: Part | None, info: ValidationInfo, *, to: str) -> Part | None:
    """Let a campaign have the part that its kind needs, and not the other's."""
    kind = info.data.get("kind")
    if kind == to and value is None:
        raise ValueError(f"must be there in a {to} campaign")
    if kind is not None and kind != to and value is not None:
        raise ValueError(f"does not fit a {kind} campaign")
    return value


def _listens(trigger: Trigger | None, event: Event) -> bool:
    if trigger is None:
        return False
    return trigger.event == event.name and all(
        holds(clause, event.properties) for clause in trigger.where
    )


def holds(clause: Condition, properties: dict[str, JsonValue]) -> bool:
    """Evaluate one clause; a path that is not there holds for `ne` and for `exists` false."""
    found, value = _walk(properties, clause.path.split("."))
    if clause.op == "exists":
        return found == (clause.value is not False)
    if not found:
        return clause.op == "ne"
    return _compare(clause.op, value, clause.value)


def _walk(value: JsonValue, path: list[str]) -> tuple[bool, JsonValue]:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False, None
        value = value[step]
    return True, value


def _compare(op: Operator, left: JsonValue, right: JsonValue) -> bool:
    if op in {"eq", "ne"}:
        return (left == right) == (op == "eq")
    if op == "in":
        return isinstance(right, list) and left in right
    if op == "contains":
        return isinstance(left, list | str) and _contains(left, right)
    return _ordered(op, left, right)


def _contains(left: list[JsonValue] | str, right: JsonValue) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return right in left


def _ordered(op: Operator, left: JsonValue, right: JsonValue) -> bool:
    numbers = _number(left) and _number(right)
    strings = isinstance(left, str) and isinstance(right, str)
    if not (numbers or strings):
        return False
    below, equal = left < right, left == right  # type: ignore[operator]
    return {"lt": below, "lte": below or equal, "gt": not below and not equal, "gte": not below}[op]


def _number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
