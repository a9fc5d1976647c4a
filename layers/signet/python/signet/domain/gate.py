"""What stands between all messages and their providers, whoever they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from signet.domain.campaign import CampaignStatus
from signet.domain.cap import Cap
from signet.domain.message import Message, Rule, Status
from signet.domain.policy import Hours, Policy

# The reason of a message whose hours do not open before it is too late.
NO_WINDOW = "no_window_before_not_after"
# The reasons of a message that waits for its hours.
CLOSED = frozenset({"quiet_hours", "outside_send_window"})
# SES reviews an account at 5 % bounces or 0.1 % complaints and may pause it at 10 % and 0.5 %:
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-dg.html. We stop in between.
MOST_BOUNCES = 0.07
MOST_COMPLAINTS = 0.003
# A rate of fewer than these says nothing.
FEWEST_BOUNCES = 20
FEWEST_COMPLAINTS = 5


@dataclass(frozen=True, slots=True)
class Gate:
    """
    The gate of one workspace.

    `shut` says why nothing may leave, or is empty; `campaigns` has the present status of those
    that were asked for, `caps` and `quiet_hours` those of the ones that have any. `policy` is the
    workspace's own, None where nobody wrote one.
    """

    shut: str = ""
    campaigns: Mapping[str, CampaignStatus] = field(default_factory=dict)
    caps: Mapping[str, tuple[Cap, ...]] = field(default_factory=dict)
    policy: Policy | None = None
    quiet_hours: Mapping[str, tuple[Hours, ...]] = field(default_factory=dict)


def passes(gate: Gate, message: Message) -> tuple[Rule, ...]:
    """Ask the gate, and the message's campaign if it has one."""
    asked = [_rule("gate", gate.shut)]
    if message.campaign_id is not None:
        status = gate.campaigns.get(message.campaign_id)
        asked.append(
            _rule("campaign", "" if status == "active" else f"campaign_{status or 'gone'}")
        )
    return tuple(asked)


def consequence(refused: Rule) -> Status:
    """
    Tell what becomes of a message that a rule refused: it waits, or it ends.

    A refusal that says until when it stands passes by itself, so the message waits for that.
    """
    if refused.rule == "gate" or refused.reason == "campaign_paused" or refused.until is not None:
        return "held"
    if refused.reason == NO_WINDOW:
        return "expired"
    return "cancelled" if refused.rule == "campaign" else "skipped"


def closing(rules: Iterable[Rule]) -> datetime | None:
    """Tell from when on something refuses that passes now; None where nothing says so."""
    ends = (rule.until for rule in rules if rule.verdict == "pass" and rule.until is not None)
    return min(ends, default=None)


def overrun(counters: Mapping[str, int]) -> str:
    """Tell why a workspace must stop sending, by its counters of the last days; mostly not."""
    bounces, sent = counters.get("hard_bounces", 0), counters.get("reached:sent", 0)
    if bounces >= FEWEST_BOUNCES and bounces > MOST_BOUNCES * sent:
        return f"{bounces} of {sent} mails bounced for ever"
    complaints = counters.get("reached:complained", 0)
    delivered = counters.get("reached:delivered", 0)
    if complaints >= FEWEST_COMPLAINTS and complaints > MOST_COMPLAINTS * delivered:
        return f"{complaints} of {delivered} mails were complained about"
    return ""


def _rule(name: str, refusal: str) -> Rule:
    return Rule(rule=name, verdict="refuse" if refusal else "pass", reason=refusal)


def keeps_hours(message: Message, now: datetime) -> bool:
    """Tell whether a message waits for its hours, which no resume of its campaign opens."""
    waits = message.status == "held" and message.reason in CLOSED
    return waits and message.due_at is not None and message.due_at > now
