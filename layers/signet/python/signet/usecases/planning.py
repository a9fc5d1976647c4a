"""Plan messages: for each due communication a row, with every rule that was asked."""

import base64
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from signet.cleaning.whereabouts import place_of
from signet.domain.broadcast import broadcast_message
from signet.domain.campaign import Campaign, due
from signet.domain.events import Event
from signet.domain.gate import consequence
from signet.domain.message import Message, Rule, Status
from signet.domain.permission import Question, refusal
from signet.domain.place import NOWHERE
from signet.domain.policy import Policy
from signet.domain.profile import Profile
from signet.domain.waiting import next_look
from signet.domain.work import RenderMessage
from signet.ids import message_id
from signet.ports import Catalog, Clock, Ledger, PermissionStore, Sealer, Step
from signet.usecases.handles import Handles, handles_of
from signet.usecases.rules import Standing, asked_of, standing
from signet.usecases.telling import told


@dataclass(frozen=True)
class Planned:
    """A message that was considered, and the work it leaves; None where it is skipped."""

    message_id: str
    render: RenderMessage | None


@dataclass(frozen=True)
class Verdict:
    """
    What planning makes of a message: its status, and when a message that waits is looked at.

    A message whose hours are closed is held until they open, without any work; what ends is not
    looked at again.
    """

    rules: tuple[Rule, ...]
    status: Status
    reason: str
    due_at: datetime | None

    @property
    def goes(self) -> bool:
        """Whether it is work now."""
        return self.status == "planned"


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


@dataclass(frozen=True)
class _Kept:
    """What operators wrote, as of a revision of the catalog."""

    revision: int
    campaigns: tuple[Campaign, ...]
    policy: Policy | None


@dataclass
class Planner:
    """
    Plan what events make due.

    Campaigns and policy are kept under the catalog revision they were read at, so that a launch is
    in force for the very next event.
    """

    catalog: Catalog
    ledger: Ledger
    permissions: PermissionStore
    sealer: Sealer
    clock: Clock

    def __post_init__(self) -> None:
        """Begin with nothing kept."""
        self._kept: dict[str, _Kept] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    def refresh(self, workspace: str) -> None:
        """Make sure that campaigns and policy are those of this moment: one small read."""
        revision, known = self.catalog.revision(workspace), self._kept.get(workspace)
        if known is None or known.revision != revision:
            campaigns, policy = self.catalog.campaigns(workspace), self.catalog.policy(workspace)
            self._kept[workspace] = _Kept(revision, campaigns, policy)

    def due(self, about: About) -> tuple[Planned, ...]:
        """Plan a message for each campaign that the event sets off."""
        if about.person is None:
            return ()
        chosen = due(self._kept[about.event.workspace].campaigns, about.event)
        return tuple(self._once_each(campaign, about, about.person) for campaign in chosen)

    def requested(self, about: About) -> tuple[Planned, ...]:
        """Complete a transactional message, whose row its door wrote already."""
        event, mid = about.event, str(about.event.properties["message_id"])
        known = self.ledger.get(event.workspace, mid)
        if known is None or known.status != "planned":
            return (Planned(mid, None),)
        handles = self._handles(about)
        found = self._verdict(known.topic, about, handles, not_after=known.not_after)
        step = Step(
            to=found.status,
            at=self.clock.now(),
            from_statuses=("planned",),
            reason=found.reason,
            decisions=found.rules,
            due_at=None if found.goes else found.due_at,
            profile_id=about.person.id if about.person else "",
            recipient=handles.recipient if handles else "",
            mailbox=handles.mailbox if handles else "",
        )
        self.ledger.move(event.workspace, mid, step)
        return (Planned(mid, self._render(event, mid) if found.goes else None),)

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
        handles = self._handles(about)
        found = self._verdict(
            draft.topic, about, handles, campaign=campaign, not_after=draft.not_after
        )
        new = self.ledger.plan(
            Message(
                workspace=event.workspace,
                id=mid,
                status=found.status,
                reason=found.reason,
                channel=draft.channel,
                message_class=draft.message_class,
                topic=draft.topic,
                template=draft.template,
                template_version=campaign.template_version,
                campaign_id=campaign.id,
                profile_id=person.id,
                event_key=event.key,
                recipient=handles.recipient if handles else "",
                mailbox=handles.mailbox if handles else "",
                due_at=found.due_at,
                not_after=draft.not_after,
                planned_at=now,
                decisions=found.rules,
            )
        )
        # A row from an earlier try may be planned although the rules refuse by now: its work is
        # sent all the same, and the look after the claim decides.
        return Planned(mid, self._render(event, mid) if found.goes or not new else None)

    def _verdict(
        self,
        topic: str | None,
        about: About,
        handles: Handles | None,
        *,
        campaign: Campaign | None = None,
        not_after: datetime | None,
    ) -> Verdict:
        """Judge a message for this moment, and tell what becomes of it."""
        now, kept = self.clock.now(), self._kept.get(about.event.workspace)
        # A service message is asked for no hours and no law.
        person = about.person if topic is not None else None
        asked = Question(
            channel="email",
            topic=topic,
            at=now,
            profile_id=about.person.id if about.person else "",
            campaign_id=campaign.id if campaign else "",
            place=place_of(person.values()) if person else NOWHERE,
            not_after=not_after,
        )
        quiet = campaign.draft.quiet_hours if campaign else ()
        policy = kept.policy if kept else None
        rules = self._judge(asked, handles, standing(policy, about.event.workspace, quiet))
        refused = refusal(rules)
        if refused is None:
            return Verdict(rules, "planned", "", next_look(now, now))
        until = min((at for at in (refused.until, not_after) if at), default=None)
        due_at = until if refused.until is not None else None
        return Verdict(rules, consequence(refused), refused.reason, due_at)

    def _judge(
        self, asked: Question, handles: Handles | None, stands: Standing
    ) -> tuple[Rule, ...]:
        if handles is None or not asked.profile_id:
            return (Rule(rule="address", verdict="refuse", reason="no_address"),)
        permission = self.permissions.look(
            stands.policy.workspace, asked.profile_id, *handles.known
        )
        return asked_of(permission, replace(asked, own=handles.own), stands)

    def _handles(self, about: About) -> Handles | None:
        address, workspace = about.address, about.event.workspace
        if address is None:
            return None
        return handles_of(address, about.person, workspace=workspace, sealer=self.sealer)

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
