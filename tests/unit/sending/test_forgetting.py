"""Decision records end when the policy says so, and nothing else of a message does."""

from datetime import datetime, timedelta

import pytest

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.progress import DynamoProgress
from signet.adapters.memory.world import MemoryObjects
from signet.domain.message import Message, Rule, Transition
from signet.domain.report import Change
from signet.domain.work import ForgetDecisions, read
from signet.ports.store import Update
from signet.usecases.forgetting import ENOUGH, FILES, Forgetter, begin
from signet.usecases.forgetting import forget as forgotten
from signet.usecases.lake import lines_of
from signet.usecases.report import _lines
from tests.unit.sending.desks import NOW, World

WORK = ForgetDecisions(workspace="main")
ASKED = (Rule(rule="consent", verdict="pass", reason="granted at 2026-01-01T00:00:00+00:00"),)
LONG_AGO = NOW - timedelta(days=100)


@pytest.fixture
def world() -> World:
    """Keep records for ninety days."""
    world = World()
    world.policy(keep_decisions="P90D")
    return world


@pytest.fixture
def lake() -> MemoryObjects:
    """Give an empty lake."""
    return MemoryObjects()


def forgetter(world: World, lake: MemoryObjects) -> Forgetter:
    """Give the ports of forgetting."""
    progress = DynamoProgress(world.events)
    return Forgetter(world.catalog, world.ledger, lake, progress, world.queue, world.clock)


def forget(work: ForgetDecisions, by: Forgetter, left: timedelta = ENOUGH) -> int:
    """Forget with time left."""
    return forgotten(work, by, time_left=lambda: left)


def ended(world: World, lake: MemoryObjects, name: str, *, at: datetime = LONG_AGO) -> Message:
    """Let a message be delivered at a moment, and be told of in the lake."""
    log = (Transition(status="planned", at=at), Transition(status="delivered", at=at))
    message = Message(
        workspace="main", id=name, status="delivered", template="t", profile_id="p1",
        planned_at=at, transitions=log, decisions=ASKED,
    )  # fmt: skip
    world.ledger.plan(message)
    told(lake, message, at)
    return message


def told(lake: MemoryObjects, message: Message, at: datetime) -> None:
    """Write a lake file as report does, of one change."""
    change = Change(
        sequence="1", at=at, workspace=message.workspace, day="", reference=message.id,
        after=message,
    )  # fmt: skip
    lake.put(f"transitions/dt={at:%Y-%m-%d}/s-{message.id}.ndjson.gz", _lines([change]))


def test_record_ends_and_the_row_stays(world: World, lake: MemoryObjects) -> None:
    """All that is gone from an old message is what it was decided by; a young one keeps it."""
    old, young = ended(world, lake, "m1"), ended(world, lake, "m2", at=NOW - timedelta(days=89))

    assert 1 == forget(WORK, forgetter(world, lake))
    assert old.model_copy(update={"decisions": ()}) == world.message("m1")
    assert young == world.message("m2")


def test_nothing_ends_where_the_policy_sets_no_end(world: World, lake: MemoryObjects) -> None:
    """A record is kept as long as its message, unless somebody decided otherwise."""
    old = ended(world, lake, "m1")
    world.policy()

    assert 0 == begin({"main", "other"}, forgetter(world, lake))
    assert 0 == forget(WORK, forgetter(world, lake))
    assert old == world.message("m1")


def test_only_workspaces_with_an_end_are_gone_through(world: World, lake: MemoryObjects) -> None:
    """The daily duty asks for those whose policy says so."""
    assert 1 == begin({"main", "other"}, forgetter(world, lake))
    assert [WORK] == [read(body) for body in world.queue.bodies]


def test_message_that_moved_since_keeps_its_record(world: World, lake: MemoryObjects) -> None:
    """A complaint of yesterday is explained tomorrow: the end counts from the last move."""
    ended(world, lake, "m1")
    yesterday = NOW - timedelta(days=1)
    log = (*world.message("m1").transitions, Transition(status="complained", at=yesterday))
    moved = world.message("m1").model_copy(update={"status": "complained", "transitions": log})
    world.ledger.witness(moved)

    assert 0 == forget(WORK, forgetter(world, lake))
    assert world.message("m1").decisions
    told(lake, moved, yesterday)
    world.clock.advance(timedelta(days=100))
    assert 1 == forget(WORK, forgetter(world, lake))


def test_message_that_waits_keeps_its_record(world: World, lake: MemoryObjects) -> None:
    """What has not ended is asked about still, however old it is."""
    world.planned("m1", planned_at=LONG_AGO, decisions=ASKED)
    told(lake, world.message("m1"), LONG_AGO)

    assert 0 == forget(WORK, forgetter(world, lake))
    assert ASKED == world.message("m1").decisions


