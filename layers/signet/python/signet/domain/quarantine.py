"""What could not be taken: kept with its reason until somebody corrects and replays it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.domain import values
from signet.errors import Rejected
from signet.ids import derived

# Where it came in, which is also where a replay brings it in again.
QuarantineDoor = Literal["call", "event", "source", "import", "bus", "mail", "provider_event"]
QuarantineStatus = Literal["waiting", "replayed", "discarded"]
QuarantineAction = Literal["quarantined", "begun", "corrected", "refused", "replayed", "discarded"]
# A row holds 400 KB; of what is larger only the beginning is kept, for the eye.
LARGEST_SAMPLE_BYTES = 300_000
EXCERPT = 2_000
LONGEST_ITEM_ID = 64
LONGEST_TEXT = 500
LONGEST_NOTE = 300
MOST_FAULTS = 100
MOST_STEPS = 50


class Fault(BaseModel):
    """One thing that is wrong: the field, as a dotted path, and what is the matter with it."""

    model_config = ConfigDict(frozen=True)

    field: str
    message: str


class QuarantineStep(BaseModel):
    """One entry of an item's history: who did what, when, with which remark."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    actor: str
    action: QuarantineAction
    note: str = ""


class Quarantined(BaseModel):
    """
    One thing that could not be taken.

    `sample` is the payload as it came; where `as_text`, the payload written as JSON, because it
    holds what a row cannot: half a letter, or more levels than are ever read. Where `truncated`,
    there is only the `excerpt`. `count` is how many calls the sample is a list of, 1 where it is
    the thing itself; where it is `part`, the sample is one item that was taken out of a body of
    several. `source` names the origin as an event would, such as `source:shop`; `sent_at` is the
    client's time of sending, which corrects its clock; `message_id` the id of the delivery, where
    its sender gives one, and `beside` what they said beside it. `known_as` is the same for every
    repeat of it, whenever that comes; empty where the id alone tells. `event_ids` are those that
    the first replay gave, and every later one keeps; `correction` is what it was read with.
    `version` guards writes as a profile's does.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str = Field(min_length=1, max_length=LONGEST_ITEM_ID)
    door: QuarantineDoor
    source: str
    reason: str
    faults: tuple[Fault, ...] = ()
    sample: JsonValue = None
    as_text: bool = False
    truncated: bool = False
    excerpt: str = ""
    count: int = Field(default=1, ge=1)
    part: bool = False
    known_as: str = ""
    sent_at: str | int | float | None = None
    message_id: str | None = None
    beside: dict[str, JsonValue] = Field(default_factory=dict)
    received_at: datetime
    status: QuarantineStatus = "waiting"
    event_ids: tuple[str, ...] = ()
    correction: JsonValue = None
    history: tuple[QuarantineStep, ...] = ()
    version: int = Field(default=0, ge=0)

    def payload(self) -> object:
        """
        Give what came, as it came.

        Raises:
            Rejected: It was too large to be kept.
        """
        if self.truncated:
            raise Rejected.field("correction", "must be the whole payload; too little was kept")
        if self.as_text:
            return json.loads(str(self.sample))
        return self.sample

    def after(self, step: QuarantineStep, **changes: object) -> "Quarantined":
        """Give the item after one more step; of a long history, the beginning and the end stay."""
        first, rest = self.history[:1], self.history[1:]
        newest = (*rest, step)[-(MOST_STEPS - 1) :]
        return self.model_copy(update={**changes, "history": (*first, *newest)})


def quarantined(
    error: Rejected,
    *,
    workspace: str,
    door: QuarantineDoor,
    source: str,
    sample: object,
    received_at: datetime,
    place: str = "",
) -> Quarantined:
    """
    Write down what could not be taken.

    The id is derived from the origin, the moment of receipt and the place within what was
    received, so that a repeat of the same reading makes no second one; ids sort by time.

    Args:
        error: Why it could not be taken.
        workspace: Whose it is.
        door: Where it came in.
        source: The origin.
        sample: The payload as it came, of any shape.
        received_at: When it came; the same for every try.
        place: Which part of what was received this is, such as a row number.
    """
    moment = received_at.astimezone(UTC)
    identity = derived(workspace, door, source, moment.isoformat(), place, length=16)
    faults = error.fields[:MOST_FAULTS]
    return Quarantined(
        workspace=workspace,
        id=f"q{moment:%Y%m%d%H%M%S}-{identity}",
        door=door,
        source=source,
        reason=_plain(error.message[:LONGEST_TEXT]),
        faults=tuple(_fault(f.field, f.message) for f in faults),
        **_kept(sample),
        received_at=received_at,
        history=(QuarantineStep(at=received_at, actor=source, action="quarantined"),),
    )


def written(value: object) -> str | None:
    """Write a value as compact JSON; None where it is nested too deeply even for that."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        return None


def size_of(text: str) -> int:
    """Tell how many bytes a text has."""
    return len(text.encode("utf-8", "surrogatepass"))


def _fault(field: str, message: str) -> Fault:
    return Fault(field=_plain(field[:LONGEST_TEXT]), message=_plain(message[:LONGEST_TEXT]))


def _kept(sample: object) -> dict[str, Any]:
    text = written(sample)
    if text is None or size_of(text) > LARGEST_SAMPLE_BYTES:
        return {"truncated": True, "excerpt": _plain((text or "")[:EXCERPT])}
    if _halved(text) or _deep(sample):
        return {"sample": json.dumps(sample), "as_text": True}
    return {"sample": sample}


def _halved(text: str) -> bool:
    """Tell whether a text holds half a surrogate pair, which no other store keeps."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _deep(sample: object) -> bool:
    level: list[Any] = [sample]
    for _ in range(values.LENIENT.depth):
        level = [child for value in level for child in _children(value)]
    return bool(level)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
