"""Permission on DynamoDB: one item per person for consents, one per suppressed address."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import CONSENTS, Bonds
from signet.adapters.dynamodb.receipts import DynamoReceipts, Guard
from signet.adapters.dynamodb.suppressions import SuppressionRows, suppressed, suppressions
from signet.domain.choices import UNSET, Settings, strictest_settings
from signet.domain.consent import Consent, strictest
from signet.domain.permission import Permission
from signet.domain.receipt import Particulars, Receipt
from signet.ports import Sealer, Whom
from signet.ports.store import Absent, Condition, Either, Equal, Store, Update, UpTo

_OWN = "own"
_NONE = Particulars()
_ATTEMPTS = 5


class DynamoPermissions(SuppressionRows):
    """The permission store; evidence may be personal, so it is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        super().__init__(table)
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
        places = [[suppressed(workspace, handle) for handle in handles] for _, handles in whom]
        bonds = Bonds(self._table, workspace)
        also = dict.fromkeys(place for own in places for place in own)
        found = bonds.load(people, also=list(also))
        return [
            Permission(
                everyone=(person, *sorted(bonds.members(person))),
                consents=self._words(bonds, person),
                suppressions=tuple(s for place in own for s in suppressions(found.get(place, {}))),
                settings=self._settings(bonds, person),
            )
            for person, own in zip(map(bonds.survivor, people), places, strict=True)
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

    def choose(
        self, workspace: str, profile_id: str, settings: Settings, *, over: Settings | None = None
    ) -> bool:
        """Write a person's own settings over those that they chose earlier, or exactly these."""
        written = settings.model_dump(mode="json", exclude_none=True)
        place = (keys.profile(workspace, profile_id), CONSENTS)
        written["at"] = _written(settings.at)
        standing: Condition = Either((Absent(_OWN), UpTo((_OWN, "at"), written["at"])))
        if over is not None:
            standing = Absent(_OWN) if over == UNSET else Equal((_OWN, "at"), _written(over.at))
        return self._table.update(place, Update(sets={_OWN: written}, condition=standing))

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

    def consents(
        self, workspace: str, profile_id: str, item: dict[str, Any]
    ) -> tuple[Consent, ...]:
        """Read a profile's own words from its row."""
        return self._receipts.words(workspace, profile_id, item)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _own(item: dict[str, Any]) -> Settings:
    return Settings.model_validate(dict(item[_OWN])) if _OWN in item else UNSET
