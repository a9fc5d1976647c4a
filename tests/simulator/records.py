"""The stream's records, and versions with a bug."""

from dataclasses import dataclass
from typing import Any

from signet.adapters.dynamodb.item import pack_item
from signet.ports.store import Item

Change = tuple[Any, Any]


@dataclass(frozen=True)
class Bug:
    """A version of one stage that fails at one call, from its deployment until it is mended."""

    stage: str
    where: str
    begins: float
    ends: float

    def bites(self, process: str, where: str, now: float) -> bool:
        """Tell whether a call meets the bug."""
        return (
            where == self.where
            and process.startswith(f"{self.stage}-")
            and self.begins <= now < self.ends
        )


def counted(change: Change) -> bool:
    """Tell whether the mapping's filter lets a change pass."""
    row = change[1] or change[0]
    return row["sk"] in {"message", "event"}


class Stream:
    """Writes changes as the stream has them; a row's image is the same before and after it."""

    def __init__(self) -> None:
        # By identity: the changes of a table keep all of its images, and none is ever changed.
        self._images: dict[int, Item] = {}

    def record(self, sequence: int, change: Change, now: float) -> dict[str, Any]:
        """Write one change."""
        before, after = change
        row = after or before
        data: dict[str, Any] = {
            "SequenceNumber": str(sequence),
            "ApproximateCreationDateTime": now,
            "Keys": pack_item({"pk": row["pk"], "sk": row["sk"]}),
        }
        if before is not None:
            data["OldImage"] = self._image(before)
        if after is not None:
            data["NewImage"] = self._image(after)
        return {"eventName": "MODIFY", "dynamodb": data}

    def _image(self, row: Item) -> Item:
        image = self._images.get(id(row))
        if image is None:
            image = self._images[id(row)] = pack_item(row)
        return image
