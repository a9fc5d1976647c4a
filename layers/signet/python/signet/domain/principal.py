"""Who is calling, and what their role lets them do."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from signet.errors import Denied

Role = Literal[
    "ingest", "editor", "approver", "operator", "analyst", "support", "privacy", "auditor", "owner"
]


class Principal(BaseModel):
    """A caller: the workspace it belongs to and its role there."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    role: Role
    key_id: str = ""


# action -> roles that may do it besides the owner, who may do everything in the workspace.
ACTIONS: dict[str, frozenset[Role]] = {
    "events.write": frozenset({"ingest"}),
    "sources.write": frozenset({"editor"}),
    "sources.read": frozenset({"editor", "operator", "auditor"}),
    "imports.write": frozenset({"editor", "operator"}),
    "imports.read": frozenset({"editor", "operator", "auditor"}),
    "profiles.read": frozenset({"support", "privacy"}),
    "profiles.write": frozenset({"support", "privacy"}),
    "profiles.merge": frozenset({"support", "privacy"}),
    "duplicates.read": frozenset({"support", "privacy"}),
    "duplicates.rule": frozenset({"privacy"}),
    "consents.write": frozenset({"support", "privacy", "ingest"}),
    # A write key may be seen by many: with one, people can be left alone, and no more.
    "consents.grant": frozenset({"support", "privacy"}),
    "policy.read": frozenset(
        {"editor", "approver", "operator", "analyst", "support", "privacy", "auditor"}
    ),
    # Who guards the recipients' interest and never sends; whoever sends could loosen it.
    "policy.write": frozenset({"privacy"}),
    "suppressions.read": frozenset({"operator", "privacy", "support"}),
    "suppressions.write": frozenset({"operator", "privacy", "support"}),
    "feedback.read": frozenset({"support", "privacy", "analyst"}),
    "feedback_topics.read": frozenset({"editor", "support", "analyst", "operator", "auditor"}),
    "feedback_topics.write": frozenset({"editor"}),
    "templates.read": frozenset({"editor", "approver", "operator", "auditor"}),
    "templates.write": frozenset({"editor"}),
    "templates.approve": frozenset({"approver"}),
    "campaigns.read": frozenset({"editor", "approver", "operator", "analyst", "auditor"}),
    "campaigns.write": frozenset({"editor"}),
    "campaigns.launch": frozenset({"approver", "operator"}),
    # What no marketing opt-out stops: a message or campaign without a topic.
    "campaigns.service": frozenset({"approver", "operator"}),
    "messages.send": frozenset({"operator", "support"}),
    "messages.service": frozenset({"operator", "support"}),
    "messages.read": frozenset({"operator", "support", "auditor"}),
    "messages.explain": frozenset({"operator", "support", "privacy", "auditor"}),
    "reports.read": frozenset({"analyst", "operator", "editor", "approver", "auditor"}),
    "dead_letters.read": frozenset({"operator", "auditor"}),
    "dead_letters.redrive": frozenset({"operator"}),
    "quarantine.read": frozenset({"editor", "operator", "support", "privacy", "auditor"}),
    "quarantine.samples": frozenset({"operator", "support", "privacy"}),
    "quarantine.replay": frozenset({"operator", "support"}),
    "sending.read": frozenset({"operator", "approver", "analyst", "auditor"}),
    "sending.switch": frozenset({"operator"}),
    "console.read": frozenset({"operator", "editor", "approver", "analyst", "auditor"}),
}


def allows(principal: Principal, action: str) -> bool:
    """Tell whether a principal may do an action."""
    return principal.role == "owner" or principal.role in ACTIONS[action]


def demand(principal: Principal, action: str) -> None:
    """
    Let a principal do an action, or refuse.

    Raises:
        Denied: The role does not include the action.
    """
    if allows(principal, action):
        return
    raise Denied(f"the role {principal.role} may not do {action}")


def demand_purpose(principal: Principal, topic: str | None, action: str) -> None:
    """
    Let a principal leave the topic out, or refuse: what has none is exempt from opt-outs.

    Raises:
        Denied: There is no topic, and the role may not send service messages.
    """
    if topic is None and not allows(principal, action):
        raise Denied(
            f"without a topic it is a service message, which the role {principal.role} "
            f"may not send ({action})"
        )
