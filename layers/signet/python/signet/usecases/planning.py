"""Plan messages: for each due communication a row, with every rule that was asked."""

import base64
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from signet.domain.address import normal
from signet.domain.broadcast import broadcast_message
from signet.domain.campaign import Campaign, due
from signet.domain.events import Event
from signet.domain.message import Message, Rule
from signet.domain.permission import Question, judge, refusal
from signet.domain.profile import Profile
from signet.domain.waiting import next_look
from signet.domain.work import RenderMessage
from signet.ids import message_id
from signet.ports import Catalog, Clock, Ledger, PermissionStore, Sealer, Step
from signet.usecases.telling import told


@dataclass(frozen=True)
class Planned:
    """A message that was considered, and the work it leaves; None where it is skipped."""

    message_id: str
    render: RenderMessage | None


@dataclass(frozen=True)
class About:
    """
    An event with the person it is about, and the address that a caller named for them.

    `origin` is the profile that the event leads to by itself: a message has the same id before
    and after its person is merged into another one.
    """

    event: Event
    person: Profile | None
    origin: str
    named: str | None = None

    @property
    def address(self) -> str | None:
        """The address to write to: the named one, else the person's own."""
        if self.named is not None:
            return self.named
        return self.person.address("email") if self.person else None


@dataclass
class Planner:
    """
    Plan what events make due.

    Campaigns are kept under the catalog revision they were read at, so that a launch is in force
    for the very next event.
    """

    catalog: Catalog
    ledger: Ledger
    permissions: PermissionStore
    sealer: Sealer
    clock: Clock

    def __post_init__(self) -> None:
        """Begin with nothing kept."""
        self._kept: dict[str, tuple[int, tuple[Campaign, ...]]] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    def refresh(self, workspace: str) -> None:
        """Make sure that the workspace's campaigns are those of this moment: one small read."""
        revision = self.catalog.revision(workspace)
        if self._kept.get(workspace, (None,))[0] != revision:
            self._kept[workspace] = (revision, self.catalog.campaigns(workspace))

    def due(self, about: About) -> tuple[Planned, ...]:
        """Plan a message for each campaign that the event sets off."""
        if about.person is None:
            return ()
        chosen = due(self._kept[about.event.workspace][1], about.event)
        return tuple(self._once_each(campaign, about, about.person) for campaign in chosen)

    def requested(self, about: About) -> tuple[Planned, ...]:
        """Complete a transactional message, whose row its door wrote already."""
        event, mid = about.event, str(about.event.properties["message_id"])
        known = self.ledger.get(event.workspace, mid)
        if known is None or known.status != "planned":
            return (Planned(mid, None),)
        rules, now = self._judge(known.topic, about), self.clock.now()
        refused = refusal(rules)
        step = Step(
            to="skipped" if refused else "planned",
            at=now,
            from_statuses=("planned",),
            reason=refused.reason if refused else "",
            decisions=rules,
            profile_id=about.person.id if about.person else "",
            recipient=self._handle(about) or "",
        )
        self.ledger.move(event.workspace, mid, step)
        return (Planned(mid, None if refused else self._render(event, mid)),)

    def meet(self, workspace: str, profile_ids: Collection[str]) -> None:
        """
        Learn who else the people were whom a pack considers for broadcasts, in one call.

        Effects: permissions (read).
        """
        self._members = self.permissions.members_of(workspace, profile_ids) if profile_ids else {}

    def _once_each(self, campaign: Campaign, about: About, person: Profile) -> Planned:
        """Plan a message, unless this person was considered for the broadcast as somebody else."""
        members = self._members.get(person.id, ()) if campaign.draft.audience else ()
        workspace = about.event.workspace
        ids = [_broadcast(campaign, member) for member in members]
        found = self.ledger.get_many(workspace, ids) if ids else {}
        if not found:
            return self._triggered(campaign, about, person)
        # A try that was cut off may have left no work behind.
        mid, known = next(iter(found.items()))
        return Planned(mid, self._render(about.event, mid) if known.status == "planned" else None)

    def _triggered(self, campaign: Campaign, about: About, person: Profile) -> Planned:
        draft, event, now = campaign.draft, about.event, self.clock.now()
        mid = _message_of(campaign, about, person)
        rules = self._judge(draft.topic, about)
        refused = refusal(rules)
        new = self.ledger.plan(
            Message(
                workspace=event.workspace,
                id=mid,
                status="skipped" if refused else "planned",
                reason=refused.reason if refused else "",
                channel=draft.channel,
                message_class=draft.message_class,
                topic=draft.topic,
                template=draft.template,
                template_version=campaign.template_version,
                campaign_id=campaign.id,
                profile_id=person.id,
                event_key=event.key,
                recipient=self._handle(about) or "",
                due_at=None if refused else next_look(now, now),
                not_after=draft.not_after,
                planned_at=now,
                decisions=rules,
            )
        )
        # A row from an earlier try may be planned although the rules refuse by now: its work is
        # sent all the same, and the look after the claim decides.
        return Planned(mid, self._render(event, mid) if not (new and refused) else None)

    def _judge(self, topic: str | None, about: About) -> tuple[Rule, ...]:
        recipient = self._handle(about)
        if recipient is None or about.person is None:
            return (Rule(rule="address", verdict="refuse", reason="no_address"),)
        permission = self.permissions.look(about.event.workspace, about.person.id, recipient)
        own = frozenset({recipient})
        asked = Question(
            channel="email", topic=topic, at=self.clock.now(), own=own, profile_id=about.person.id
        )
        return judge(permission, asked)

    def _handle(self, about: About) -> str | None:
        address = about.address
        if address is None:
            return None
        return self.sealer.handle(about.event.workspace, "email", normal(address))

    def _render(self, event: Event, mid: str) -> RenderMessage:
        plain = zlib.compress(json.dumps(told(event)).encode())
        sealed = self.sealer.seal(event.workspace, mid, plain)
        return RenderMessage(
            workspace=event.workspace,
            message_id=mid,
            sealed_data=base64.b64encode(sealed).decode(),
        )


def _message_of(campaign: Campaign, about: About, person: Profile) -> str:
    """Derive the id of the message; that of a broadcast is of the person, by whatever name."""
    if campaign.draft.audience is not None:
        return _broadcast(campaign, person.id)
    return message_id(
        about.event.workspace,
        about.event.key,
        rule=campaign.id,
        recipient=about.origin,
        channel=campaign.draft.channel,
    )


def _broadcast(campaign: Campaign, profile_id: str) -> str:
    channel = campaign.draft.channel
    return broadcast_message(campaign.workspace, campaign.id, profile_id, channel=channel)
