"""One schedule's world, what is done in it, and what an outsider can read of it."""

from dataclasses import dataclass, field
from functools import cached_property

from signet.domain.lineage import Lineage
from signet.domain.profile import Profile
from signet.domain.quarantine import Quarantined
from signet.ports import TimelineEntry
from tests.simulator.client import Clients
from tests.simulator.shelf import Shelf
from tests.simulator.world import World

# A workspace, and an id in it.
Place = tuple[str, str]


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

    @cached_property
    def reader(self) -> Shelf:
        """Give the ports of somebody who only reads."""
        return Shelf(self.world, "reader")

    def entries(self) -> list[TimelineEntry]:
        """Give every event that has a row, with the person whose timeline it is on."""
        events = self.reader.events
        keys: dict[str, list[str]] = {}
        for row in self.world.events.rows.values():
            if row["sk"] == "event":
                keys.setdefault(row["workspace"], []).append(row["pk"].rpartition("#")[2])
        found = (events.get_many(workspace, some) for workspace, some in keys.items())
        return [entry for some in found for entry in some.values()]

    def people(self) -> tuple[dict[Place, Profile], dict[Place, Lineage]]:
        """Give every person, and where what is known about them comes from."""
        profiles = self.reader.profiles
        named: dict[str, list[str]] = {}
        for row in self.world.profiles.rows.values():
            if row["sk"] == "profile":
                workspace = row["pk"].partition("#")[0]
                named.setdefault(workspace, []).append(row["id"])
        people: dict[Place, Profile] = {}
        lineages: dict[Place, Lineage] = {}
        for workspace, ids in named.items():
            for one, person in profiles.get_many(workspace, ids).items():
                people[workspace, one] = person
            for one, lineage in profiles.lineages(workspace, ids).items():
                lineages[workspace, one] = lineage
        return people, lineages

    def quarantined(self) -> list[Quarantined]:
        """Give every item of the quarantine."""
        quarantine = self.reader.quarantine
        places = [key for key in self.world.events.rows if key[0].endswith("#quarantine#0")]
        found = (quarantine.get(pk.partition("#")[0], sk) for pk, sk in places)
        return [item for item in found if item is not None]

    def buried(self) -> list[str]:
        """Give the bodies of all dead letters."""
        rows = [row for row in self.world.events.rows.values() if "buried_at" in row]
        opens = self.reader.sealer.open
        return [opens(row["workspace"], row["sk"], row["sealed"]).decode() for row in rows]
