"""What a schedule came by: moves, refusals and recoveries that some schedule must reach (I14)."""

from typing import Any

from signet.domain.message import Status
from tests.simulator.story import Story
from tests.simulator.waits import CLOSING, HOURS, NEVER

# Every one of these is reached by some schedule of a long run, or the run says nothing about it.
MOVES: tuple[tuple[Status, Status], ...] = (
    ("planned", "claimed"), ("planned", "expired"), ("planned", "cancelled"), ("planned", "failed"),
    ("planned", "skipped"), ("planned", "sent"), ("held", "planned"), ("held", "sent"),
    ("claimed", "sent"), ("claimed", "held"), ("claimed", "in_doubt"), ("claimed", "skipped"),
    ("claimed", "cancelled"), ("claimed", "rejected"), ("claimed", "delivered"),
    ("in_doubt", "sent"), ("in_doubt", "delivered"), ("in_doubt", "planned"),
    ("in_doubt", "unresolved"), ("unresolved", "sent"), ("unresolved", "delivered"),
    ("sent", "delivered"), ("sent", "delayed"), ("delivered", "bounced"),
    ("delivered", "complained"), ("planned", "held"), ("held", "claimed"), ("claimed", "expired"),
)  # fmt: skip
REASONS = (
    "no_consent", "consent_withdrawn", "suppressed:manual", "suppressed:bounce",
    "suppressed:complaint", "campaign_paused", "campaign_cancelled", "not_after has passed",
    "stopped by an operator", "the claim lapsed", "the answer was lost", "no connection",
    "TooManyRequestsException", "throttled", "not enough time", "no provider event came",
    "an earlier attempt is unknown", "no_address", "MessageRejected", "no_postal_address",
    "quiet_hours", "outside_send_window", "zone_unknown", CLOSING, NEVER, "consent_expired",
    "suppressed:address", "suppressed:topic", "suppressed:channel", "suppressed:global",
    "suppressed:spelling", "suppressed:elsewhere:channel", "suppressed:elsewhere:global",
    "suppressed:unsubscribed", "paused_by_recipient",
)  # fmt: skip
WAYS = (
    "canary", "walk", "redrive", "epoch 1", "two hand-overs", "repeat refused", "dead letter",
    "claim given back after a failed look", "work waited for the pace", "held when planned",
    "held after the claim", "sent after its hours opened", "given up when planned",
    "given up after the claim", "policy written again",
)  # fmt: skip
REQUIRED = frozenset({f"{a} > {b}" for a, b in MOVES} | set(REASONS) | set(WAYS))


def marks_of(story: Story) -> frozenset[str]:
    """Give what a story came by."""
    found: set[str] = set()
    for before, after in story.world.events.changes:
        row = after or before or {}
        if row["sk"] == "message" and after is not None:
            found |= _moved(before, after)
        found |= {"dead letter"} if "buried_at" in row else set()
    found |= _went(story)
    return frozenset(found & REQUIRED)


def _moved(before: dict[str, Any] | None, after: dict[str, Any]) -> set[str]:
    reason = after.get("reason", "")
    found = {known for known in REASONS if known in reason}
    if after["status"] == "held" and reason == "Transient":
        found.add("claim given back after a failed look")
    if before is None and after["status"] == "skipped":
        found.add("planned > skipped")
    if reason in HOURS | {NEVER} and after["status"] in {"held", "expired"}:
        found |= _waited(before, after)
    waited = before is not None and before.get("reason") in HOURS
    found |= {"sent after its hours opened"} if waited and after["status"] == "sent" else set()
    if before is not None and before["status"] != after["status"]:
        found.add(f"{before['status']} > {after['status']}")
    if after["epoch"] == 1:
        found.add("epoch 1")
        found |= {"repeat refused"} if after["status"] in {"skipped", "cancelled"} else set()
    return found


def _waited(before: dict[str, Any] | None, after: dict[str, Any]) -> set[str]:
    what = "held" if after["status"] == "held" else "given up"
    if before is None or before["status"] == "planned":
        return {f"{what} when planned"}
    return {f"{what} after the claim"} if before["status"] == "claimed" else set()


def _went(story: Story) -> set[str]:
    found: set[str] = set()
    inbox = [taken.outgoing for taken in story.world.provider.inbox]
    if any(mail.message_id.startswith("canary-") for mail in inbox):
        found.add("canary")
    named = [(mail.workspace, mail.message_id) for mail in inbox]
    if len(named) != len(set(named)):
        found.add("two hand-overs")
    heard = {call.what for call in story.clients.calls if call.heard is not None}
    found |= {"walk"} if heard & {"resume", "cancel"} else set()
    policies = [call for call in story.clients.calls if call.what == "policy" and call.heard]
    found |= {"policy written again"} if len(policies) > 1 else set()
    found |= {"redrive"} if "redrive" in heard else set()
    notes = story.world.loop.notes
    if any("deliver.send" in what and who.startswith("deliver-") for _, who, what in notes):
        found.add("work waited for the pace")
    return found
