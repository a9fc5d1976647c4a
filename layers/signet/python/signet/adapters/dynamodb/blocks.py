"""Blocks on DynamoDB: one row each under a keyed hash, with an attribute for each member."""

from collections.abc import Iterable, Mapping

from signet.adapters.dynamodb import keys
from signet.linkage.blocking import LARGEST_BLOCK
from signet.ports.store import Change, Store, Update

_MEMBER = "m:"
_ROWS_AT_ONCE = 100


class Blocks:
    """Who is in a block with whom; neither keys nor rows hold what anybody is known by."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def enrol(self, workspace: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
        """
        Put people into blocks, and give who is in each.

        What is missing is written first and read afterwards, so that of two at the same moment
        the later reader sees both.
        """
        known = self._members(workspace, wanted)
        missing = {
            handle: sorted(set(ids) - known[handle])
            for handle, ids in wanted.items()
            if len(known[handle]) <= LARGEST_BLOCK
        }
        missing = {handle: ids for handle, ids in missing.items() if ids}
        if missing:
            self._write(workspace, missing)
            known |= self._members(workspace, missing)
        return {h: ids if len(ids) <= LARGEST_BLOCK else set() for h, ids in known.items()}

    def _members(self, workspace: str, handles: Iterable[str]) -> dict[str, set[str]]:
        places = {(keys.block(workspace, handle), "block"): handle for handle in handles}
        found = self._table.get_many(places)
        return {
            handle: {n.removeprefix(_MEMBER) for n in found.get(p, {}) if n.startswith(_MEMBER)}
            for p, handle in places.items()
        }

    def _write(self, workspace: str, missing: Mapping[str, list[str]]) -> None:
        changes = [
            Change(
                (keys.block(workspace, handle), "block"),
                Update(sets={f"{_MEMBER}{profile_id}": True for profile_id in ids}),
            )
            for handle, ids in sorted(missing.items())
        ]
        for start in range(0, len(changes), _ROWS_AT_ONCE):
            self._table.transact(changes[start : start + _ROWS_AT_ONCE])
