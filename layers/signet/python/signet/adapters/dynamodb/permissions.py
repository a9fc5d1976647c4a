"""Permission on DynamoDB: one item per person for consents, one per suppressed address."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import CONSENTS, Bonds
from signet.adapters.dynamodb.suppressions import SuppressionRows, suppressed, suppressions
from signet.domain.choices import UNSET, Settings, strictest_settings
from signet.domain.consent import Consent, strictest
from signet.domain.permission import Permission
from signet.errors import Transient
from signet.ports import Sealer, Whom
from signet.ports.store import Absent, Either, Store, Update, UpTo

_OWN = "own"
_PREFIX = "c:"
_ATTEMPTS = 5


class DynamoPermissions(SuppressionRows):
    """The permission store; evidence may be personal, so it is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        super().__init__(table)
        self._sealer = sealer

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

    def record_consent(self, workspace: str, profile_id: str, consent: Consent) -> Consent:
        """
        Write a person's word over whatever stands, and give it as it is now in force.

        Two containers' clocks may differ: where the standing word seems newer, the new one is
        moved behind it, because whoever speaks last means it.
        """
        place = (keys.profile(workspace, profile_id), CONSENTS)
        for _ in range(_ATTEMPTS):
            if self._table.update(place, self._spoken(workspace, profile_id, consent)):
                return consent
            standing = self._standing(workspace, profile_id, consent)
            if standing is None or standing == consent:
                return consent
            consent = consent.model_copy(update={"at": standing.at + timedelta(microseconds=1)})
        raise Transient(f"the same consent was written {_ATTEMPTS} times meanwhile")

    def _spoken(self, workspace: str, profile_id: str, consent: Consent) -> Update:
        name = _consent_name(consent)
        written = consent.model_dump(mode="json", exclude={"evidence"})
        written["at"] = keys.stamp(consent.at)
        if consent.evidence:
            written["evidence"] = self._sealer.seal(
                workspace, profile_id, consent.evidence.encode("utf-8", "surrogatepass")
            )
        behind = UpTo((name, "at"), written["at"])
        return Update(sets={name: written}, condition=Either((Absent(name), behind)))

    def _standing(self, workspace: str, profile_id: str, consent: Consent) -> Consent | None:
        row = self._table.get((keys.profile(workspace, profile_id), CONSENTS)) or {}
        known = self.consents(workspace, profile_id, row)
        name = _consent_name(consent)
        return next((other for other in known if _consent_name(other) == name), None)

    def consents(
        self, workspace: str, profile_id: str, item: dict[str, Any]
    ) -> tuple[Consent, ...]:
        """Read a profile's own words from its row."""
        written = [dict(value) for name, value in item.items() if name.startswith(_PREFIX)]
        for consent in written:
            sealed = consent.get("evidence")
            plain = self._sealer.open(workspace, profile_id, sealed) if sealed else b""
            consent["evidence"] = plain.decode("utf-8", "surrogatepass")
            consent["at"] = datetime.fromisoformat(consent["at"] + "+00:00")
        return tuple(Consent(**consent) for consent in written)


def _own(item: dict[str, Any]) -> Settings:
    return Settings.model_validate(dict(item[_OWN])) if _OWN in item else UNSET


def _consent_name(consent: Consent) -> str:
    return f"{_PREFIX}{consent.channel}:{consent.topic}"
