"""Campaigns: written, launched with a pinned template version, paused, resumed, cancelled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.broadcast import Audience
from signet.domain.campaign import Campaign, CampaignDraft, CampaignStatus, Trigger
from signet.domain.cap import Cap
from signet.domain.policy import Hours
from signet.domain.principal import Principal, allows
from signet.domain.request import Unprocessable
from signet.domain.work import StartBroadcast, WalkCampaign
from signet.errors import Conflict, FieldError, Missing
from signet.ids import fresh
from signet.ports import Catalog, Clock, ProfileStore, Random, WorkQueue
from signet.usecases.catalog import active_version

# May a broadcast go without a topic, to people who consented to nothing?
SERVICE = "campaigns.service"
MOST_FAULTS = 20
Move = Literal["launch", "pause", "resume", "cancel"]


class AudienceView(BaseModel):
    """Whom a broadcast is for; `people` are how many were named, and a list leaves out whom."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)

    everybody: bool = Field(alias="all")
    people: int | None
    profile_ids: tuple[str, ...] = ()


class CampaignView(BaseModel):
    """A campaign as it is shown."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    id: str
    name: str
    kind: str
    status: CampaignStatus
    on: Trigger | None
    audience: AudienceView | None
    template: str
    template_version: int | None
    channel: str
    topic: str | None
    message_class: str = Field(alias="class")
    caps: tuple[Cap, ...]
    quiet_hours: tuple[Hours, ...]
    not_after: datetime | None
    launched_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Planner:
    """
    The ports that campaigns need.

    `queue` is upkeep's, which walks their messages and their audiences.
    """

    catalog: Catalog
    profiles: ProfileStore
    clock: Clock
    random: Random
    queue: WorkQueue


def create(draft: CampaignDraft, *, principal: Principal, planner: Planner) -> Campaign:
    """
    Write a new campaign as a draft.

    Effects: catalog.

    Raises:
        Unprocessable: There is no such template, nobody of one of the ids, or a broadcast has
            no topic and the caller may not write service broadcasts.
    """
    if planner.catalog.template(principal.workspace, draft.template) is None:
        fault = FieldError("template", "there is no template of this name")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))
    if draft.audience is not None:
        _demand_topic(draft, principal)
        _demand_people(draft.audience, principal.workspace, planner)
    now = planner.clock.now()
    campaign = Campaign(
        workspace=principal.workspace,
        id=fresh(planner.random.token(16), prefix="c"),
        draft=draft,
        created_at=now,
        updated_at=now,
    )
    planner.catalog.save_campaign(campaign, expected_revision=0)
    return campaign


def _demand_topic(draft: CampaignDraft, principal: Principal) -> None:
    if draft.topic is None and not allows(principal, SERVICE):
        fault = FieldError("topic", "must be there in a broadcast")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))


def _demand_people(audience: Audience, workspace: str, planner: Planner) -> None:
    """Refuse ids of nobody: whoever names people means them all."""
    known = planner.profiles.get_many(workspace, audience.profile_ids)
    faults = [
        FieldError(f"audience.profile_ids.{n}", "there is no such profile")
        for n, pid in enumerate(audience.profile_ids)
        if pid not in known
    ]
    if faults:
        raise Unprocessable(f"{faults[0].field}: {faults[0].message}", faults[:MOST_FAULTS])


def find(workspace: str, campaign_id: str, *, catalog: Catalog) -> Campaign:
    """
    Read a campaign.

    Raises:
        Missing: There is none of this id.
    """
    campaign = catalog.campaign(workspace, campaign_id)
    if campaign is None:
        raise Missing("there is no such campaign")
    return campaign


def move(campaign: Campaign, how: Move, *, planner: Planner) -> Campaign:
    """
    Launch, pause, resume or cancel a campaign; a launch pins the active template version.

    What waits is set going again by a resume, and cancelled by a cancel, page by page after the
    answer; a message that is claimed after the answer left obeys it already. A broadcast's
    audience is walked after the launch, and once more after a repeated launch, in which everybody
    who was told of is recognised.

    Effects: catalog, upkeep queue.
    Idempotent: a move to where the campaign is already walks once more.

    Raises:
        Conflict: The campaign is not in a state for this move.
        Unprocessable: At launch: no version of the template is active.
    """
    before, after = _MOVES[how]
    if campaign.status == after:
        return _walked(campaign, how, planner)
    if campaign.status not in before:
        raise Conflict(f"the campaign is {campaign.status}: it is too early or late to {how} it")
    now = planner.clock.now()
    changes: dict[str, object] = {"status": after, "updated_at": now}
    if how == "launch":
        changes["launched_at"] = now
        changes["template_version"] = active_version(
            campaign.workspace, campaign.draft.template, catalog=planner.catalog
        )
    moved = campaign.model_copy(update={**changes, "revision": campaign.revision + 1})
    planner.catalog.save_campaign(moved, expected_revision=campaign.revision)
    return _walked(moved, how, planner)


def _walked(campaign: Campaign, how: Move, planner: Planner) -> Campaign:
    if how == "launch" and campaign.draft.audience is not None:
        start = StartBroadcast(workspace=campaign.workspace, campaign_id=campaign.id)
        planner.queue.send([start])
    if how in {"resume", "cancel"}:
        work = WalkCampaign(workspace=campaign.workspace, campaign_id=campaign.id)
        planner.queue.send([work])
    return campaign


def show(campaign: Campaign) -> CampaignView:
    """Show a campaign."""
    return _shown(campaign, whole=True)


def brief(campaign: Campaign) -> CampaignView:
    """Show a campaign in a list: of an audience, how many were named."""
    return _shown(campaign, whole=False)


def _shown(campaign: Campaign, *, whole: bool) -> CampaignView:
    own = campaign.model_dump(mode="json", include=_OWN_FIELDS)
    draft = campaign.draft.model_dump(mode="json", by_alias=True, exclude={"audience"})
    audience = campaign.draft.audience
    shown = None
    if audience is not None:
        shown = AudienceView(
            everybody=audience.everybody,
            people=None if audience.everybody else len(audience.profile_ids),
            profile_ids=audience.profile_ids if whole else (),
        )
    return CampaignView(**draft, audience=shown, **own)


_OWN_FIELDS = {"id", "status", "template_version", "launched_at", "created_at", "updated_at"}
_MOVES: dict[Move, tuple[tuple[CampaignStatus, ...], CampaignStatus]] = {
    "launch": (("draft",), "active"),
    "pause": (("active",), "paused"),
    "resume": (("paused",), "active"),
    "cancel": (("draft", "active", "paused"), "cancelled"),
}
