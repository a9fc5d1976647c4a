"""What operators see of people and messages."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.cleaning import agents
from signet.cleaning.agents import Agent
from signet.cleaning.enrich import Enrichment, PostCodes, enriched
from signet.domain.computed import Computed
from signet.domain.consent import Consent
from signet.domain.events import Event
from signet.domain.feedback import FeedbackNote, noted
from signet.domain.lineage import Lineage
from signet.domain.message import Channel, Message, MessageClass, Rule, Status, Transition
from signet.domain.profile import Profile
from signet.domain.receipt import Shown
from signet.domain.request import Purpose
from signet.domain.suppression import Suppression
from signet.errors import Missing
from signet.ports import Ledger, Page, PermissionStore, TimelineEntry
from signet.usecases.timelines import Timelines

_READS = 10


class View(BaseModel):
    """The base of everything that is shown."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


class OriginView(View):
    """Who said a value of a trait, and when; by which version of which mapping it was read."""

    value: JsonValue
    source: str
    event_id: str
    event_key: str
    at: datetime
    received_at: datetime
    mapping_version: int
    trust: int
    purpose: Purpose | None = Field(
        default=None, description="What the source was for, in the version that read it."
    )


class TraitView(OriginView):
    """One trait with its origin, and what it replaced."""

    replaced: OriginView | None


class WordView(View):
    """A person's word on one channel and topic at a moment; `receipt` names what proves it."""

    channel: str
    topic: str
    status: Shown
    basis: str
    wording_version: str
    source: str
    evidence: str
    at: datetime
    expires_at: datetime | None
    receipt: str


class ProfileView(View):
    """
    A person as shown; `lineage` and `computed` are there only where they were asked for.

    `merged` names the profiles that became a part of this one.
    `enrichment` follows from the traits and is derived for each answer; it is stored nowhere.
    """

    id: str
    identifiers: dict[str, tuple[str, ...]]
    traits: dict[str, JsonValue]
    enrichment: Enrichment
    segments: tuple[str, ...] = ()
    consents: tuple[WordView, ...]
    predictions: dict[str, float] = Field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    merged: tuple[str, ...] = ()
    lineage: dict[str, TraitView] | None = None
    computed: Computed | None = None


class ProfileBrief(View):
    """A person in a list."""

    id: str
    identifiers: dict[str, tuple[str, ...]]
    traits: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime


class MessageBrief(View):
    """A message in a list."""

    id: str
    status: Status
    reason: str
    channel: Channel
    template: str
    campaign_id: str | None
    profile_id: str | None
    planned_at: datetime
    opened: bool
    clicked: bool


class Recipient(View):
    """One recipient of a campaign."""

    message_id: str
    profile_id: str | None
    status: Status
    opened: bool
    clicked: bool


class MessageView(View):
    """One message with everything that was decided about it."""

    id: str
    status: Status
    reason: str
    channel: Channel
    message_class: MessageClass = Field(alias="class")
    topic: str | None
    template: str
    template_version: int | None
    campaign_id: str | None
    profile_id: str | None
    event_key: str
    body_hash: str
    provider_id: str
    epoch: int
    planned_at: datetime
    due_at: datetime | None
    not_after: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    transitions: tuple[Transition, ...]
    decision_record: tuple[Rule, ...]


class TimelineView(View):
    """
    One event of a timeline with the messages it caused, and what was said in it, if anything.

    `agent` is what the user agent of the event's context says of device and program; it is
    derived for each answer; `feedback` is what was said in it, if anything was.
    """

    profile_id: str
    id: str
    source: str
    type: str
    name: str
    occurred_at: datetime
    received_at: datetime
    traits: dict[str, JsonValue]
    properties: dict[str, JsonValue]
    agent: Agent | None
    messages: tuple[MessageBrief, ...]
    feedback: FeedbackNote | None = None


class SuppressionView(View):
    """A suppressed address, named by its handle only."""

    id: str
    channel: str
    reason: str
    scope: str
    topic: str | None
    at: datetime


def profile(
    person: Profile,
    *,
    permissions: PermissionStore,
    at: datetime,
    lineage: Lineage | None = None,
    merged: tuple[str, ...] = (),
    post_codes: PostCodes | None = None,
) -> ProfileView:
    """
    Show a person with their consents as of a moment.

    With a lineage also where each trait comes from, with post codes also where theirs lies.
    """
    said = permissions.look(person.workspace, person.id).consents
    return ProfileView(
        id=person.id,
        identifiers=person.identifiers,
        traits=person.values(),
        enrichment=enriched(person.values(), post_codes=post_codes),
        consents=tuple(word(one, at) for one in said),
        created_at=person.created_at,
        updated_at=person.updated_at,
        merged=merged,
        lineage=_origins(person, lineage) if lineage else None,
    )


