"""Messages."""

from functions.admin.door import Asked, Reply, Route
from signet.errors import Rejected
from signet.ports import Page
from signet.usecases import campaigns, people, views
from signet.usecases.timelines import Joined
from signet.usecases.views import MessageBrief, MessageView


def listed(asked: Asked) -> Reply:
    """List the messages of a person or of a campaign: one of the two must be named."""
    profile_id, campaign_id = (asked.reference(n) for n in ("profile_id", "campaign_id"))
    if profile_id and campaign_id:
        raise Rejected.field("campaign_id", "cannot be asked together with profile_id")
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
)  # fmt: skip
