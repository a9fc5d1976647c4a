"""Campaigns."""

from collections.abc import Callable

from functions.admin.door import Asked, Reply, Route
from signet.domain.campaign import Campaign, CampaignDraft
from signet.domain.principal import demand_purpose
from signet.runtime import etag
from signet.usecases import campaigns, overview, views
from signet.usecases.campaigns import CampaignView, Move, Planner
from signet.usecases.overview import CampaignReport
from signet.usecases.views import Recipient


def listed(asked: Asked) -> Reply:
    """List the campaigns of the workspace."""
    return asked.slice(asked.ports.catalog.campaigns(asked.workspace), campaigns.brief)


def created(asked: Asked) -> Reply:
    """Write a campaign as a draft."""
    draft = asked.body(CampaignDraft)
    made = campaigns.create(draft, principal=asked.principal, planner=_planner(asked))
    place = {"location": f"/v1/campaigns/{made.id}"}
    return Reply(campaigns.show(made), status=201, tag=_tag(made), headers=place)


def got(asked: Asked) -> Reply:
    """Read a campaign."""
    return _reply(_found(asked))


def recipients(asked: Asked) -> Reply:
    """List the messages of a campaign with their recipients."""
    page = asked.ports.ledger.of_campaign(
        asked.workspace, _found(asked).id, limit=asked.limit(), position=asked.position()
    )
    return asked.page(page, views.recipient)


def reported(asked: Asked) -> Reply:
    """Report on a campaign: counts, and rates with their denominators."""
    return Reply(overview.campaign_report(_found(asked), counters=asked.ports.counters))


def _moved(how: Move, summary: str) -> Callable[[Asked], Reply]:
    def moved(asked: Asked) -> Reply:
        campaign = _found(asked)
        asked.demand_tag(_tag(campaign))
        if how in {"launch", "resume"}:
            demand_purpose(asked.principal, campaign.draft.topic, "campaigns.service")
        return _reply(campaigns.move(campaign, how, planner=_planner(asked)))

    moved.__doc__ = summary
    return moved


def _reply(campaign: Campaign) -> Reply:
    return Reply(campaigns.show(campaign), tag=_tag(campaign))


def _tag(campaign: Campaign) -> str:
    return etag.of(campaign.id, campaign.revision)


def _found(asked: Asked) -> Campaign:
    return campaigns.find(asked.workspace, asked.path["campaign_id"], catalog=asked.ports.catalog)


def _planner(asked: Asked) -> Planner:
    ports = asked.ports
    return Planner(ports.catalog, ports.profiles, ports.clock, ports.random, ports.walks)


def _move(how: Move, action: str, summary: str) -> Route:
    return Route("POST", f"{_ONE}/{how}", action, _moved(how, summary),
                 gives=CampaignView, once=True)  # fmt: skip


_LIST = "/v1/campaigns"
_ONE = f"{_LIST}/<campaign_id>"
ROUTES = (
    Route("GET", _LIST, "campaigns.read", listed, gives=CampaignView, listing=True),
    Route("POST", _LIST, "campaigns.write", created,
          reads=CampaignDraft, gives=CampaignView, status=201, once=True),
    Route("GET", _ONE, "campaigns.read", got, gives=CampaignView),
    _move("launch", "campaigns.launch", "Launch a campaign and pin its active template version."),
    _move("pause", "campaigns.launch", "Pause a campaign."),
    _move("resume", "campaigns.launch", "Let a paused campaign go on."),
    _move("cancel", "campaigns.launch", "End a campaign for good."),
    Route("GET", f"{_ONE}/recipients", "campaigns.read", recipients,
          gives=Recipient, listing=True),
    Route("GET", f"{_ONE}/report", "reports.read", reported, gives=CampaignReport),
)  # fmt: skip
