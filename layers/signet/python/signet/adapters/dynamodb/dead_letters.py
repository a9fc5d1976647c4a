"""Dead letters as rows of the events table, kept fourteen days."""

from datetime import datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.adapters.dynamodb.table import Table
from signet.ports import DeadLetter, Page, Sealer

_PARTITION = keys.listing("-", "dead_letters")
_KEPT = timedelta(days=14)


class DynamoDeadLetterRows:
    """The list of dead letters; bodies may be personal, so they are sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, letter: DeadLetter) -> None:
        """Keep a dead letter; its position makes repeats harmless."""
        body = letter.body.encode("utf-8", "surrogatepass")
        self._table.put_new(
            {
                "pk": _PARTITION,
                "sk": letter.position,
                "queue": letter.queue,
                "reason": letter.reason,
                "receives": letter.receives,
                "buried_at": letter.buried_at.isoformat(),
                "expires": int((letter.buried_at + _KEPT).timestamp()),
                "sealed": self._sealer.seal("-", letter.position, body),
            }
        )

    def page(self, *, queue: str | None, limit: int, position: str | None) -> Page:
        """List dead letters, oldest first."""
        return self._page(queue, limit, after(position))

    def _page(self, queue: str | None, limit: int, start: dict[str, Any] | None) -> Page:
        page = self._table.query("pk = :pk", {"pk": _PARTITION}, Limit=limit, after=start)
        letters = (self._read(item) for item in page.items)
        wanted = tuple(known for known in letters if queue in (None, known.queue))
        return Page(wanted, position(page.last))

    def remove(self, position: str) -> bool:
        """Take a dead letter off the list; False when it was not there."""
        return self._table.delete((_PARTITION, position))

    def _read(self, item: dict[str, Any]) -> DeadLetter:
        plain = self._sealer.open("-", item["sk"], item["sealed"])
        return DeadLetter(
            position=item["sk"],
            queue=item["queue"],
            reason=item["reason"],
            receives=item["receives"],
            body=plain.decode("utf-8", "surrogatepass"),
            buried_at=datetime.fromisoformat(item["buried_at"]),
        )