def test_message_of_another_workspace_is_let_be(world: World, lake: MemoryObjects) -> None:
    """One workspace's policy ends no record of another's."""
    theirs = ended(world, lake, "m1").model_copy(update={"workspace": "other"})
    world.ledger.plan(theirs)
    told(lake, theirs, LONG_AGO)

    assert 0 == forget(WORK, forgetter(world, lake))
    assert theirs == world.ledger.get("other", "m1")


def test_long_lake_is_gone_through_in_portions(world: World, lake: MemoryObjects) -> None:
    """Each portion goes on behind the last, and what was gone through is not read again."""
    names = [f"m{number:03d}" for number in range(2 * FILES + 1)]
    for name in names:
        ended(world, lake, name)
    done = [forget(WORK, forgetter(world, lake)) for _ in range(4)]

    assert [FILES, FILES, 1, 0] == done
    assert [WORK] * 3 == [read(body) for body in world.queue.bodies]
    assert not any(world.message(name).decisions for name in names)


def test_nothing_is_begun_without_the_time_for_it(world: World, lake: MemoryObjects) -> None:
    """What there is no time for is asked for again."""
    ended(world, lake, "m1")

    assert 0 == forget(WORK, forgetter(world, lake), ENOUGH - timedelta(seconds=1))
    assert [WORK] == [read(body) for body in world.queue.bodies]
    assert world.message("m1").decisions


def test_of_two_who_go_through_the_lake_one_goes_on(world: World, lake: MemoryObjects) -> None:
    """Yesterday's walk may not have ended when today's begins."""
    ended(world, lake, "m1")
    ended(world, lake, "m2")
    slow, progress = forgetter(world, lake), DynamoProgress(world.events)
    assert 2 == forget(WORK, forgetter(world, lake))
    reached = progress.reached("main")
    progress.reached = lambda _: ""  # type: ignore[method-assign]
    late = Forgetter(slow.policies, slow.ledger, slow.lake, progress, world.queue, world.clock)

    assert 0 == forget(WORK, late)
    assert reached == DynamoProgress(world.events).reached("main")
    assert 1 == len(world.queue.bodies)


def test_row_that_nobody_can_read_stops_nothing(world: World, lake: MemoryObjects) -> None:
    """It may be another version's, and keeps what it has."""
    ended(world, lake, "m1")
    two = [world.message("m1"), ended(world, lake, "m2")]
    changes = [
        Change(sequence=str(n), at=LONG_AGO, workspace="main", day="", reference=m.id, after=m)
        for n, m in enumerate(two)
    ]
    lake.bodies = {f"transitions/dt={LONG_AGO:%Y-%m-%d}/s.ndjson.gz": _lines(changes)}
    place = (keys.message("main", "m1"), "message")
    world.events.update(place, Update(sets={"log": ["?123"]}))

    assert 1 == forget(WORK, forgetter(world, lake))
    assert not world.message("m2").decisions


def test_file_over_midnight_is_old_when_its_last_change_is(
    world: World, lake: MemoryObjects
) -> None:
    """A file has the day of its first change, and others may be a day later."""
    noon = NOW.replace(hour=12)
    world.clock.moment = noon
    late = ended(world, lake, "m1", at=noon - timedelta(days=89, hours=23))
    lake.bodies.clear()
    told(lake, late, noon - timedelta(days=90, hours=12, minutes=1))

    assert 0 == forget(WORK, forgetter(world, lake))
    world.clock.advance(timedelta(days=2))
    assert 1 == forget(WORK, forgetter(world, lake))


@pytest.mark.parametrize("reason", ["left\u0085moved", "wrong\u2028prices", "a\u2029b\nc"])
def test_reason_with_odd_line_ends_is_one_line(
    world: World, lake: MemoryObjects, reason: str
) -> None:
    """What people and providers write is read back as it was."""
    message = ended(world, lake, "m1").model_copy(update={"reason": reason})
    told(lake, message, LONG_AGO)
    (name,) = lake.bodies

    assert reason == lines_of(name, lake)[0]["reason"]
    assert 1 == forget(WORK, forgetter(world, lake))


def test_row_that_moves_meanwhile_keeps_its_record(world: World, lake: MemoryObjects) -> None:
    """The write is for the row as it was read."""
    read_before = ended(world, lake, "m1")
    log = (*read_before.transitions, Transition(status="complained", at=NOW))
    world.ledger.witness(
        read_before.model_copy(update={"status": "complained", "transitions": log})
    )

    assert not world.ledger.forget(read_before)
    assert world.message("m1").decisions
