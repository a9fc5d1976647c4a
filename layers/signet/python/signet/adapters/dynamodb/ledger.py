"""The ledger on DynamoDB: one row per message, moved only by conditional updates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.item import Value
from signet.adapters.dynamodb.message_row import (
    DUE_BUCKETS,
    due_partition,
    read,
    row,
    written_step,
)
from signet.adapters.dynamodb.paging import after, position
from signet.adapters.dynamodb.table import Table, Update
from signet.domain.message import CODES, Engagement, Message
from signet.ports import Claim, Page, Step

SORT = "message"


class DynamoLedger:
    """The ledger."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def plan(self, message: Message) -> bool:
        """Write a planned message unless its row exists; False when it does."""
        return self._table.put_new(row(message))

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read one message, consistently."""
        item = self._table.get((keys.message(workspace, message_id), SORT))
        return read(item) if item else None

    def get_many(self, workspace: str, message_ids: Sequence[str]) -> dict[str, Message]:
        """Read many messages, consistently; unknown ids are left out."""
        places = [(keys.message(workspace, mid), SORT) for mid in message_ids]
        found = (read(item) for item in self._table.get_many(places).values())
        return {message.id: message for message in found}

    def claim(self, message: Message, claim: Claim) -> bool:
        """
        Take the right to hand a message over.

        The row is read back where the condition fails: the SDK may have repeated a write whose
        answer was lost, and then the claim that stands in the way is our own.
        """
        steps: list[Value] = [
            _log("rendered", claim.rendered_at),
            _log("claimed", claim.claimed_at),
        ]
        change = Update(
            sets={
                "status": "claimed",
                "token": claim.token,
                "lease_until": claim.lease_until.isoformat(),
                "recipient": claim.recipient,
                "body_hash": claim.body_hash,
                "template_version": claim.template_version,
            },
            appends={"log": steps},
            removes=("due_pk", "due_sk"),
            condition="#status IN (:planned, :rendered, :held) AND epoch = :epoch",
            values={
                "planned": "planned",
                "rendered": "rendered",
                "held": "held",
                "epoch": message.epoch,
            },
        )
        place = (keys.message(message.workspace, message.id), SORT)
        if self._table.update(place, change):
            return True
        standing = self._table.get(place)
        return standing is not None and standing.get("token") == claim.token

    def move(self, workspace: str, message_id: str, step: Step) -> bool:
        """Move a message; False when the conditions do not hold."""
        place = (keys.message(workspace, message_id), SORT)
        return self._table.update(place, written_step(step))

    def engage(self, workspace: str, message_id: str, what: Engagement, *, at: datetime) -> bool:
        """Note the first opening or click; False when it was noted before."""
        name = f"{what}_at"
        change = Update(
            sets={name: at.isoformat()},
            condition=f"attribute_exists(pk) AND attribute_not_exists(#{name})",
        )
        return self._table.update((keys.message(workspace, message_id), SORT), change)

    def of_campaign(
        self, workspace: str, campaign_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List the messages of a campaign."""
        return self._of_campaign(keys.campaign(workspace, campaign_id), limit, after(position))

    def _of_campaign(self, pk: str, limit: int, start: dict[str, Any] | None) -> Page:
        page = self._table.query(
            "campaign_pk = :pk",
            {"pk": pk},
            IndexName="by_campaign",
            Limit=limit,
            after=start,
        )
        places = [(item["pk"], item["sk"]) for item in page.items]
        found = self._table.get_many(places)
        rows = tuple(read(found[place]) for place in places if place in found)
        return Page(rows, position(page.last))

    def recent(self, workspace: str, *, limit: int) -> tuple[Message, ...]:
        """Give some of the newest messages of a workspace, newest first."""
        ring = self._table.get((keys.listing(workspace, "recent"), "messages"))
        ids = (ring or {}).get("references", [])[:limit]
        found = self.get_many(workspace, ids)
        return tuple(found[mid] for mid in ids if mid in found)

    def before(self, moment: datetime, *, limit: int) -> tuple[Message, ...]:
        """Give messages whose moment has come, oldest first within each bucket."""
        places: list[tuple[str, str]] = []
        for bucket in range(DUE_BUCKETS):
            page = self._table.query(
                "due_pk = :pk AND due_sk <= :now",
                {"pk": due_partition(bucket), "now": keys.stamp(moment)},
                IndexName="due",
                Limit=limit,
            )
            places += [(item["pk"], item["sk"]) for item in page.items]
        found = self._table.get_many(places)
        return tuple(read(found[place]) for place in places if place in found)[:limit]


def _log(status: str, at: datetime) -> str:
    return f"{CODES[status]}{int(at.timestamp())}"  # type: ignore[index]
