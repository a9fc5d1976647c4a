"""Whether the provider's events arrive, on DynamoDB: when canaries left and came back."""

from datetime import datetime

from signet.adapters.dynamodb import keys
from signet.ports.store import Absent, Either, Store, Update, UpTo

SORT = "evidence"
_PLACE = (keys.listing("-", "evidence"), SORT)


class DynamoEvidence:
    """One row: the newest canary that left, and the newest that came back."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def seen(self) -> datetime | None:
        """Give when the newest canary was sent that has come back."""
        return self._moment("seen")

    def asked(self) -> datetime | None:
        """Give when the newest canary was sent."""
        return self._moment("asked")

    def ask(self, at: datetime) -> None:
        """Note that a canary is sent."""
        self._raise("asked", at)

    def note(self, sent_at: datetime) -> None:
        """Note that the canary of this moment came back."""
        self._raise("seen", sent_at)

    def _moment(self, name: str) -> datetime | None:
        found = (self._table.get(_PLACE) or {}).get(name)
        return datetime.fromisoformat(f"{found}+00:00") if found else None

    def _raise(self, name: str, at: datetime) -> None:
        stamp = keys.stamp(at)
        newer = Either((Absent(name), UpTo(name, stamp)))
        self._table.update(_PLACE, Update(sets={name: stamp}, condition=newer))
