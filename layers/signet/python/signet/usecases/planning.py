"""Plan messages: for each due communication a row, with every rule that was asked."""

import base64
import json
import zlib
from dataclasses import dataclass

from pydantic import JsonValue

from signet.domain.address import normal
from signet.domain.campaign import Campaign, due
from signet.domain.events import Event
from signet.domain.message import Message, Rule
from signet.domain.permission import judge, refusal
from signet.domain.profile import Profile
from signet.domain.work import RenderMessage
from signet.ids import message_id
from signet.ports import Catalog, Clock, Ledger, PermissionStore, Sealer, Step


@dataclass(frozen=True)
class Planned:
    """A message that was considered, and the work it leaves; None where it is skipped."""

    message_id: str
    render: RenderMessage | None


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

    def refresh(self, workspace: str) -> None:
        """Make sure that the workspace's campaigns are those of this moment: one small read."""
        revision = self.catalog.revision(workspace)
        if self._kept.get(workspace, (None,))[0] != revision:
            self._kept[workspace] = (revision, self.catalog.campaigns(workspace))

    def due(self, event: Event, person: Profile) -> tuple[Planned, ...]:
        """Plan a message for each triggered campaign that the event sets off."""
        chosen = due(self._kept[event.workspace][1], event)
        return tuple(self._triggered(campaign, event, person) for campaign in chosen)

    def requested(self, event: Event, person: Profile) -> tuple[Planned, ...]:
        """Complete a transactional message, whose row its door wrote already."""
        mid = str(event.properties["message_id"])
        known = self.ledger.get(event.workspace, mid)
        if known is None or known.status != "planned":
            return (Planned(mid, None),)
        rules = self._judge(known.topic, event, person)
        step = Step(
            to="skipped" if refusal(rules) else "planned",
            at=self.clock.now(),
            from_statuses=("planned",),
            reason=_reason(rules),
            decisions=rules,
            profile_id=person.id,
            recipient=self._recipient(event, person) or "",
        )
        self.ledger.move(event.workspace, mid, step)
        data = {"data": event.properties.get("data", {}), "event": {}}
        return (Planned(mid, None if refusal(rules) else self._render(event, mid, data)),)

    def _triggered(self, campaign: Campaign, event: Event, person: Profile) -> Planned:
        draft = campaign.draft
        mid = message_id(
            event.workspace, event.key, rule=campaign.id, recipient=person.id, channel=draft.channel
        )
        rules = self._judge(draft.topic, event, person)
        self.ledger.plan(
            Message(
                workspace=event.workspace,
                id=mid,
                status="skipped" if refusal(rules) else "planned",
                reason=_reason(rules),
                channel=draft.channel,
                message_class=draft.message_class,
                topic=draft.topic,
                template=draft.template,
                template_version=campaign.template_version,
                campaign_id=campaign.id,
                profile_id=person.id,
                event_key=event.key,
                recipient=self._recipient(event, person) or "",
                not_after=draft.not_after,
                planned_at=self.clock.now(),
                decisions=rules,
            )
        )
        if refusal(rules):
            return Planned(mid, None)
        return Planned(mid, self._render(event, mid, {"data": {}, "event": _shown(event)}))

    def _judge(self, topic: str | None, event: Event, person: Profile) -> tuple[Rule, ...]:
        recipient = self._recipient(event, person)
        if recipient is None:
            return (Rule(rule="address", verdict="refuse", reason="no_address"),)
        permission = self.permissions.look(event.workspace, person.id, recipient)
        return judge(permission, channel="email", topic=topic)

    def _recipient(self, event: Event, person: Profile) -> str | None:
        address = event.identifiers.email or person.address("email")
        return self.sealer.handle(event.workspace, "email", normal(address)) if address else None

    def _render(self, event: Event, mid: str, data: dict[str, JsonValue]) -> RenderMessage:
        data = {**data, "to": event.identifiers.email}
        plain = zlib.compress(json.dumps(data).encode())
        sealed = self.sealer.seal(event.workspace, mid, plain)
        return RenderMessage(
            workspace=event.workspace,
            message_id=mid,
            sealed_data=base64.b64encode(sealed).decode(),
        )


def _shown(event: Event) -> dict[str, JsonValue]:
    return {
        "name": event.name,
        "occurred_at": event.occurred_at.isoformat(),
        "properties": event.properties,
    }


def _reason(rules: tuple[Rule, ...]) -> str:
    found = refusal(rules)
    return found.reason if found else ""
