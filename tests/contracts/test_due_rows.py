"""What waits is found when its moment comes, and what is through costs nothing more."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.due_rows import AGAIN, REACHED, DynamoDueRows
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.domain.message import Message
from signet.ports import Claim, Step
from signet.ports.store import Query, Store, Update
from tests.contracts.conftest import Emulator, Memory

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DUE = NOW + timedelta(minutes=15)
LATER = DUE + timedelta(minutes=15)


class Waiting:
    """A ledger, and the rounds that look at what is due in it."""

    def __init__(self, table: Store) -> None:
        self.table = table
        self.ledger = DynamoLedger(table)
        self.rows = DynamoDueRows(table)

    def plan(self, name: str = "m1", *, due_at: datetime = DUE) -> Message:
        """Plan a message."""
        message = Message(
            workspace="main", id=name, template="t", planned_at=NOW, profile_id="p", due_at=due_at
        )
        self.ledger.plan(message)
        return message

    def sent(self, message: Message) -> None:
        """Hand a message over."""
        assert self.ledger.claim(message, claim())
        step = Step(to="sent", at=NOW, from_statuses=("claimed",))
        assert self.ledger.move("main", message.id, step)

    def seen(self, moment: datetime) -> list[str]:
        """Only look."""
        return [message.id for portion in self.rows.due(moment) for message in portion]

    def looked(self, moment: datetime, *, later: datetime) -> list[str]:
        """Look, and put off whatever waits."""
        return [
            message.id
            for portion in self.rows.due(moment)
            for message in portion
            if self.ledger.postpone(message, later)
        ]

    def entries(self) -> list[str]:
        """Tell in which partitions of the index there is anything."""
        kinds = [f"{kind}#{bucket}" for kind in ("first", "due") for bucket in range(8)]
        return [kind for kind in kinds if self.table.query(Query(kind, 1, index="due")).items]


@pytest.fixture
def waiting(emulator: Memory | Emulator) -> Waiting:
    """Start without messages."""
    return Waiting(emulator.table("events"))


def claim() -> Claim:
    """Claim a message with a name of our own."""
    return Claim(
        token="a",
        claimed_at=NOW,
        lease_until=NOW + timedelta(minutes=1),
        recipient="r",
        body_hash="h",
        template_version=1,
        rendered_at=NOW,
    )


def test_a_message_is_found_when_its_moment_comes_and_not_before(waiting: Waiting) -> None:
    """Whoever only looks, finds it again; a claim changes nothing in that."""
    message = waiting.plan()

    assert [] == waiting.seen(NOW)
    assert ["m1"] == waiting.seen(DUE)
    assert waiting.ledger.claim(message, claim())
    assert ["m1"] == waiting.seen(DUE)


def test_what_is_through_before_its_first_look_is_passed_by(waiting: Waiting) -> None:
    """It stays in the index, no round sees it, and no round reads it twice."""
    waiting.sent(waiting.plan())

    assert [] == waiting.seen(DUE)
    reached = waiting.table.get(REACHED) or {}
    assert ["m1"] == [at["pk"].split("#")[-1] for name, at in reached.items() if "first" in name]
    assert 1 == len(waiting.entries())


def test_what_waits_on_is_found_at_each_of_its_moments(waiting: Waiting) -> None:
    """The first look moves it among the later ones, and those move it on."""
    waiting.plan()

    assert ["m1"] == waiting.looked(DUE, later=LATER)
    assert [] == waiting.seen(DUE)
    assert ["m1"] == waiting.looked(LATER, later=LATER + timedelta(minutes=15))
    assert [] == waiting.seen(LATER)


def test_what_nobody_moved_is_not_passed_by(waiting: Waiting) -> None:
    """A round that was cut off, or lost a race, leaves it to the next one; others go on."""
    for second in range(3):
        waiting.plan(f"m{second}", due_at=DUE + timedelta(seconds=8 * second))

    for portion in waiting.rows.due(LATER):
        waiting.ledger.postpone(portion[0], LATER + timedelta(hours=1))

    assert ["m1", "m2"] == waiting.looked(LATER, later=LATER + timedelta(hours=1))
    assert [] == waiting.seen(LATER)


def test_a_round_whose_clock_is_behind_leaves_alone_what_was_passed(waiting: Waiting) -> None:
    """Two containers' clocks differ by minutes; the later looks are taken all the same."""
    waiting.sent(waiting.plan("m1"))
    waiting.plan("m2", due_at=NOW)
    waiting.looked(DUE, later=NOW + timedelta(minutes=1))

    assert ["m2"] == waiting.seen(NOW + timedelta(minutes=2))


