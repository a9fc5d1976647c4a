"""A ledger from a backup learns from the lake what the lost time had begun, and then goes on."""

import gzip
from datetime import timedelta

import pytest

from signet.adapters.dynamodb import keys
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryObjects
from signet.domain.message import Message
from signet.domain.work import ReplayLake, read
from signet.ports.store import Item, Key
from signet.usecases.restore import FILES, Archive, replay
from signet.usecases.upkeep import beat
from tests.unit.sending.desks import NOW, World

SINCE = ReplayLake(since=NOW - timedelta(hours=1))


@pytest.fixture
def world() -> World:
    """Stand ready, two beats behind the epoch."""
    world = World()
    beat(gates=world.gates, epoch=world.epoch)
    world.epoch.value += 2
    return world


class Counting(MemoryTable):
    """A table that counts the reads of single rows."""

    gets = 0

    def get(self, key: Key) -> Item | None:
        """Read one row."""
        self.gets += 1
        return super().get(key)


def archive(world: World, lake: MemoryObjects) -> Archive:
    """Give the ports of a replay."""
    return Archive(world.ledger, lake, world.gates, world.epoch, onwards=world.queue)


def lake_of(*files: list[Message]) -> MemoryObjects:
    """Write a lake file for each list of messages, as report does."""
    lake = MemoryObjects()
    for number, messages in enumerate(files):
        lines = [m.model_dump_json(exclude={"decisions"}) for m in messages]
        text = "".join(f'{{"sequence": "{number}", {line[1:]}\n' for line in lines)
        lake.put(
            f"transitions/dt=2026-11-24/s-{number:04d}.ndjson.gz", gzip.compress(text.encode())
        )
    return lake


def sent(world: World, name: str) -> Message:
    """Plan and deliver a message, give it as it is then, and take it from the ledger."""
    epoch, world.epoch.value = world.epoch.value, 0
    world.deliver(world.planned(name))
    world.epoch.value = epoch
    message = world.message(name)
    world.events.delete((keys.message("main", name), "message"))
    return message.model_copy(update={"decisions": ()})


def test_nothing_leaves_before_the_replay_and_nothing_again_after_it(world: World) -> None:
    """What the lost minutes handed over is known when the gates open; what waited leaves."""
    gone = sent(world, "m1")
    world.mailer.sent.clear()
    again, late = world.planned("m1"), world.planned("m2")
    world.deliver(late)
    held = world.status("m2")
    done = replay(SINCE, archive=archive(world, lake_of([gone])))
    world.clock.advance(timedelta(hours=2))
    world.deliver(again, late)

    assert ("held", 1) == (held, done)
    assert gone == world.message("m1")
    assert ["m2"] == [mail.message_id for mail in world.mailer.sent]


def test_message_comes_back_when_its_row_was_lost(world: World) -> None:
    """A row that the backup does not have is as the lake says, and counts once."""
    gone = sent(world, "m1")
    lake = lake_of([gone], [gone])

    assert [1, 0] == [replay(SINCE, archive=archive(world, lake)) for _ in range(2)]
    assert gone == world.message("m1")


def test_gates_stay_shut_until_the_last_file_was_read(world: World) -> None:
    """A long lake is read in portions, and each goes on behind the last."""
    gone = sent(world, "m1")
    lake = lake_of(*([gone] for _ in range(2 * FILES + 1)))
    states, work = [], SINCE
    for _ in range(3):
        replay(work, archive=archive(world, lake))
        states.append(bool(world.gates.look("main", ()).shut))
        onwards = [read(body) for body in world.queue.bodies]
        work = next((w for w in onwards[-1:] if isinstance(w, ReplayLake)), SINCE)

    assert [True, True, False] == states
    assert 2 == len(world.queue.bodies)


def test_rows_that_know_already_are_read_together() -> None:
    """A replay of what is known costs one read for each file, not one for each line."""
    events = Counting()
    world = World(events=events)
    known = [world.planned(f"m{number}") for number in range(50)]
    messages = [world.message(work.message_id) for work in known]
    events.gets = 0

    assert 0 == replay(SINCE, archive=archive(world, lake_of(messages)))
    assert events.gets < 5
