"""A person's words on DynamoDB: the latest ones in one row, and a receipt of each for ever."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import CONSENTS, Bonds
from signet.domain.consent import Consent, over, repeats, strictest
from signet.domain.receipt import Particulars, Receipt, number, receipt, words_at
from signet.errors import Conflict, Contended, Transient
from signet.ports import Sealer
from signet.ports.store import NEW, Absent, Change, Equal, Put, Query, Store, Update, pages

Guard = Callable[[Consent | None], None]
_PREFIX = "c:"
_ATTEMPTS = 5
_PAGE = 100
# Greater than every receipt of one moment.
_LAST = "~"


class DynamoReceipts:
    """Words and their receipts; evidence may be personal, so it is sealed."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def record(
        self,
        workspace: str,
        profile_id: str,
        consent: Consent,
        *,
        particulars: Particulars,
        guard: Guard | None = None,
    ) -> Consent:
        """
        Write a word over whatever stands and its receipt beside it, both or neither.

        The same word of the same moment once more is written once.
        """
        for _ in range(_ATTEMPTS):
            standing = self.standing(workspace, profile_id, consent)
            if standing is not None and repeats(consent, standing):
                return standing
            if guard is not None:
                guard(standing)
            word = over(standing, consent)
            word = word.model_copy(update={"receipt": number(profile_id, word)})
            made = self._receipt(workspace, profile_id, word, particulars=particulars)
            kept = [self._row(workspace, made)]
            if standing is not None and not standing.receipt:
                # A word from before there were receipts gets one before it is gone.
                kept.append(self._row(workspace, self._older(workspace, profile_id, standing)))
            spoken = self._spoken(workspace, profile_id, word, standing=standing)
            try:
                self._table.transact([spoken, *(Put(row, condition=NEW) for row in kept)])
            except (Conflict, Contended):
                continue
            return word
        raise Transient(f"the same consent was written {_ATTEMPTS} times meanwhile")

    def ask(self, workspace: str, pending: Receipt) -> None:
        """Write the receipt of a pending consent, which changes no word."""
        self._table.put(self._row(workspace, pending), condition=NEW)

    def of(self, workspace: str, profile_id: str) -> tuple[Receipt, ...]:
        """Give the receipts of everybody who is one person now, oldest first."""
        bonds = Bonds(self._table, workspace)
        bonds.load([profile_id])
        survivor = bonds.survivor(profile_id)
        people = (survivor, *bonds.members(survivor))
        found = [one for person in people for one in self._known(bonds, person, None)]
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))

    def words_at(self, workspace: str, profile_id: str, at: datetime) -> tuple[Consent, ...]:
        """Give the words that were in force for a profile at a moment, with the merges of then."""
        bonds = Bonds(self._table, workspace, at=at)
        bonds.load([profile_id])
        return self._joined(bonds, bonds.survivor(profile_id), at, seen=frozenset())

    def standing(self, workspace: str, profile_id: str, consent: Consent) -> Consent | None:
        """Read a profile's own word on the channel and topic of another word."""
        row = self._table.get((keys.profile(workspace, profile_id), CONSENTS)) or {}
        known = self.words(workspace, profile_id, row)
        name = _name(consent)
        return next((other for other in known if _name(other) == name), None)

    def words(self, workspace: str, profile_id: str, item: dict[str, Any]) -> tuple[Consent, ...]:
        """Read a profile's own words from its row."""
        written = [dict(value) for name, value in item.items() if name.startswith(_PREFIX)]
        for consent in written:
            consent["evidence"] = self._opened(workspace, profile_id, consent.get("evidence"))
            consent["at"] = datetime.fromisoformat(consent["at"] + "+00:00")
        return tuple(Consent(**consent) for consent in written)

    def _joined(
        self, bonds: Bonds, profile_id: str, at: datetime, *, seen: frozenset[str]
    ) -> tuple[Consent, ...]:
        """Join a person's words with those of every profile that was merged into theirs then."""
        words = words_at(self._known(bonds, profile_id, at), at)
        seen |= {profile_id}
        for child, since in bonds.children(profile_id):
            if child not in seen:
                theirs = self._joined(bonds, child, at, seen=seen)
                words = strictest(words, theirs, since=since)
        return words

    def _known(self, bonds: Bonds, profile_id: str, at: datetime | None) -> list[Receipt]:
        """Read a profile's own receipts, and its words from before there were any."""
        workspace = bonds.workspace
        up_to = None if at is None else keys.stamp(at) + _LAST
        query = Query(keys.receipts(workspace, profile_id), _PAGE, up_to=up_to)
        found = [self._read(workspace, profile_id, item) for item in pages(self._table, query)]
        words = self.words(workspace, profile_id, bonds.rows.get(profile_id, {}))
        older = [word for word in words if not word.receipt and (at is None or word.at <= at)]
        return [*(self._older(workspace, profile_id, word) for word in older), *found]

    def _older(self, workspace: str, profile_id: str, word: Consent) -> Receipt:
        return self._receipt(workspace, profile_id, word, particulars=Particulars())

    def _receipt(
        self, workspace: str, profile_id: str, word: Consent, *, particulars: Particulars
    ) -> Receipt:
        hashed = evidence_hash(self._sealer, workspace, word.evidence)
        return receipt(profile_id, word, particulars, evidence_hash=hashed)

    def _spoken(
        self, workspace: str, profile_id: str, word: Consent, *, standing: Consent | None
    ) -> Change:
        name = _name(word)
        written = word.model_dump(mode="json", exclude={"evidence", *_unsaid(word)})
        written["at"] = keys.stamp(word.at)
        if word.evidence:
            written["evidence"] = self._sealed(workspace, profile_id, word.evidence)
        still = Absent(name) if standing is None else Equal((name, "at"), keys.stamp(standing.at))
        place = (keys.profile(workspace, profile_id), CONSENTS)
        return Change(place, Update(sets={name: written}, condition=still))

    def _row(self, workspace: str, kept: Receipt) -> dict[str, Any]:
        left_out = {"evidence", "profile_id", "status"}
        row = kept.model_dump(mode="json", exclude=left_out, exclude_defaults=True)
        if kept.evidence:
            row["evidence"] = self._sealed(workspace, kept.profile_id, kept.evidence)
        place = {
            "pk": keys.receipts(workspace, kept.profile_id),
            "sk": f"{keys.stamp(kept.at)}#{kept.id}",
        }
        return row | place

    def _read(self, workspace: str, profile_id: str, item: dict[str, Any]) -> Receipt:
        written = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
        written["evidence"] = self._opened(workspace, profile_id, item.get("evidence"))
        return Receipt(**written, profile_id=profile_id)

    def _sealed(self, workspace: str, profile_id: str, evidence: str) -> bytes:
        return self._sealer.seal(workspace, profile_id, evidence.encode("utf-8", "surrogatepass"))

    def _opened(self, workspace: str, profile_id: str, sealed: bytes | None) -> str:
        plain = self._sealer.open(workspace, profile_id, sealed) if sealed else b""
        return plain.decode("utf-8", "surrogatepass")


def evidence_hash(sealer: Sealer, workspace: str, evidence: str) -> str:
    """Hash evidence under the workspace's key; a bare hash of a short one can be guessed."""
    return sealer.handle(workspace, "evidence", evidence) if evidence else ""


def _name(consent: Consent) -> str:
    return f"{_PREFIX}{consent.channel}:{consent.topic}"


def _unsaid(word: Consent) -> set[str]:
    """Give what a short row leaves out; what older rows never had is left out where it is empty."""
    return {name for name in ("expires_at", "renewed") if not getattr(word, name)}
