"""Bounces and complaints are counted by address and suppress as the workspace's policy says."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.message import Message
from signet.domain.policy import Policy, PolicyDraft, Reaction
from signet.domain.provider_event import ProviderEvent
from signet.usecases.striking import FEWEST_KEPT, strike

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HANDLE = "h1"


class CountedTable(MemoryTable):
    """A table that counts its writes."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def update(self, key: Any, change: Any) -> bool:
        """Count a write."""
        self.writes += 1
        return super().update(key, change)


@dataclass
class Yard:
    """An address against which bounces and complaints count."""

    reactions: tuple[Reaction, ...] | None = None
    table: CountedTable = field(default_factory=CountedTable)

    def __post_init__(self) -> None:
        """Put the ports together."""
        sealer = RootSealer(b"r" * 64, SeededRandom("yard"))
        self.permissions = DynamoPermissions(self.table, sealer)

    def policy(self, workspace: str) -> Policy | None:
        """Give what was decided."""
        if self.reactions is None:
            return None
        return Policy(workspace=workspace, draft=PolicyDraft(reactions=self.reactions))

    def hears(
        self, what: str, message_id: str, *, days: float = 0, topic: str | None = None
    ) -> None:
        """Let a report come, so many days later."""
        status: Any = "complained" if what == "complaint" else "bounced"
        event = ProviderEvent(
            workspace="main",
            message_id=message_id,
            epoch=0,
            status=status,
            failure="permanent" if what == "permanent" else "transient",
            at=NOW + timedelta(days=days),
        )
        message = Message(workspace="main", id=message_id, template="t", topic=topic,
                          recipient="tagged", mailbox=HANDLE, planned_at=NOW)  # fmt: skip
        strike(event, message, suppressions=self.permissions, policies=self)

    @property
    def made(self) -> list[tuple[str, str, str | None]]:
        """Give what stands against the address."""
        found = self.permissions.standing("main", HANDLE)
        return [(one.reason, one.scope, one.topic) for one in found]

    @property
    def counted(self) -> dict[str, int]:
        """Give how often what counts against the address."""
        (row,) = self.table.rows.values()
        return {name: len(value) for name, value in row.items() if name.startswith("n:")}


@pytest.mark.parametrize(("what", "reason"), [("permanent", "bounce"), ("complaint", "complaint")])
def test_what_is_for_ever_suppresses_at_once_by_default(what: str, reason: str) -> None:
    """One write, and none more for a repeat of the report."""
    yard = Yard()
    for _ in range(2):
        yard.hears(what, "m1", topic="news")

    assert [(reason, "address", None)] == yard.made
    assert 1 == yard.table.writes


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7], ids=str)
def test_the_fifth_bounce_for_a_while_in_thirty_days_suppresses(order: tuple[int, ...]) -> None:
    """In whichever order they are told, each message counting once."""
    yard = Yard()
    *first, last = order
    for number in first:
        yard.hears("transient", f"m{number}", days=number * 7)
        yard.hears("transient", f"m{number}", days=number * 7)
    before = yard.made
    yard.hears("transient", f"m{last}", days=last * 7)

    assert [] == before
    assert [("transient_bounce", "address", None)] == yard.made
    assert 5 == yard.table.writes


def test_bounces_far_from_each_other_do_not_suppress() -> None:
    """Five in three months are a mailbox that is full now and then."""
    yard = Yard()
    for number in range(12):
        yard.hears("transient", f"m{number}", days=number * 20)

    assert [] == yard.made
    assert {"n:bounce.transient": FEWEST_KEPT} == yard.counted


@pytest.mark.parametrize(
    ("reactions", "topic", "made"),
    [
        ((Reaction(on="complaint", scope=None),), "news", []),
        ((Reaction(on="complaint", scope="topic"),), "news", [("complaint", "topic", "news")]),
        ((Reaction(on="complaint", scope="topic"),), None, [("complaint", "address", None)]),
        ((Reaction(on="complaint", scope="global"),), "news", [("complaint", "global", None)]),
        ((Reaction(on="complaint", scope="channel", after=2),), "news", []),
        ((Reaction(on="bounce.permanent"),), "news", []),
        ((), "news", []),
    ],
)
def test_a_reaction_says_how_far(
    reactions: tuple[Reaction, ...], topic: str | None, made: list[Any]
) -> None:
    """Without a scope it is counted only; a service message has no topic to spare."""
    yard = Yard(reactions)
    yard.hears("complaint", "m1", topic=topic)

    assert made == yard.made


def test_reactions_follow_one_another() -> None:
    """The first complaint is about a topic, the third about everything."""
    yard = Yard((Reaction(on="complaint", scope="topic"),
                 Reaction(on="complaint", scope="global", after=3)))  # fmt: skip
    steps = []
    for number, topic in enumerate(("news", "offers", "news")):
        yard.hears("complaint", f"m{number}", topic=topic)
        steps.append([(scope, named) for _, scope, named in yard.made])

    news, offers = ("topic", "news"), ("topic", "offers")
    assert [[news], [news, offers], [("global", None), news, offers]] == steps


def test_what_was_lifted_counts_no_more() -> None:
    """Whoever is let in again begins anew; a strike of another kind still counts."""
    yard = Yard((Reaction(on="bounce.transient", after=2), Reaction(on="complaint", after=2)))
    yard.hears("complaint", "m0")
    for number in (1, 2):
        yard.hears("transient", f"m{number}")
    before = yard.made
    yard.permissions.release("main", HANDLE)
    yard.hears("transient", "m3")

    assert [("transient_bounce", "address", None)] == before
    assert [] == yard.made
    assert {"n:bounce.transient": 1, "n:complaint": 1} == yard.counted


def test_two_who_count_at_once_lose_no_strike() -> None:
    """The write is made over what was read, else the count is read again."""
    yard = Yard((Reaction(on="complaint", after=2),))
    real = yard.table.get

    def get(place: Any) -> Any:
        found = real(place)
        yard.table.get = real  # type: ignore[method-assign]
        yard.hears("complaint", "m2")
        return found

    yard.table.get = get  # type: ignore[method-assign]
    yard.hears("complaint", "m1")

    assert [("complaint", "address", None)] == yard.made
    assert {"n:complaint": 2} == yard.counted
