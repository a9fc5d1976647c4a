"""Campaigns: written, launched with a pinned template version, paused, resumed, cancelled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.campaign import Campaign, CampaignDraft, CampaignStatus, Trigger
from signet.domain.cap import Cap
from signet.domain.policy import Hours
from signet.domain.principal import Principal
from signet.domain.request import Unprocessable
from signet.domain.work import WalkCampaign
from signet.errors import Conflict, FieldError, Missing
from signet.ids import fresh
from signet.ports import Catalog, Clock, Random, WorkQueue
from signet.usecases.catalog import active_version

Move = Literal["launch", "pause", "resume", "cancel"]


class CampaignView(BaseModel):
    """A campaign as it is shown."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    id: str
    name: str
    kind: str
    status: CampaignStatus
    on: Trigger
    template: str
    template_version: int | None
    channel: str
    topic: str | None
    message_class: str = Field(alias="class")
    caps: tuple[Cap, ...]
    quiet_hours: tuple[Hours, ...]
    not_after: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Planner:
    """The ports that campaigns need; `queue` is upkeep's, which walks their messages."""

    catalog: Catalog
    clock: Clock
    random: Random
    queue: WorkQueue


def create(draft: CampaignDraft, *, principal: Principal, planner: Planner) -> Campaign:
    """
    Write a new campaign as a draft.

    Effects: catalog.

    Raises:
        Unprocessable: There is no such template.
    """
    if planner.catalog.template(principal.workspace, draft.template) is None:
        fault = FieldError("template", "there is no template of this name")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))
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
    answer; a message that is claimed after the answer left obeys it already.

    Effects: catalog, upkeep queue.
    Idempotent: a move to where the campaign is already walks its messages once more.

    Raises:
        Conflict: The campaign is not in a state for this move.
        Unprocessable: At launch: no version of the template is active.
    """
    before, after = _MOVES[how]
    if campaign.status == after:
        return _walked(campaign, how, planner)
    if campaign.status not in before:
        raise Conflict(f"the campaign is {campaign.status}: it is too early or late to {how} it")
    changes: dict[str, object] = {"status": after, "updated_at": planner.clock.now()}
    if how == "launch":
        changes["template_version"] = active_version(
            campaign.workspace, campaign.draft.template, catalog=planner.catalog
        )
    moved = campaign.model_copy(update={**changes, "revision": campaign.revision + 1})
    planner.catalog.save_campaign(moved, expected_revision=campaign.revision)
    return _walked(moved, how, planner)


def _walked(campaign: Campaign, how: Move, planner: Planner) -> Campaign:
    if how in {"resume", "cancel"}:
        work = WalkCampaign(workspace=campaign.workspace, campaign_id=campaign.id)
        planner.queue.send([work])
    return campaign


def show(campaign: Campaign) -> CampaignView:
    """Show a campaign."""
    own = campaign.model_dump(mode="json", include=_OWN_FIELDS)
    return CampaignView(**campaign.draft.model_dump(mode="json", by_alias=True), **own)


_OWN_FIELDS = {"id", "status", "template_version", "created_at", "updated_at"}
_MOVES: dict[Move, tuple[tuple[CampaignStatus, ...], CampaignStatus]] = {
    "launch": (("draft",), "active"),
    "pause": (("active",), "paused"),
    "resume": (("paused",), "active"),
    "cancel": (("draft", "active", "paused"), "cancelled"),
}
