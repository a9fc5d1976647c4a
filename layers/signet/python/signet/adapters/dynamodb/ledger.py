"""The ledger on DynamoDB: one row per message, moved only by conditional updates."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.message_row import (
    claiming,
    forgetting,
    planned,
    postponing,
    read,
    row,
    stepping,
    understood,
)
from signet.adapters.dynamodb.paging import after, position
from signet.domain.message import Engagement, Message, tells_more
from signet.errors import Poison, Transient
from signet.ports import Claim, Page, Step
from signet.ports.store import (
    NEW,
    Absent,
    Equal,
    Every,
    Key,
    Present,
    Query,
    Store,
    Update,
)

SORT = "message"
_ATTEMPTS = 5


class DynamoLedger:
    """The ledger."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def plan(self, message: Message) -> bool:
        """Write a planned message unless its row exists; False when it does."""
        return self._table.put(planned(message), condition=NEW)

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read one message, consistently."""
        item = self._table.get((keys.message(workspace, message_id), SORT))
        return read(item) if item else None

    def get_many(self, workspace: str, message_ids: Sequence[str]) -> dict[str, Message]:
        """
        Read many messages, consistently; unknown ids are left out.

        Raises:
            Poison: One of them is none that this version knows.
        """
        places = [(keys.message(workspace, mid), SORT) for mid in message_ids]
        found = (understood(item) for item in self._table.get_many(places).values())
        return {message.id: message for message in found}

    def claim(self, message: Message, claim: Claim) -> bool:
        """
        Take the right to hand a message over.

        The row is read back where the condition fails: the SDK may have repeated a write whose
        answer was lost, and then the claim that stands in the way is our own.
        """
        place = _place(message)
        if self._table.update(place, claiming(message, claim)):
            return True
        standing = self._table.get(place)
        return (
            standing is not None
            and standing.get("token") == claim.token
            and standing["status"] == "claimed"
        )

    def move(self, workspace: str, message_id: str, step: Step) -> bool:
        """Move a message; False when the conditions do not hold."""
        return self._table.update((keys.message(workspace, message_id), SORT), stepping(step))

    def postpone(self, message: Message, due_at: datetime) -> bool:
        """Look at a message later; False when it has moved on meanwhile."""
        return self._table.update(_place(message), postponing(message, due_at))

    def witness(self, message: Message) -> bool:
        """Let a row become what is known of it from elsewhere; False when it knows already."""
        place = _place(message)
        for _ in range(_ATTEMPTS):
            item = self._table.get(place)
            if item is None:
                if self._table.put(row(message), condition=NEW):
                    return True
                continue
            known = read(item)
            if not tells_more(message, known):
                return False
            unmoved = Every((Equal("status", known.status), Equal("log", item["log"])))
            if self._table.put(row(message), condition=unmoved):
                return True
        raise Transient("a message moved again and again while it was brought forward")

    def engage(self, workspace: str, message_id: str, what: Engagement, *, at: datetime) -> bool:
        """Note the first opening or click; False when it was noted before."""
        name = f"{what}_at"
        change = Update(sets={name: at.isoformat()}, condition=Every((Present("pk"), Absent(name))))
        return self._table.update((keys.message(workspace, message_id), SORT), change)

    def forget(self, message: Message) -> bool:
        """Take a message's decision record away; False when it has none or has moved since."""
        return self._table.update(_place(message), forgetting(message))

    def of_campaign(
        self, workspace: str, campaign_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List the messages of a campaign."""
        return self._of_campaign(keys.campaign(workspace, campaign_id), limit, after(position))

    def _of_campaign(self, pk: str, limit: int, start: dict[str, Any] | None) -> Page:
        page = self._table.query(Query(pk, limit, index="by_campaign", after=start))
        places = [(item["pk"], item["sk"]) for item in page.items]
        return Page(self._readable(places), position(page.last))

    def _readable(self, places: Sequence[Key]) -> tuple[Message, ...]:
        """Read rows for a list, in its order, without those that are of another version."""
        found, rows = self._table.get_many(places), []
        for place in places:
            if place in found:
                with suppress(Poison):
                    rows.append(understood(found[place]))
        return tuple(rows)

    def recent(self, workspace: str, *, limit: int) -> tuple[Message, ...]:
        """Give some of the newest messages of a workspace, newest first."""
        ring = self._table.get((keys.listing(workspace, "recent"), "messages"))
        ids = (ring or {}).get("references", [])[:limit]
        return self._readable([(keys.message(workspace, mid), SORT) for mid in ids])


def _place(message: Message) -> Key:
    return keys.message(message.workspace, message.id), SORT