def word(said: Consent, at: datetime) -> WordView:
    """Show a word as it is at a moment, at which a grant may have ended."""
    known = said.model_dump(exclude={"status", "renewed"})
    return WordView(**known, status="expired" if said.expired(at) else said.status)


def _origins(person: Profile, lineage: Lineage) -> dict[str, TraitView]:
    shown = {name: lineage.traits[name] for name in person.values() if name in lineage.traits}
    return {
        name: TraitView(
            **traced.current.model_dump(),
            replaced=OriginView(**traced.replaced.model_dump()) if traced.replaced else None,
        )
        for name, traced in shown.items()
    }


def profile_brief(person: Profile) -> ProfileBrief:
    """Show a person in a list."""
    return ProfileBrief(
        id=person.id,
        identifiers=person.identifiers,
        traits=person.values(),
        created_at=person.created_at,
        updated_at=person.updated_at,
    )


def brief(message: Message) -> MessageBrief:
    """Show a message in a list."""
    return MessageBrief(
        **message.model_dump(mode="json", include=_BRIEF),
        opened=message.opened_at is not None,
        clicked=message.clicked_at is not None,
    )


def recipient(message: Message) -> Recipient:
    """Show a message as one recipient of its campaign."""
    shown = brief(message)
    return Recipient(
        message_id=shown.id,
        profile_id=shown.profile_id,
        status=shown.status,
        opened=shown.opened,
        clicked=shown.clicked,
    )


def message(workspace: str, message_id: str, *, ledger: Ledger) -> MessageView:
    """
    Show one message.

    Raises:
        Missing: There is none of this id.
    """
    found = ledger.get(workspace, message_id)
    if found is None:
        raise Missing("there is no such message")
    shown = found.model_dump(mode="json")
    shown["decision_record"] = shown.pop("decisions")
    return MessageView(**{name: shown[name] for name in MessageView.model_fields})


def timeline(
    entries: Sequence[TimelineEntry], *, workspace: str, ledger: Ledger
) -> tuple[TimelineView, ...]:
    """Show events with the present state of the messages they caused."""
    wanted = list(dict.fromkeys(mid for entry in entries for mid in entry.messages))
    known = ledger.get_many(workspace, wanted) if wanted else {}
    return tuple(_entry(entry, known) for entry in entries)


def messages_of(
    workspace: str,
    profile_id: str,
    *,
    limit: int,
    position: str | None,
    events: Timelines,
    ledger: Ledger,
) -> Page:
    """
    List the messages of a person along their timeline, newest first.

    A page may hold more messages than `limit` where one event caused several.
    """
    found: list[MessageBrief] = []
    for _ in range(_READS):
        page = events.timeline(workspace, profile_id, limit=limit, position=position)
        entries = [entry for entry in page.items if isinstance(entry, TimelineEntry)]
        ids = [mid for entry in entries for mid in entry.messages]
        known = ledger.get_many(workspace, ids) if ids else {}
        found += [brief(known[mid]) for mid in ids if mid in known]
        position = page.next_position
        if position is None or len(found) >= limit:
            break
    return Page(tuple(found), position)


def suppression(found: Suppression) -> SuppressionView:
    """Show a suppression."""
    shown = found.model_dump(mode="json")
    return SuppressionView(id=shown.pop("handle"), **shown)


_BRIEF = {
    "id", "status", "reason", "channel", "template", "campaign_id", "profile_id", "planned_at",
}  # fmt: skip


def _agent(event: Event) -> Agent | None:
    named = event.context.get("userAgent")
    return agents.read(named) if isinstance(named, str) else None


def _entry(entry: TimelineEntry, known: dict[str, Message]) -> TimelineView:
    event = entry.event
    return TimelineView(
        profile_id=entry.profile_id,
        id=event.id,
        source=event.source,
        type=event.type,
        name=event.name,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        traits=event.traits,
        properties=event.properties,
        agent=_agent(event),
        messages=tuple(brief(known[mid]) for mid in entry.messages if mid in known),
        feedback=noted(event),
    )
