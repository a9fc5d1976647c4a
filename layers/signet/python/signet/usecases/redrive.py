"""Look at what could not be handled, and send it back to where it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from signet.errors import Rejected
from signet.ports import Clock, DeadLetter, DeadLetterRows, Ledger
from signet.usecases.burial import exhume
from signet.usecases.views import View

QueueName = Literal["preprocess", "render", "deliver", "report", "upkeep"]
_PAGE = 100
_MOST_PAGES = 50


class RawQueue(Protocol):
    """Put a body back on a queue, as it was."""

    def send_raw(self, body: str) -> None:
        """
        Queue one body durably.

        Raises:
            Transient: It was not taken.
        """


class RedriveRequest(BaseModel):
    """Which dead letters to send back: of a queue, all or those named; or only to look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: QueueName
    ids: tuple[str, ...] | None = Field(default=None, max_length=1000)
    dry_run: StrictBool = False


class DeadLetterView(View):
    """A dead letter without its body, which may be personal."""

    id: str
    queue: str
    reason: str
    receives: int
    size: int
    buried_at: datetime


class Redriven(View):
    """What was sent back, or would be."""

    queue: str
    ids: tuple[str, ...]
    dry_run: bool


def show(letter: DeadLetter) -> DeadLetterView:
    """Show a dead letter."""
    return DeadLetterView(
        id=letter.position,
        queue=letter.queue,
        reason=letter.reason,
        receives=letter.receives,
        size=len(letter.body.encode("utf-8", "surrogatepass")),
        buried_at=letter.buried_at,
    )


@dataclass(frozen=True, slots=True)
class Sexton:
    """The ports that driving again needs; `queues` are named after their stages."""

    rows: DeadLetterRows
    queues: Mapping[str, RawQueue]
    ledger: Ledger
    clock: Clock


def redrive(request: RedriveRequest, *, workspace: str, sexton: Sexton) -> Redriven:
    """
    Send dead letters of a workspace back to their queue and take them off the list.

    A letter is sent before its row goes: a crash in between sends it twice, which every stage
    survives, and never loses it.

    Effects: ledger (messages that ended with the letter go on), the queue, dead letter rows.

    Raises:
        Rejected: An id is not on the list of this queue; nothing was sent.
        Transient: The queue did not take a body; what was not sent stays on the list.
    """
    known = {letter.position: letter for letter in _all(request.queue, workspace, sexton.rows)}
    wanted = list(known) if request.ids is None else list(dict.fromkeys(request.ids))
    for place in wanted:
        if place not in known:
            raise Rejected.field("ids", f"there is no dead letter {place[:64]} of this queue")
    if not request.dry_run:
        for place in wanted:
            body = known[place].body
            exhume(body, ledger=sexton.ledger, clock=sexton.clock)
            sexton.queues[request.queue].send_raw(body)
            sexton.rows.remove(workspace, place)
    return Redriven(queue=request.queue, ids=tuple(wanted), dry_run=request.dry_run)


def _all(queue: str, workspace: str, rows: DeadLetterRows) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    position: str | None = None
    for _ in range(_MOST_PAGES):
        page = rows.page(workspace, queue=queue, limit=_PAGE, position=position)
        found += [letter for letter in page.items if isinstance(letter, DeadLetter)]
        position = page.next_position
        if position is None:
            break
    return found
