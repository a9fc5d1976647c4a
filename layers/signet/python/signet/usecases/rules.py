"""
Every rule about one message that is asked of data alone, in one order for all who ask.

Planning asks them early, to spare work; the look after the claim asks them again, and that one
counts. What ends a message stands before what only holds it; the places under caps come after
all of them, since a place that is taken is not given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from signet.domain.choices import sharing_rule
from signet.domain.holdout import holdout_rule
from signet.domain.jurisdiction import hours_rule, legal_rules, sale_opt_out
from signet.domain.message import Rule
from signet.domain.permission import Permission, Question, judge
from signet.domain.policy import Hours, Policy, PolicyDraft


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What the workspace decided that stands for a message.

    Args:
        policy: The policy in force.
        quiet_hours: Those of the message's campaign, beside the policy's own.
    """

    policy: Policy
    quiet_hours: tuple[Hours, ...] = ()


def standing(policy: Policy | None, workspace: str, quiet: Sequence[Hours] = ()) -> Standing:
    """Give what stands; where nobody wrote a policy, the one that holds before."""
    return Standing(policy or Policy(workspace=workspace), tuple(quiet))


def asked_of(permission: Permission, asked: Question, stands: Standing) -> tuple[Rule, ...]:
    """
    Ask what the recipient said, what the law says and what the workspace decided.

    Service messages are asked for suppressions alone: the rest is about marketing.

    Returns:
        Every rule asked, in order, with its verdict.
    """
    said = judge(permission, asked)
    if asked.topic is None:
        return said
    policy = stands.policy
    draft, version = policy.draft, str(policy.version)
    consent = permission.consent(asked.channel, asked.topic)
    law = legal_rules(draft.jurisdictions, asked, consent, postal_address=draft.postal_address)
    law = law if policy.version else tuple(_before_any_policy(rule) for rule in law)
    honoured = sale_opt_out(draft.jurisdictions, asked.place.country)
    shared = sharing_rule(policy, permission, asked) if honoured else None
    kept = holdout_rule(policy, asked.profile_id) if draft.holdout else None
    more = tuple(rule for rule in (shared, kept) if rule is not None)
    return (*said, *law, *more, hours_rule(_with_quiet(stands), version, asked))


def _with_quiet(stands: Standing) -> PolicyDraft:
    draft = stands.policy.draft
    if not stands.quiet_hours:
        return draft
    return draft.model_copy(update={"quiet_hours": (*draft.quiet_hours, *stands.quiet_hours)})


def _before_any_policy(rule: Rule) -> Rule:
    """
    Take templates at their word as long as nobody wrote a policy.

    Until then there is no place for a postal address but their text, which nobody can judge.
    """
    if rule.reason != "no_postal_address":
        return rule
    return rule.model_copy(update={"verdict": "pass", "reason": "no policy yet"})
