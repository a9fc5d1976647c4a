"""How far the lake was gone through for a workspace, on DynamoDB."""

from signet.adapters.dynamodb import keys
from signet.ports.store import Absent, Equal, Store, Update

SORT = "forgotten"


class DynamoProgress:
    """One row for each workspace: the last file that was gone through."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def reached(self, workspace: str) -> str:
        """Give the last file's name; empty before the first."""
        return str((self._table.get(_place(workspace)) or {}).get("reached", ""))

    def reach(self, workspace: str, name: str, *, before: str) -> bool:
        """Note that a file was gone through; False when another has gone on from `before`."""
        unmoved = Equal("reached", before) if before else Absent("reached")
        change = Update(sets={"reached": name}, condition=unmoved)
        return self._table.update(_place(workspace), change)


def _place(workspace: str) -> tuple[str, str]:
    return keys.listing(workspace, SORT), SORT
