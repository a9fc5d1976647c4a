"""How far the lake was gone through for a workspace, on DynamoDB."""

from signet.adapters.dynamodb import keys
from signet.ports.store import Store, Update

SORT = "forgotten"


class DynamoProgress:
    """One row for each workspace: the last file that was gone through."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def reached(self, workspace: str) -> str:
        """Give the last file's name; empty before the first."""
        return str((self._table.get(_place(workspace)) or {}).get("reached", ""))

    def reach(self, workspace: str, name: str) -> None:
        """Note that everything up to this file was gone through."""
        self._table.update(_place(workspace), Update(sets={"reached": name}))


def _place(workspace: str) -> tuple[str, str]:
    return keys.listing(workspace, SORT), SORT