@pytest.mark.parametrize("minutes", [16, 60, 110])
def test_what_is_written_behind_the_reader_is_found_by_the_second_one(
    waiting: Waiting, minutes: int
) -> None:
    """A planner that stood still, or whose clock is behind, comes when the first has passed."""
    now = DUE + timedelta(minutes=minutes)
    waiting.sent(waiting.plan("m1", due_at=now))
    assert [] == waiting.seen(now)
    waiting.plan("m2")

    late = [waiting.seen(DUE + wait) for wait in (AGAIN - timedelta(minutes=1), AGAIN)]

    assert [[], ["m2"]] == late


def test_a_row_that_nobody_can_read_stands_in_nobodys_way(waiting: Waiting) -> None:
    """It is of a newer version, and looked at again when that may have been put in place."""
    waiting.plan("m1")
    waiting.plan("m2")
    place = keys.message("main", "m1"), "message"
    waiting.table.update(place, Update(sets={"channel": "fax"}))

    assert ["m2"] == waiting.looked(DUE, later=LATER)
    assert ["m2"] == waiting.looked(LATER, later=LATER + timedelta(days=2))
    waiting.table.update(place, Update(sets={"channel": "email"}))
    assert ["m1"] == waiting.seen(DUE + timedelta(days=1))


def test_a_row_without_a_status_stands_in_nobodys_way(waiting: Waiting) -> None:
    """A hand at the console may write anything."""
    for name in ("m1", "m2", "m3"):
        waiting.plan(name)
    for name, change in (("m1", Update(removes=("status",))), ("m2", Update(sets={"status": []}))):
        waiting.table.update((keys.message("main", name), "message"), change)

    assert ["m3"] == waiting.looked(DUE, later=LATER)
    assert ["m3"] == waiting.looked(LATER, later=LATER + timedelta(days=2))
    assert [] == waiting.seen(DUE + timedelta(days=1))


def test_every_partition_has_its_turn_to_be_first(waiting: Waiting) -> None:
    """A round that has no time for all of them leaves something else out than the one before."""
    first, later = waiting.plan("m1"), waiting.plan("m2", due_at=DUE + timedelta(seconds=1))
    waiting.ledger.postpone(later, first.due_at or DUE)
    moments = [DUE + timedelta(minutes=n) for n in range(24)]
    found = [next(iter(waiting.rows.due(moment)))[0].id for moment in moments]

    assert {"m1", "m2"} == set(found)


def test_what_ended_between_two_later_looks_leaves_the_index(waiting: Waiting) -> None:
    """Few messages wait that long, and those pay for it."""
    message = waiting.plan()
    waiting.looked(DUE, later=LATER)
    waiting.sent(message)
    assert 1 == len(waiting.entries())

    assert [] == waiting.seen(LATER)
    assert [] == waiting.entries()


def test_an_ended_message_has_no_moment(waiting: Waiting) -> None:
    """Nobody is told that something is due which is over."""
    waiting.sent(waiting.plan())

    found = waiting.ledger.get("main", "m1")
    assert found is not None
    assert found.due_at is None


def test_every_message_that_is_due_is_found(waiting: Waiting) -> None:
    """More messages than one portion holds come, each once, whatever bucket they fell into."""
    names = [f"m{number:03d}" for number in range(130)]
    for number, name in enumerate(names):
        waiting.plan(name, due_at=NOW + timedelta(seconds=number // 60))

    def rounds() -> Iterator[Sequence[str]]:
        yield waiting.looked(DUE, later=LATER)
        yield waiting.looked(LATER, later=LATER + timedelta(hours=1))

    assert [names, names] == [sorted(found) for found in rounds()]
