"""Reports: counters of a scope as people read them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, get_args

from pydantic import Field

from signet.domain.campaign import Campaign
from signet.domain.message import Status
from signet.domain.report import Rate, adds_up, by_reason, rates
from signet.errors import Rejected
from signet.ports import Counters, EventStore, Ledger, TimelineEntry
from signet.usecases.views import MessageBrief, View, brief

LONGEST_RANGE_DAYS = 366
NEWEST = 20
_STATUSES: tuple[Status, ...] = get_args(Status)


class Numbers(View):
    """The counters of one scope."""

    messages: int
    statuses: dict[str, int] = Field(
        description="How many messages have each status now; their sum is `messages`."
    )
    reached: dict[str, int] = Field(description="How many messages ever had each status.")
    opened: int = Field(
        description="Messages that were opened; a click through our link on a message that was "
        "not opened opens it, so it counts here, too."
    )
    clicked: int = Field(description="Messages in which a link was followed, each once.")
    rates: dict[str, Rate]


class CampaignReport(Numbers):
    """The numbers of one campaign."""

    campaign_id: str
    name: str
    considered: int = Field(
        description="How many messages were considered: the same as `messages`."
    )
    by_reason: dict[str, int] = Field(
        description="Why those that are held, skipped, expired, cancelled, rejected or failed "
        "have not gone, each counted once."
    )
    adds_up: bool = Field(
        description="The statuses' sum is `considered`, and the reasons' sum is that of the "
        "statuses that have one."
    )


class DayNumbers(Numbers):
    """The numbers of one day, in UTC."""

    date: str
    events: int


class Overview(Numbers):
    """The numbers of the workspace, of all time or of a range of days."""

    date_from: str | None
    date_to: str | None
    events: int
    days: tuple[DayNumbers, ...] = ()


class Stage(View):
    """One stage of the pipeline and its counts, in the order they are shown."""

    name: str
    counts: dict[str, int]


class EventBrief(View):
    """An event as the console shows it: nothing of what it says about the person."""

    profile_id: str
    type: str
    name: str
    source: str
    received_at: datetime
    messages: int


class Live(View):
    """What the console shows; what the caller may not see is null."""

    stages: tuple[Stage, ...]
    events: tuple[EventBrief, ...] | None
    messages: tuple[MessageBrief, ...] | None


def campaign_report(campaign: Campaign, *, counters: Counters) -> CampaignReport:
    """Report on one campaign."""
    scope = f"campaign:{campaign.id}"
    found = counters.read(campaign.workspace, [scope]).get(scope, {})
    return CampaignReport(
        campaign_id=campaign.id,
        name=campaign.draft.name,
        considered=found.get("messages", 0),
        by_reason=by_reason(found),
        adds_up=adds_up(found),
        **_numbers(found),
    )


def overview(
    workspace: str, *, first: date | None, last: date | None, counters: Counters
) -> Overview:
    """
    Report on the workspace; a range of days needs both ends, which are included.

    Raises:
        Rejected: One end is missing, they are in the wrong order, or too far apart.
    """
    if first is None and last is None:
        found = counters.read(workspace, ["all"]).get("all", {})
        return Overview(
            date_from=None, date_to=None, events=found.get("events", 0), **_numbers(found)
        )
    dates = _dates(first, last)
    by_scope = counters.read(workspace, [f"day:{day}" for day in dates])
    rows = {day: by_scope.get(f"day:{day}", {}) for day in dates}
    total = _sum(rows)
    days = (
        DayNumbers(date=day, events=row.get("events", 0), **_numbers(row))
        for day, row in rows.items()
    )
    return Overview(
        date_from=dates[0],
        date_to=dates[-1],
        events=total.get("events", 0),
        days=tuple(days),
        **_numbers(total),
    )


def live(
    workspace: str, *, counters: Counters, events: EventStore | None, ledger: Ledger | None
) -> Live:
    """Show the pipeline as it is now; a store that is not given is not shown."""
    found = counters.read(workspace, ["all"]).get("all", {})
    return Live(
        stages=tuple(_stages(found)),
        events=tuple(map(_event, events.recent(workspace, limit=NEWEST))) if events else None,
        messages=tuple(map(brief, ledger.recent(workspace, limit=NEWEST))) if ledger else None,
    )


_STAGES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("ingest", (("events", "events"),)),
    ("preprocess", (("messages planned", "messages"), ("skipped", "status:skipped"))),
    ("render", (("rendered", "reached:rendered"), ("failed", "status:failed"))),
    ("deliver", (("sent", "reached:sent"), ("in doubt", "status:in_doubt"))),
    (
        "report",
        (
            ("delivered", "reached:delivered"),
            ("bounced", "reached:bounced"),
            ("complained", "reached:complained"),
            ("opened", "opened"),
            ("clicked", "clicked"),
        ),
    ),
)


def _event(entry: TimelineEntry) -> EventBrief:
    event = entry.event
    return EventBrief(
        profile_id=entry.profile_id,
        type=event.type,
        name=event.name,
        source=event.source,
        received_at=event.received_at,
        messages=len(entry.messages),
    )


def _stages(found: Mapping[str, int]) -> list[Stage]:
    return [
        Stage(name=name, counts={shown: found.get(counter, 0) for shown, counter in counts})
        for name, counts in _STAGES
    ]


def _numbers(found: dict[str, int]) -> dict[str, Any]:
    statuses = {status: found.get(f"status:{status}", 0) for status in _STATUSES}
    return {
        "messages": found.get("messages", 0),
        "statuses": statuses,
        "reached": {status: found.get(f"reached:{status}", 0) for status in _STATUSES},
        "opened": found.get("opened", 0),
        "clicked": found.get("clicked", 0),
        "rates": rates(found),
    }


def _dates(first: date | None, last: date | None) -> list[str]:
    if first is None or last is None:
        raise Rejected.field("to" if last is None else "from", "is missing; a range has both ends")
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_RANGE_DAYS:
        raise Rejected.field("to", f"must be 0 to {LONGEST_RANGE_DAYS - 1} days after from")
    return [(first + timedelta(days=n)).isoformat() for n in range(length)]


def _sum(rows: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows.values():
        for name, amount in row.items():
            total[name] = total.get(name, 0) + amount
    return total
