"""A quarantine that is heard of: what use cases keep is told to the log, and so to the alarm."""

from collections.abc import Sequence

from signet.domain.quarantine import Quarantined, QuarantineStatus
from signet.ports import Page, Quarantine
from signet.runtime.observability import tell_quarantined


class Told:
    """
    Keep items and log a line for each batch of them.

    Args:
        kept: The quarantine itself.
    """

    def __init__(self, kept: Quarantine) -> None:
        self._kept = kept

    def add(self, items: Sequence[Quarantined]) -> None:
        """Keep items, and tell how many and why."""
        self._kept.add(items)
        tell_quarantined(items)

    def get(self, workspace: str, item_id: str) -> Quarantined | None:
        """Read one item."""
        return self._kept.get(workspace, item_id)

    def page(
        self,
        workspace: str,
        *,
        status: QuarantineStatus | None,
        limit: int,
        position: str | None,
        source: str | None = None,
    ) -> Page:
        """List the items of a workspace, newest first."""
        return self._kept.page(
            workspace, status=status, limit=limit, position=position, source=source
        )

    def save(self, item: Quarantined, *, expected_version: int) -> None:
        """Write an item over the version that was read."""
        self._kept.save(item, expected_version=expected_version)
