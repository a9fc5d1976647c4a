"""The global holdout: people who get no marketing at all, so that it can be compared."""

import hashlib

from signet.domain.message import Rule
from signet.domain.policy import Policy

_SPACE = 2**64


def point(workspace: str, profile_id: str) -> float:
    """
    Give a person's place from 0 to 100, the same for ever.

    Whoever is below the percentage is held out, so raising it adds people and moves none.
    """
    named = f"holdout\0{workspace}\0{profile_id}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big") / _SPACE * 100


def holdout_rule(policy: Policy, profile_id: str) -> Rule:
    """Ask whether a person belongs to those who are held out."""
    place, share = point(policy.workspace, profile_id), policy.draft.holdout
    out = place < share
    return Rule(
        rule="holdout",
        verdict="refuse" if out else "pass",
        reason="holdout" if out else "",
        version=str(policy.version),
        inputs={"percent": f"{share:g}", "place": f"{place:.2f}"},
    )
