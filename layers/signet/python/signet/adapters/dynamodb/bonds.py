"""Which profiles were merged into which, as the permission rows say: a look must see it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.ports.store import Item, Key, Store

CONSENTS = "permission"
# The survivor's row has the moment of each merge, the other one's the survivor.
CHILD = "m:"
MERGED_INTO = "merged_into"


class Bonds:
    """The permission rows of some people, and of everybody they became one with."""

    def __init__(self, table: Store, workspace: str) -> None:
        self.workspace = workspace
        self.rows: dict[str, dict[str, Any]] = {}
        self._table = table

    def load(self, profile_ids: Iterable[str], *, also: Sequence[Key] = ()) -> dict[Key, Item]:
        """
        Read the rows: one call for people who were never merged, a few more for others.

        Args:
            profile_ids: Whose rows are read.
            also: Other rows to read with the first call.

        Returns:
            The other rows.
        """
        wanted, others = set(profile_ids), list(also)
        rest: dict[Key, Item] = {}
        while wanted or others:
            places = {(keys.profile(self.workspace, pid), CONSENTS): pid for pid in sorted(wanted)}
            found = self._table.get_many([*places, *others])
            rest |= {place: found.pop(place) for place in others if place in found}
            self.rows |= {pid: found.get(place, {}) for place, pid in places.items()}
            wanted, others = set(self._named()) - set(self.rows), []
        return rest

    def survivor(self, profile_id: str) -> str:
        """Give the profile that a profile has become."""
        while MERGED_INTO in self.rows.get(profile_id, {}):
            profile_id = self.rows[profile_id][MERGED_INTO]
        return profile_id

    def children(self, profile_id: str) -> list[tuple[str, datetime]]:
        """Give the profiles that were merged into this one itself, and when, first things first."""
        row = self.rows.get(profile_id, {})
        found = [
            (name.removeprefix(CHILD), datetime.fromisoformat(value + "+00:00"))
            for name, value in row.items()
            if name.startswith(CHILD)
        ]
        return sorted(found, key=lambda child: (child[1], child[0]))

    def members(self, profile_id: str) -> Iterator[str]:
        """Give everybody who was merged into this one, or into one of those."""
        for child, _ in self.children(profile_id):
            yield child
            yield from self.members(child)

    def _named(self) -> Iterator[str]:
        for profile_id, row in self.rows.items():
            if MERGED_INTO in row:
                yield row[MERGED_INTO]
            yield from (child for child, _ in self.children(profile_id))
