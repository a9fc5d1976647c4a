"""What could not be taken: kept with its reason until somebody corrects and replays it."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.errors import Rejected
from signet.ids import derived

# Where it came in, which is also where a replay brings it in again.
QuarantineDoor = Literal["call", "event", "source", "import", "bus", "mail", "provider_event"]
QuarantineStatus = Literal["waiting", "replayed", "discarded"]
# A row holds 400 KB; what is larger is kept in part, and cannot be replayed as it is.
LARGEST_SAMPLE_BYTES = 300_000


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
    action: Literal["quarantined", "corrected", "replayed", "discarded"]
    note: str = ""


class Quarantined(BaseModel):
    """
    One thing that could not be taken.

    `sample` is the payload as it came, whole unless `truncated`; `source` names the origin as an
    event would, such as `source:shop`; `version` guards writes as a profile's does.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    id: str = Field(min_length=1, max_length=64)
    door: QuarantineDoor
    source: str
    reason: str
    faults: tuple[Fault, ...] = ()
    sample: JsonValue = None
    truncated: bool = False
    received_at: datetime
    status: QuarantineStatus = "waiting"
    history: tuple[QuarantineStep, ...] = ()
    version: int = Field(default=0, ge=0)


def quarantined(
    error: Rejected,
    *,
    workspace: str,
    door: QuarantineDoor,
    source: str,
    sample: JsonValue,
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
        sample: The payload as it came.
        received_at: When it came; the same for every try.
        place: Which part of what was received this is, such as a row number.
    """
    moment = received_at.astimezone(UTC)
    identity = derived(workspace, door, source, moment.isoformat(), place, length=16)
    return Quarantined(
        workspace=workspace,
        id=f"q{moment:%Y%m%d%H%M%S}-{identity}",
        door=door,
        source=source,
        reason=error.message,
        faults=tuple(Fault(field=f.field, message=f.message) for f in error.fields),
        sample=sample,
        received_at=received_at,
        history=(QuarantineStep(at=received_at, actor=source, action="quarantined"),),
    )
