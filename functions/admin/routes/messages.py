"""Messages."""

from functions.admin.door import Asked, Reply, Route
from signet.domain.campaign import Campaign
from signet.domain.profile import Profile
from signet.errors import Rejected
from signet.ports import Page
from signet.usecases import campaigns, people, views, why
from signet.usecases.timelines import Joined
from signet.usecases.views import MessageBrief, MessageView
from signet.usecases.why import Archive, WhyView


def listed(asked: Asked) -> Reply:
    """List the messages of a person, of a campaign, or of a campaign to a person."""
    profile_id, campaign_id = (asked.reference(n) for n in ("profile_id", "campaign_id"))
    if profile_id and campaign_id:
        return asked.page(_of_both(asked, profile_id, campaign_id), lambda view: view)
    if profile_id:
        return asked.page(_of_person(asked, profile_id), lambda view: view)
    if campaign_id:
        return asked.page(_of_campaign(asked, campaign_id), views.brief)
    raise Rejected.field(
        "profile_id", "must be there, or campaign_id; GET /console/live shows the newest of all"
    )


def got(asked: Asked) -> Reply:
    """Read a message: status, transitions, decision record, template version, body hash."""
    ledger = asked.ports.ledger
    return Reply(views.message(asked.workspace, asked.path["message_id"], ledger=ledger))


def explained(asked: Asked) -> Reply:
    """Tell why a campaign wrote to a person or did not, in words and as data."""
    campaign_id = asked.reference("campaign_id")
    if not campaign_id:
        raise Rejected.field("campaign_id", "must be there")
    person, campaign = _pair(asked, asked.path["profile_id"], campaign_id)
    return Reply(why.why(person, campaign, archive=_archive(asked)))


def _of_both(asked: Asked, profile_id: str, campaign_id: str) -> Page:
    person, campaign = _pair(asked, profile_id, campaign_id)
    limit, position = asked.limit(), asked.position()
    return why.listed(person, campaign, limit=limit, position=position, archive=_archive(asked))


def _pair(asked: Asked, profile_id: str, campaign_id: str) -> tuple[Profile, Campaign]:
    person = people.find(asked.workspace, profile_id, profiles=asked.ports.profiles)
    return person, campaigns.find(asked.workspace, campaign_id, catalog=asked.ports.catalog)


def _archive(asked: Asked) -> Archive:
    ports = asked.ports
    return Archive(ports.ledger, ports.merges, Joined(ports.events, ports.merges))


def _of_person(asked: Asked, profile_id: str) -> Page:
    person = people.find(asked.workspace, profile_id, profiles=asked.ports.profiles)
    return views.messages_of(
        asked.workspace,
        person.id,
        limit=asked.limit(),
        position=asked.position(),
        events=Joined(asked.ports.events, asked.ports.merges),
        ledger=asked.ports.ledger,
    )


def _of_campaign(asked: Asked, campaign_id: str) -> Page:
    campaigns.find(asked.workspace, campaign_id, catalog=asked.ports.catalog)
    return asked.ports.ledger.of_campaign(
        asked.workspace, campaign_id, limit=asked.limit(), position=asked.position()
    )


ROUTES = (
    Route("GET", "/v1/messages", "messages.read", listed,
          gives=MessageBrief, listing=True, query=("profile_id", "campaign_id")),
    Route("GET", "/v1/messages/<message_id>", "messages.read", got, gives=MessageView),
    Route("GET", "/v1/profiles/<profile_id>/why", "messages.explain", explained,
          gives=WhyView, query=("campaign_id",)),
)  # fmt: skip
