"""One schedule's world, what is done in it, and what an outsider can read of it."""

import json
import zlib
from dataclasses import dataclass, field

from tests.simulator.client import Clients
from tests.simulator.wiring import Shelf
from tests.simulator.world import World


@dataclass
class Story:
    """One schedule's world and what is done in it."""

    world: World
    clients: Clients
    ids: dict[str, str]
    orders: int
    needs: frozenset[str] = frozenset()
    restored_at: float | None = None
    redrives: int = 0
    ordered: list[float] = field(default_factory=list)

    def closed(self) -> dict[tuple[str, str], str]:
        """Give the key of every closed event by its workspace and the id its client gave it."""
        shelf = Shelf(self.world, "reader")
        found = {}
        for row in self.world.events.rows.values():
            if row["sk"] == "event":
                plain = shelf.sealer.open(row["workspace"], row["profile_id"], row["sealed"])
                event = json.loads(zlib.decompress(plain))
                found[row["workspace"], event["id"]] = row["pk"].rpartition("#")[2]
        return found

    def buried(self) -> list[str]:
        """Give the bodies of all dead letters."""
        shelf = Shelf(self.world, "reader")
        rows = [row for row in self.world.events.rows.values() if "buried_at" in row]
        return [
            shelf.sealer.open(row["workspace"], row["sk"], row["sealed"]).decode() for row in rows
        ]
