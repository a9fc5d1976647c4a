"""Dead letters as rows of the events table, kept fourteen days."""

from datetime import datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.ports import DeadLetter, Page, Sealer
from signet.ports.store import NEW, Query, Store

_KEPT = timedelta(days=14)


class DynamoDeadLetterRows:
    """The list of dead letters; bodies may be personal, so they are sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, letter: DeadLetter) -> None:
        """Keep a dead letter; its position makes repeats harmless."""
        body = letter.body.encode("utf-8", "surrogatepass")
        self._table.put(
            {
                "pk": _partition(letter.workspace),
                "sk": letter.position,
                "workspace": letter.workspace,
                "queue": letter.queue,
                "reason": letter.reason,
                "receives": letter.receives,
                "buried_at": letter.buried_at.isoformat(),
                "expires": int((letter.buried_at + _KEPT).timestamp()),
                "sealed": self._sealer.seal(letter.workspace, letter.position, body),
            },
            condition=NEW,
        )

    def page(self, workspace: str, *, queue: str | None, limit: int, position: str | None) -> Page:
        """List the dead letters of a workspace, oldest first."""
        return self._page(
            workspace, queue, Query(_partition(workspace), limit, after=after(position))
        )

    def _page(self, workspace: str, queue: str | None, query: Query) -> Page:
        page = self._table.query(query)
        letters = (self._read(workspace, item) for item in page.items)
        wanted = tuple(known for known in letters if queue in (None, known.queue))
        return Page(wanted, position(page.last))

    def remove(self, workspace: str, position: str) -> bool:
        """Take a dead letter off the list; False when it was not there."""
        return self._table.delete((_partition(workspace), position))

    def _read(self, workspace: str, item: dict[str, Any]) -> DeadLetter:
        plain = self._sealer.open(workspace, item["sk"], item["sealed"])
        return DeadLetter(
            workspace=workspace,
            position=item["sk"],
            queue=item["queue"],
            reason=item["reason"],
            receives=item["receives"],
            body=plain.decode("utf-8", "surrogatepass"),
            buried_at=datetime.fromisoformat(item["buried_at"]),
        )


def _partition(workspace: str) -> str:
    return keys.listing(workspace, "dead_letters")
