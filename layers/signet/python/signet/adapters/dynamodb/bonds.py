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
# In both rows: merges that were undone, with the moments between which they were in force.
PAST = "past"


class Bonds:
    """
    The permission rows of some people, and of everybody they became one with.

    Args:
        table: Where the rows are.
        workspace: Whose they are.
        at: The moment whose merges count; None for those that stand.
    """

    def __init__(self, table: Store, workspace: str, *, at: datetime | None = None) -> None:
        self.workspace = workspace
        self.rows: dict[str, dict[str, Any]] = {}
        self._table = table
        self._at = None if at is None else keys.stamp(at)

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
        # Moments of several clocks may overlap; a chain of them must end all the same.
        seen = {profile_id}
        while (into := self._into(profile_id)) and into not in seen:
            seen.add(into)
            profile_id = into
        return profile_id

    def children(self, profile_id: str) -> list[tuple[str, datetime]]:
        """Give the profiles that were merged into this one itself, and when, first things first."""
        row = self.rows.get(profile_id, {})
        spans = [(name, row[name], "") for name in row if name.startswith(CHILD)]
        spans += self._past(row, "child")
        found = [
            (name.removeprefix(CHILD), _moment(since))
            for name, since, until in spans
            if self._held(since, until)
        ]
        return sorted(found, key=lambda child: (child[1], child[0]))

    def _into(self, profile_id: str) -> str | None:
        row = self.rows.get(profile_id, {})
        standing = row.get(MERGED_INTO)
        if self._at is None:
            return standing
        spans = self._past(row, "into")
        if standing is not None:
            since = self.rows.get(standing, {}).get(f"{CHILD}{profile_id}", "")
            spans.append((standing, since, ""))
        return next((into for into, since, until in spans if self._held(since, until)), None)

    def _past(self, row: dict[str, Any], side: str) -> list[tuple[str, str, str]]:
        if self._at is None:
            return []
        spans = [span for span in row.get(PAST, []) if side in span]
        return [(span[side], span["since"], span["until"]) for span in spans]

    def _held(self, since: str, until: str) -> bool:
        if self._at is None:
            return True
        return since <= self._at and (not until or self._at < until)

    def members(self, profile_id: str) -> Iterator[str]:
        """Give everybody who was merged into this one, or into one of those."""
        for child, _ in self.children(profile_id):
            yield child
            yield from self.members(child)

    def _named(self) -> Iterator[str]:
        for profile_id, row in self.rows.items():
            if MERGED_INTO in row:
                yield row[MERGED_INTO]
            yield from (into for into, _, _ in self._past(row, "into"))
            yield from (child for child, _ in self.children(profile_id))


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp + "+00:00")
