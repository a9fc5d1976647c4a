"""What is wanted: the imperative items that ride the queues, each done by exactly one stage."""

import json
from contextlib import suppress
from datetime import datetime
from functools import reduce
from operator import getitem
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from signet.domain.events import MESSAGE_REQUESTED, Event
from signet.domain.place import NOWHERE, Place
from signet.domain.provider_event import ProviderEvent
from signet.errors import Poison

# One stack starts with this workspace; what belongs to no other is looked after by its operators.
HOME = "main"


class Work(BaseModel):
    """The base of every work item: strict about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApplyEvents(Work):
    """Apply a pack of events to their profiles (preprocess)."""

    kind: Literal["apply_events"] = "apply_events"
    events: tuple[Event, ...] = Field(min_length=1, max_length=500)


class RenderMessage(Work):
    """Fill a message's template with live data (render)."""

    kind: Literal["render_message"] = "render_message"
    workspace: str
    message_id: str
    sealed_data: str = ""


class RenderMessages(Work):
    """A pack of messages to render."""

    kind: Literal["render_messages"] = "render_messages"
    messages: tuple[RenderMessage, ...] = Field(min_length=1, max_length=500)


class DeliverMessage(Work):
    """
    Hand one rendered message to its provider (deliver).

    `body` is the sealed and compressed mail as base64, or empty where `body_ref` names the object
    that holds it. `body_hash` is the SHA-256 of the mail's bytes, in hex. `recipient` is the keyed
    hash of the address that the mail was written to, which may have changed since it was planned;
    `mailbox` is that of its spelling without a tag, `also` are those of other addresses of theirs,
    and `place` is where the person may be.
    """

    kind: Literal["deliver_message"] = "deliver_message"
    workspace: str
    message_id: str
    template_version: int
    recipient: str
    mailbox: str = ""
    also: tuple[str, ...] = ()
    place: Place = NOWHERE
    rendered_at: datetime
    body_hash: str
    body: str = ""
    body_ref: str = ""


class DeliverMessages(Work):
    """A pack of messages to deliver."""

    kind: Literal["deliver_messages"] = "deliver_messages"
    messages: tuple[DeliverMessage, ...] = Field(min_length=1, max_length=500)


class NoteEngagement(Work):
    """Note that a person opened or clicked (report)."""

    kind: Literal["note_engagement"] = "note_engagement"
    workspace: str
    message_id: str
    engagement: Literal["opened", "clicked"]
    at: datetime
    url: str = ""
    user_agent: str = ""


class SettleMessage(Work):
    """Settle a message by a report that came by another way than the provider's own (report)."""

    kind: Literal["settle_message"] = "settle_message"
    event: ProviderEvent


class MirrorSuppression(Work):
    """
    Let the provider's list know what became of an address (report).

    `address` is sealed for its `handle`, as base64; whether it is suppressed is for its row to say.
    """

    kind: Literal["mirror_suppression"] = "mirror_suppression"
    workspace: str
    handle: str
    address: str


class FoldChange(Work):
    """
    Fold one change that could not be folded when its batch was (report).

    `record` is the stream's own record, as JSON.
    """

    kind: Literal["fold_change"] = "fold_change"
    shard: str
    sequence: str
    record: str


class WalkCampaign(Work):
    """
    Set the waiting messages of a campaign going again, or cancel them (upkeep).

    `position` is where the walk goes on, empty at its beginning.
    """

    kind: Literal["walk_campaign"] = "walk_campaign"
    workspace: str
    campaign_id: str
    position: str = ""


class StartBroadcast(Work):
    """
    Tell preprocess of everybody whom a broadcast is for, page by page (upkeep).

    `position` is where the walk goes on, empty at its beginning.
    """

    kind: Literal["start_broadcast"] = "start_broadcast"
    workspace: str
    campaign_id: str
    position: str = ""


class FindDuplicates(Work):
    """Compare people who are new, or whose names or addresses changed, with others (preprocess)."""

    kind: Literal["find_duplicates"] = "find_duplicates"
    workspace: str
    profile_ids: tuple[str, ...] = Field(min_length=1, max_length=100)


class JoinVisitor(Work):
    """Let a visitor be the person as whom they introduced themselves (preprocess)."""

    kind: Literal["join_visitor"] = "join_visitor"
    workspace: str
    visitor: str
    person: str


