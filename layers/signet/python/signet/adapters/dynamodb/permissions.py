"""Permission on DynamoDB: one item per person for consents, one per suppressed address."""

from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, position
from signet.adapters.dynamodb.table import Table, Update
from signet.domain.permission import Consent, Permission, Suppression
from signet.errors import Transient
from signet.ports import Page, Sealer

_PREFIX = "c:"


class DynamoPermissions:
    """The permission store; evidence may be personal, so it is sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def look(self, workspace: str, profile_id: str, recipient: str) -> Permission:
        """Read a person's consents and an address's suppressions, consistently, in one call."""
        person = (keys.profile(workspace, profile_id), "permission")
        address = (keys.suppression(workspace, recipient), "suppression")
        found = self._table.get_many([person, address])
        consents = self._consents(workspace, profile_id, found.get(person, {}))
        suppressed = found.get(address)
        return Permission(
            consents=consents, suppressions=(_suppression(suppressed),) if suppressed else ()
        )

    def record_consent(self, workspace: str, profile_id: str, consent: Consent) -> Consent:
        """Write a consent unless a newer one is there; give the one that is in force."""
        name = f"{_PREFIX}{consent.channel}:{consent.topic}"
        written = consent.model_dump(mode="json", exclude={"evidence"})
        written["at"] = keys.stamp(consent.at)
        if consent.evidence:
            written["evidence"] = self._sealer.seal(
                workspace, profile_id, consent.evidence.encode("utf-8", "surrogatepass")
            )
        # The attribute's name holds colons, so `#c` stands for it in the expressions.
        change = Update(
            sets={"c": written},
            condition="attribute_not_exists(#c) OR #c.#at <= :at",
            names={"#c": name, "#at": "at"},
            values={"at": written["at"]},
        )
        place = (keys.profile(workspace, profile_id), "permission")
        if self._table.update(place, change):
            return consent
        standing = self._consents(workspace, profile_id, self._table.get(place) or {})
        for newer in standing:
            if (newer.channel, newer.topic) == (consent.channel, consent.topic):
                return newer
        raise Transient("a consent disappeared while it was read")

    def suppress(self, workspace: str, suppression: Suppression) -> None:
        """Suppress an address; doing it twice keeps the first."""
        self._table.put_new(
            {
                "pk": keys.suppression(workspace, suppression.handle),
                "sk": "suppression",
                **suppression.model_dump(mode="json"),
            }
        )

    def release(self, workspace: str, handle: str, channel: str) -> bool:
        """Lift a suppression; False when there was none."""
        del channel  # one address, one channel, one row
        return self._table.delete((keys.suppression(workspace, handle), "suppression"))

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the suppressions of a workspace by reading on through the table."""
        return self._page(workspace, limit, after(position))

    def _page(self, workspace: str, limit: int, start: dict[str, Any] | None) -> Page:
        prefix = keys.suppression(workspace, "")
        page = self._table.scan(prefix, "suppression", limit=limit, after=start)
        return Page(tuple(_suppression(item) for item in page.items), position(page.last))

    def _consents(
        self, workspace: str, profile_id: str, item: dict[str, Any]
    ) -> tuple[Consent, ...]:
        written = [dict(value) for name, value in item.items() if name.startswith(_PREFIX)]
        for consent in written:
            sealed = consent.get("evidence")
            plain = self._sealer.open(workspace, profile_id, sealed) if sealed else b""
            consent["evidence"] = plain.decode("utf-8", "surrogatepass")
            consent["at"] = datetime.fromisoformat(consent["at"] + "+00:00")
        return tuple(Consent(**consent) for consent in written)


def _suppression(item: dict[str, Any]) -> Suppression:
    return Suppression(**{n: v for n, v in item.items() if n not in {"pk", "sk"}})
