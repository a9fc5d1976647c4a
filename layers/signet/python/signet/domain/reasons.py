"""Why messages wait or did not go, in few words that can be counted."""

import re

from signet.domain.message import Message, Status
from signet.domain.permission import refusal

# A message with one of these has not gone, and says why.
TOLD: frozenset[Status] = frozenset(
    {"held", "skipped", "expired", "cancelled", "rejected", "failed"}
)
GATE = "gate"
OTHER = "other"
# The only words that are counted: texts of people and providers must not make new counters.
CODES = frozenset(
    {
        "suppressed",
        "no_consent",
        "consent_withdrawn",
        "consent_expired",
        "consent_pending",
        "no_basis",
        "basis_expired",
        "basis_not_permitted",
        "no_postal_address",
        "opted_out_of_sharing",
        "paused_by_recipient",
        "holdout",
        "sunset",
        "quiet_hours",
        "outside_send_window",
        "zone_unknown",
        "no_open_hour",
        "ends_soon",
        "no_window_before_not_after",
        "capped",
        "campaign_draft",
        "campaign_paused",
        "campaign_cancelled",
        "campaign_gone",
        "no_address",
        "not_after",
        "throttled",
        GATE,
    }
)
_WORD = re.compile(r"[a-z_]+")


def code_of(reason: str) -> str:
    """Give the word that a reason begins with, or nothing where it is none of ours."""
    found = _WORD.match(reason)
    return found[0] if found and found[0] in CODES else ""


def counted(message: Message) -> str:
    """Give the word under which a message's reason is counted; nothing where it has gone on."""
    if message.status not in TOLD:
        return ""
    refused = refusal(message.decisions)
    if refused is not None and refused.rule == GATE and message.reason.startswith(refused.reason):
        return GATE
    return code_of(message.reason) or OTHER