class ReplayLake(Work):
    """
    Replay what the lake says about messages over tables from a backup, then open the gates.

    `since` is a moment before the backup was taken; `position` is where the replay goes on.
    """

    kind: Literal["replay_lake"] = "replay_lake"
    since: datetime
    position: str = ""


class ForgetDecisions(Work):
    """Go on with taking away the decision records that a workspace keeps no longer (upkeep)."""

    kind: Literal["forget_decisions"] = "forget_decisions"
    workspace: str


class CutFile(Work):
    """
    Cut an imported file into parts (preprocess).

    The others tell where to go on: the number of the next part, where its first row begins in the
    unpacked bytes, that row's number, and the identity of the row before it.
    """

    kind: Literal["cut_file"] = "cut_file"
    workspace: str
    import_id: str
    part: int = Field(default=0, ge=0)
    start: int = Field(default=0, ge=0)
    row: int = Field(default=0, ge=0)
    identity: str = ""


class ImportPart(Work):
    """Take in the rows of one part of an imported file (preprocess)."""

    kind: Literal["import_part"] = "import_part"
    workspace: str
    import_id: str
    part: int = Field(ge=0)


AnyWork = Annotated[
    ApplyEvents
    | RenderMessages
    | DeliverMessages
    | NoteEngagement
    | SettleMessage
    | MirrorSuppression
    | FoldChange
    | WalkCampaign
    | StartBroadcast
    | FindDuplicates
    | JoinVisitor
    | ReplayLake
    | ForgetDecisions
    | CutFile
    | ImportPart,
    Field(discriminator="kind"),
]
Wanted = TypeVar("Wanted", bound=Work)
_ANY: TypeAdapter[AnyWork] = TypeAdapter(AnyWork)


def read(body: str) -> AnyWork:
    """
    Read a work item from a queue body.

    Raises:
        Poison: The body is not one of ours; the message names the field at fault.
    """
    try:
        return _ANY.validate_json(body)
    except ValidationError as error:
        raise Poison(_first_fault(error.errors())) from error


def read_as(body: str, kind: type[Wanted]) -> Wanted:
    """
    Read a work item of one kind from a queue body.

    Raises:
        Poison: The body is none.
    """
    work = read(body)
    if not isinstance(work, kind):
        raise Poison(f"kind: {work.kind} is not work of this stage")
    return work


def apart(work: AnyWork) -> list[Work]:
    """Take a pack apart into packs of one; what is no pack, or holds one item, gives nothing."""
    parts: list[Work] = []
    match work:
        case ApplyEvents(events=events):
            parts = [ApplyEvents(events=(event,)) for event in events]
        case RenderMessages(messages=renders):
            parts = [RenderMessages(messages=(item,)) for item in renders]
        case DeliverMessages(messages=deliveries):
            parts = [DeliverMessages(messages=(item,)) for item in deliveries]
        case FindDuplicates(workspace=workspace, profile_ids=ids):
            parts = [FindDuplicates(workspace=workspace, profile_ids=(one,)) for one in ids]
    return parts if len(parts) > 1 else []


def messages_in(work: AnyWork) -> list[tuple[str, str]]:
    """Give the messages that a work item names, each as workspace and message id."""
    match work:
        case RenderMessages(messages=renders):
            return [(item.workspace, item.message_id) for item in renders]
        case DeliverMessages(messages=deliveries):
            return [(item.workspace, item.message_id) for item in deliveries]
        case ApplyEvents(events=events):
            named = [(event.workspace, event.properties.get("message_id")) for event in events
                     if event.type == MESSAGE_REQUESTED]  # fmt: skip
            return [(workspace, mid) for workspace, mid in named if isinstance(mid, str)]
    return []


# Where a queue body names its workspace: packs, single items, provider events.
_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("events", 0, "workspace"),
    ("messages", 0, "workspace"),
    ("workspace",),
    ("event", "workspace"),
    ("detail", "mail", "tags", "signet_ws", 0),
)


def workspace_of(body: str) -> str:
    """
    Give the workspace that a queue body belongs to.

    What cannot be read, and what belongs to nobody, is the home workspace's.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return HOME
    for path in _PLACES:
        with suppress(LookupError, TypeError):
            named = reduce(getitem, path, found)
            if isinstance(named, str) and named != "-":
                return named
    return HOME


def _first_fault(faults: list[Any]) -> str:
    fault = faults[0]
    place = ".".join(str(part) for part in fault["loc"]) or "body"
    return f"{place}: {fault['msg']}"
