"""Permission on DynamoDB: one item per person for consents, one per suppressed address."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import CONSENTS, Bonds
from signet.adapters.dynamodb.paging import after, gathered, place, position
from signet.adapters.dynamodb.receipts import DynamoReceipts, Guard
from signet.domain.choices import UNSET, Settings, strictest_settings
from signet.domain.consent import Consent, strictest
from signet.domain.permission import Permission
from signet.domain.receipt import Particulars, Receipt
from signet.domain.suppression import Suppression, Which
from signet.errors import Transient
from signet.ports import Page, Sealer, Whom
from signet.ports.people import ANY
from signet.ports.store import (
    Absent,
    Condition,
    Either,
    Equal,
    Every,
    Key,
    Store,
    Update,
    UpTo,
    Value,
)

SUPPRESSED = "suppression"
_OWN = "own"
_REASON = "r:"
# Of one topic only: the topic has no colon, the reason may have some.
_TOPIC_REASON = "t:"
_ATTEMPTS = 5
_NONE = Particulars()


class DynamoPermissions:
    """The permission store; evidence may be personal, so it is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._receipts = DynamoReceipts(table, sealer)

    def look(self, workspace: str, profile_id: str, *handles: str) -> Permission:
        """Read a person's consents and their addresses' suppressions, consistently, in one call."""
        return self.look_many(workspace, [(profile_id, handles)])[0]

    def look_many(self, workspace: str, whom: Sequence[Whom]) -> list[Permission]:
        """
        Read what is allowed to many, in few calls.

        The words of all profiles that became one count for each of them.
        """
        people = [profile_id for profile_id, _ in whom]
        places = [[_suppressed(workspace, handle) for handle in handles] for _, handles in whom]
        bonds = Bonds(self._table, workspace)
        also = dict.fromkeys(place for own in places for place in own)
        found = bonds.load(people, also=list(also))
        return [
            Permission(
                consents=self._words(bonds, bonds.survivor(person)),
                suppressions=tuple(s for place in own for s in suppressions(found.get(place, {}))),
                settings=self._settings(bonds, bonds.survivor(person)),
            )
            for person, own in zip(people, places, strict=True)
        ]

    def members_of(
        self, workspace: str, profile_ids: Collection[str]
    ) -> dict[str, tuple[str, ...]]:
        """Give who was merged into each of these people; those without anybody are left out."""
        bonds = Bonds(self._table, workspace)
        bonds.load(profile_ids)
        found = {pid: tuple(sorted(bonds.members(pid))) for pid in profile_ids}
        return {pid: members for pid, members in found.items() if members}

    def _words(self, bonds: Bonds, profile_id: str) -> tuple[Consent, ...]:
        """Join a person's words with those of every profile that was merged into theirs."""
        words = self.consents(bonds.workspace, profile_id, bonds.rows.get(profile_id, {}))
        for child, since in bonds.children(profile_id):
            words = strictest(words, self._words(bonds, child), since=since)
        return words

    def _settings(self, bonds: Bonds, profile_id: str) -> Settings:
        """Join a person's settings with those of every profile that was merged into theirs."""
        found = _own(bonds.rows.get(profile_id, {}))
        for child, since in bonds.children(profile_id):
            found = strictest_settings(found, self._settings(bonds, child), since=since)
        return found

    def choose(self, workspace: str, profile_id: str, settings: Settings) -> None:
        """Write a person's own settings over whatever stands."""
        written = settings.model_dump(mode="json", exclude_none=True)
        place = (keys.profile(workspace, profile_id), CONSENTS)
        self._table.update(place, Update(sets={_OWN: written}))

    def record_consent(
        self,
        workspace: str,
        profile_id: str,
        consent: Consent,
        *,
        particulars: Particulars = _NONE,
        guard: Guard | None = None,
    ) -> Consent:
        """Write a person's word over whatever stands, and its receipt; give it as in force."""
        return self._receipts.record(
            workspace, profile_id, consent, particulars=particulars, guard=guard
        )

    def ask_consent(self, workspace: str, pending: Receipt) -> None:
        """Write the receipt of a pending consent, which changes no word."""
        self._receipts.ask(workspace, pending)

    def receipts(self, workspace: str, profile_id: str) -> tuple[Receipt, ...]:
        """Give the receipts of everybody who is one person now, oldest first."""
        return self._receipts.of(workspace, profile_id)

    def words_at(self, workspace: str, profile_id: str, at: datetime) -> tuple[Consent, ...]:
        """Give the words that were in force for a profile at a moment."""
        return self._receipts.words_at(workspace, profile_id, at)

    def suppress(self, workspace: str, suppression: Suppression, *, renew: bool = False) -> None:
        """
        Suppress an address for a reason, everywhere or for one topic.

        Doing it twice for the same ones keeps the first, or with `renew` the moment of the last.
        """
        name, where = _suppression_name(suppression), _suppressed(workspace, suppression.handle)
        written = suppression.model_dump(mode="json", exclude={"handle"})
        condition: Condition = Absent(name)
        if renew:
            written["at"] = suppression.at.isoformat(timespec="microseconds")
            condition = Either((condition, UpTo((name, "at"), written["at"])))
        sets: dict[str, Value] = {"handle": suppression.handle, name: written}
        self._table.update(where, Update(sets=sets, condition=condition))

    def release(self, workspace: str, handle: str, which: Which = ANY) -> tuple[Suppression, ...]:
        """
        Lift those suppressions of an address that are meant, and give them.

        What is written meanwhile stays.

        Raises:
            Transient: Others wrote the same again and again.
        """
        where = _suppressed(workspace, handle)
        for _ in range(_ATTEMPTS):
            item = self._table.get(where) or {}
            meant = {_suppression_name(one): one for one in suppressions(item) if which.takes(one)}
            if not meant:
                return ()
            unmoved = Every(tuple(Equal((name, "at"), item[name]["at"]) for name in meant))
            if self._table.update(where, Update(removes=tuple(meant), condition=unmoved)):
                return tuple(meant.values())
        raise Transient(f"the same suppressions were written {_ATTEMPTS} times meanwhile")

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the suppressions of a workspace by reading on through the table."""
        return self._page(workspace, limit, after(position) or {})

    def _page(self, workspace: str, limit: int, start: dict[str, Any]) -> Page:
        prefix = keys.suppression(workspace, "")
        found = self._rest(start)
        start.pop("name", None)
        page = gathered(self._table, (prefix, SUPPRESSED), limit=limit, start=start or None)
        found += [(item, one) for item in page.items for one in suppressions(item)]
        shown = tuple(one for _, one in found[:limit])
        if len(found) <= limit:
            return Page(shown, position(page.last))
        # An address may have several suppressions, and the page may end between two of them.
        item, one = found[limit - 1]
        last = place((item["pk"], SUPPRESSED)) | {"name": _suppression_name(one)}
        return Page(shown, position(last))

    def _rest(self, start: dict[str, Any]) -> list[tuple[dict[str, Any], Suppression]]:
        """Give what is left of the address in whose middle the last page ended."""
        if "name" not in start:
            return []
        item = self._table.get((start["pk"], start["sk"])) or {}
        left = (one for one in suppressions(item) if _suppression_name(one) > start["name"])
        return [(item, one) for one in left]

    def consents(
        self, workspace: str, profile_id: str, item: dict[str, Any]
    ) -> tuple[Consent, ...]:
        """Read a profile's own words from its row."""
        return self._receipts.words(workspace, profile_id, item)


def _own(item: dict[str, Any]) -> Settings:
    return Settings.model_validate(dict(item[_OWN])) if _OWN in item else UNSET


def _suppressed(workspace: str, handle: str) -> Key:
    return keys.suppression(workspace, handle), SUPPRESSED


def suppressions(item: dict[str, Any]) -> tuple[Suppression, ...]:
    """Read the row of an address: one suppression per reason and scope."""
    return tuple(
        Suppression(handle=item["handle"], **value)
        for name, value in sorted(item.items())
        if name.startswith((_REASON, _TOPIC_REASON))
    )


def _suppression_name(suppression: Suppression) -> str:
    if suppression.scope == "topic":
        return f"{_TOPIC_REASON}{suppression.topic}:{suppression.reason}"
    return f"{_REASON}{suppression.reason}"
