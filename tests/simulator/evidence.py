"""What an outsider sees of a schedule that has come to rest."""

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from signet.adapters.dynamodb.message_row import read
from signet.domain.lineage import Lineage
from signet.domain.message import Message
from signet.domain.profile import Profile
from signet.ports import TimelineEntry
from tests.simulator.provider import Taken
from tests.simulator.story import Place, Story


@dataclass(frozen=True)
class Violation:
    """One broken invariant."""

    invariant: str
    what: str


@dataclass
class Evidence:
    """What an outsider sees of a story."""

    story: Story
    violations: list[Violation] = field(default_factory=list)

    @cached_property
    def messages(self) -> dict[tuple[str, str], Message]:
        """Every message as the ledger has it in the end."""
        rows = self.story.world.events.rows.values()
        found = (read(row) for row in rows if row["sk"] == "message")
        return {(message.workspace, message.id): message for message in found}

    @cached_property
    def inbox(self) -> dict[tuple[str, str], list[Taken]]:
        """What the provider took, by message; canaries left out."""
        found: dict[tuple[str, str], list[Taken]] = {}
        for taken in self.story.world.provider.inbox:
            if taken.outgoing.workspace != "-":
                place = (taken.outgoing.workspace, taken.outgoing.message_id)
                found.setdefault(place, []).append(taken)
        return found

    @cached_property
    def claims(self) -> dict[tuple[str, str, int], list[float]]:
        """
        When each message was claimed in each epoch, by the log of changes.

        A replay writes the rows of claims once more, under the tokens that they had.
        """
        world, tokens = self.story.world, set()
        found: dict[tuple[str, str, int], list[float]] = {}
        for (_, after), when in zip(world.events.changes, world.written, strict=False):
            if after is None or after["sk"] != "message" or after["status"] != "claimed":
                continue
            place = (after["workspace"], after["id"], after["epoch"])
            if (place, after["token"]) not in tokens:
                tokens.add((place, after["token"]))
                found.setdefault(place, []).append(when)
        return found

    @cached_property
    def slept(self) -> bool:
        """Whether some hand-over stood still: nobody can look at the lease within it."""
        mails = [f for f in self.story.world.plan.injected if f.where == "mailer.send"]
        return any(fault.kind in {"freeze", "slow"} for fault in mails)

    @cached_property
    def closed(self) -> dict[tuple[str, str], str]:
        """The key of every closed event, by the id that its client gave it."""
        events = [entry.event for entry in self.entries]
        return {(event.workspace, event.id): event.key for event in events}

    @cached_property
    def entries(self) -> list[TimelineEntry]:
        """Every event that has a row, with the person it is about."""
        return self.story.entries()

    @cached_property
    def people(self) -> dict[Place, Profile]:
        """Every person."""
        return self._people[0]

    @cached_property
    def lineages(self) -> dict[Place, Lineage]:
        """Where what is known about each person comes from."""
        return self._people[1]

    @cached_property
    def _people(self) -> tuple[dict[Place, Profile], dict[Place, Lineage]]:
        return self.story.people()

    @cached_property
    def buried(self) -> list[str]:
        """The bodies of all dead letters."""
        return self.story.buried()

    @cached_property
    def quarantined(self) -> list[str]:
        """What every item of the quarantine holds."""
        return [json.dumps(item.payload()) for item in self.story.quarantined()]

    def claimed_at(self, taken: Taken) -> float | None:
        """Tell when the claim was written under which a mail left: the last one before it."""
        place = (taken.outgoing.workspace, taken.outgoing.message_id, taken.outgoing.epoch)
        times = self.claims.get(place, [])
        at = bisect_right(times, taken.handed)
        return times[at - 1] if at else None

    def laid_aside(self, event_id: str) -> bool:
        """Tell whether an event is in a dead letter."""
        wanted = f'"{event_id}"'
        return any(wanted in body for body in self.buried)

    def put_aside(self, event_id: str) -> bool:
        """Tell whether a call is in quarantine."""
        return any(f'"{event_id}"' in sample for sample in self.quarantined)

    def forgotten(self, when: float) -> bool:
        """Tell whether a restore has taken back what was written by then."""
        return self.story.restored_at is not None and when <= self.story.restored_at

    def say(self, invariant: str, what: str) -> None:
        """Note a violation."""
        self.violations.append(Violation(invariant, what))
