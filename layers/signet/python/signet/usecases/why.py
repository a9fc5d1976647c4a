"""Why a person was sent something by a campaign, or was not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from signet.domain import explaining
from signet.domain.broadcast import broadcast_message
from signet.domain.campaign import Campaign
from signet.domain.message import Message, Rule, Status, Transition
from signet.domain.profile import Profile
from signet.ports import Ledger, MergeStore, Page, TimelineEntry
from signet.usecases.timelines import Timelines
from signet.usecases.views import View, brief

# So many pages of the timeline, of so many events, are read for a triggered campaign.
READS = 10
PAGE = 200


class Explained(View):
    """A message with its decision record and its moments."""

    id: str
    status: Status
    reason: str
    planned_at: datetime
    due_at: datetime | None
    transitions: tuple[Transition, ...]
    decision_record: tuple[Rule, ...]


class WhyView(View):
    """
    The answer, in words and as data.

    `profile_id` is who the person is by now; `message` is the newest of the campaign to them, None
    where they were not considered; `earlier` are the ids of those before it.
    """

    profile_id: str
    campaign_id: str
    considered: bool
    words: tuple[str, ...]
    message: Explained | None
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """The ports that answering needs."""

    ledger: Ledger
    merges: MergeStore
    timelines: Timelines


def why(person: Profile, campaign: Campaign, *, archive: Archive) -> WhyView:
    """
    Tell why a person was sent a campaign's message, waits for it, or was not sent it.

    A broadcast's message is found by its id, a triggered campaign's along the timeline.
    """
    found, complete = _messages(person, campaign, archive)
    newest = found[0] if found else None
    words = (
        explaining.explained(newest)
        if newest
        else _never(person, campaign, archive, complete=complete)
    )
    return WhyView(
        profile_id=person.id,
        campaign_id=campaign.id,
        considered=newest is not None,
        words=words,
        message=_shown(newest) if newest else None,
        earlier=tuple(message.id for message in found[1:]),
    )


def listed(
    person: Profile, campaign: Campaign, *, limit: int, position: str | None, archive: Archive
) -> Page:
    """
    List a person's messages of a campaign, newest first.

    A page of a triggered campaign is of so many events as were asked for, and may be empty.
    """
    if campaign.draft.audience is not None:
        return Page(tuple(map(brief, _broadcast(person, campaign, archive))), None)
    page = archive.timelines.timeline(person.workspace, person.id, limit=limit, position=position)
    own = _of_campaign(_ids(page), campaign, archive.ledger)
    return Page(tuple(map(brief, own)), page.next_position)


def _messages(person: Profile, campaign: Campaign, archive: Archive) -> tuple[list[Message], bool]:
    """Give the messages, newest first, and whether everything was looked at."""
    if campaign.draft.audience is not None:
        return _broadcast(person, campaign, archive), True
    found: list[Message] = []
    position: str | None = None
    for _ in range(READS):
        page = archive.timelines.timeline(
            person.workspace, person.id, limit=PAGE, position=position
        )
        found += _of_campaign(_ids(page), campaign, archive.ledger)
        position = page.next_position
        if found or position is None:
            break
    return found, position is None


def _broadcast(person: Profile, campaign: Campaign, archive: Archive) -> list[Message]:
    """Find a broadcast's message under each id that the person has had: one read."""
    ids = [
        broadcast_message(campaign.workspace, campaign.id, member, channel=campaign.draft.channel)
        for member in _everyone(person, archive)
    ]
    found = archive.ledger.get_many(campaign.workspace, ids)
    return sorted(found.values(), key=lambda message: message.planned_at, reverse=True)


def _everyone(person: Profile, archive: Archive) -> tuple[str, ...]:
    return (person.id, *archive.merges.members(person.workspace, person.id))


def _ids(page: Page) -> Iterator[str]:
    for entry in page.items:
        if isinstance(entry, TimelineEntry):
            yield from entry.messages


def _of_campaign(ids: Iterator[str], campaign: Campaign, ledger: Ledger) -> list[Message]:
    wanted = list(dict.fromkeys(ids))
    known = ledger.get_many(campaign.workspace, wanted) if wanted else {}
    own = [known[mid] for mid in wanted if mid in known]
    return [message for message in own if message.campaign_id == campaign.id]


def _never(
    person: Profile, campaign: Campaign, archive: Archive, *, complete: bool
) -> tuple[str, ...]:
    """Say why a person was never considered, as far as it can be known."""
    why_never = _why_never(person, campaign, archive, complete=complete)
    return (f"Never considered: {why_never}.",)


def _why_never(person: Profile, campaign: Campaign, archive: Archive, *, complete: bool) -> str:
    if campaign.template_version is None:
        return "the campaign was not launched"
    audience, launched_at = campaign.draft.audience, campaign.launched_at
    if audience is None:
        seen = "" if complete else f" among the newest {READS * PAGE:,}"
        return f"no event of theirs{seen} set the campaign off"
    if not audience.everybody and not set(_everyone(person, archive)) & set(audience.profile_ids):
        return "the person is not in the audience"
    if audience.everybody and launched_at and person.created_at > launched_at:
        return f"the person became known after the launch on {explaining.day(launched_at)}"
    if campaign.status == "cancelled":
        return "the campaign was cancelled before their turn came"
    return "their turn has not come yet"


def _shown(message: Message) -> Explained:
    kept = message.model_dump(exclude={"decisions"})
    known = {name: kept[name] for name in Explained.model_fields if name in kept}
    return Explained(**known, decision_record=message.decisions)
