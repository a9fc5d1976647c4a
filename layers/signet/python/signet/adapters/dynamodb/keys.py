"""
The keys of every row, in one place.

The first part of every partition key is the workspace. Parts are escaped, so that no value that
somebody else chose can reach over the delimiter into another part.
"""

from datetime import UTC, datetime


def join(*parts: str) -> str:
    """Join parts with `#`; a `#` or `%` inside a part is percent-encoded."""
    joined = "#".join(parts)
    if "%" not in joined and joined.count("#") == len(parts) - 1:
        return joined
    return "#".join(part.replace("%", "%25").replace("#", "%23") for part in parts)


def profile(workspace: str, profile_id: str) -> str:
    """Give the partition of one person: profile, permission and timeline rows."""
    return join(workspace, "p", profile_id)


def receipts(workspace: str, profile_id: str) -> str:
    """Give the partition of one person's receipts of consent."""
    return join(workspace, "r", profile_id)


def alias(workspace: str, handle: str) -> str:
    """Give the partition of one handle that resolves to a profile."""
    return join(workspace, "a", handle)


def suppression(workspace: str, handle: str) -> str:
    """Give the partition of one suppressed address."""
    return join(workspace, "s", handle)


def block(workspace: str, handle: str) -> str:
    """Give the partition of one block: people who may be one person."""
    return join(workspace, "b", handle)


def listing(workspace: str, what: str, bucket: int = 0) -> str:
    """Give the partition of a small listing."""
    return join(workspace, what, str(bucket))


def message(workspace: str, message_id: str) -> str:
    """Give the partition of one message."""
    return join(workspace, "m", message_id)


def campaign(workspace: str, campaign_id: str) -> str:
    """Give the index partition of a campaign's messages."""
    return join(workspace, "c", campaign_id)


def imported(workspace: str, import_id: str) -> str:
    """Give the partition of the verdicts on one imported file."""
    return join(workspace, "i", import_id)


def counters(workspace: str, scope: str) -> str:
    """Give the partition of one scope's counters."""
    return join(workspace, "n", scope)


def stamp(moment: datetime) -> str:
    """Write a moment so that text order is time order, to the microsecond, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def event(workspace: str, event_key: str) -> str:
    """Give the partition of one event."""
    return join(workspace, "e", event_key)


def posting(workspace: str, digest: str) -> str:
    """Give the partition of one list of feedback documents."""
    return join(workspace, "w", digest)


def split(joined: str) -> list[str]:
    """Take apart what was joined."""
    return [part.replace("%23", "#").replace("%25", "%") for part in joined.split("#")]


def moment(stamped: str) -> datetime:
    """Read a moment that was written so that text order is time order."""
    return datetime.fromisoformat(stamped).replace(tzinfo=UTC)
