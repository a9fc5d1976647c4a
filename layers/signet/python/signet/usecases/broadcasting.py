"""Tell preprocess of everybody whom a broadcast is for, page by page."""

from dataclasses import dataclass
from typing import Protocol

from signet.domain.broadcast import considering
from signet.domain.campaign import RUNNING, Campaign
from signet.domain.work import ApplyEvents, StartBroadcast
from signet.ports import Clock, Known, Roll, WorkQueue

# So many people a page, and so many in one piece of work, as the doors pack events.
PAGE = 500
PACK = 100


class Campaigns(Protocol):
    """The campaigns, read consistently."""

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""


@dataclass(frozen=True)
class Tour:
    """The ports that a broadcast needs; `queue` is preprocess', `onwards` upkeep's own."""

    catalog: Campaigns
    roll: Roll
    queue: WorkQueue
    onwards: WorkQueue
    clock: Clock


def start(work: StartBroadcast, *, tour: Tour) -> int:
    """
    Tell of the people of one page, then go on with the next page.

    What the campaign is now decides: a paused one goes on, because its messages wait later; a
    cancelled one stops. Who became known after the launch is left out.

    Effects: preprocess queue, upkeep queue.
    Idempotent: by each event's id, which is of the campaign and the person.

    Returns:
        How many people were told of.
    """
    campaign = tour.catalog.campaign(work.workspace, work.campaign_id)
    if campaign is None or campaign.status not in RUNNING or campaign.launched_at is None:
        return 0
    people, following = _page(campaign, work.position, tour)
    now = tour.clock.now()
    events = [
        considering(work.workspace, campaign.id, pid, launched_at=campaign.launched_at, now=now)
        for pid in people
    ]
    if events:
        packs = (events[at : at + PACK] for at in range(0, len(events), PACK))
        tour.queue.send([ApplyEvents(events=tuple(pack)) for pack in packs])
    if following is not None:
        tour.onwards.send([work.model_copy(update={"position": following})])
    return len(events)


def _page(campaign: Campaign, position: str, tour: Tour) -> tuple[list[str], str | None]:
    """Give the people of a page, and where the next one begins."""
    audience, launched_at = campaign.draft.audience, campaign.launched_at
    if audience is None or launched_at is None:
        return [], None
    if not audience.everybody:
        begin = int(position or 0)
        end = begin + PAGE
        following = str(end) if end < len(audience.profile_ids) else None
        return list(audience.profile_ids[begin:end]), following
    page = tour.roll.page(campaign.workspace, limit=PAGE, position=position or None)
    known = [one for one in page.items if isinstance(one, Known)]
    there = dict.fromkeys(one.profile_id for one in known if one.since <= launched_at)
    return list(there), page.next_position
