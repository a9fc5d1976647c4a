"""How it ends: a backup is put back, faults stop, and an operator looks after what is left."""

import json
import random
from collections.abc import Sequence
from typing import Any

from signet.adapters.dynamodb.gates import RESTORED
from tests.simulator.client import Call, http, move
from tests.simulator.story import Story
from tests.simulator.world import body_of

# Faults happen until then, in seconds; then everything heals.
CALM = 900.0
LATE_CALM = 9000.0
BUSY = 600.0
MOST_REDRIVES = 12


def schedule_calm(story: Story) -> None:
    """From some moment on nothing goes wrong, and an operator drives dead letters again."""
    world = story.world

    def calm() -> None:
        world.plan.calm = True
        world.loop.note("calm")

    def look() -> None:
        letters = [row for row in world.events.rows.values() if "buried_at" in row]
        mendable = [row for row in letters if not row["reason"].startswith("Poison")]
        story.redrives += 1
        if story.redrives == 1:
            _lift_all(story)
        if story.restored_at is not None:
            _see_it_open(story)
        for place in sorted({(row["workspace"], row["queue"]) for row in mendable}):
            _drive_again(story, place, mendable)
        if story.redrives < MOST_REDRIVES and (mendable or world.loop.now < LATE_CALM):
            world.loop.at(world.loop.now + 1800, look)

    quiet = LATE_CALM if "late faults" in story.needs else CALM
    world.loop.at(quiet, calm)
    world.loop.at(CALM + 900, look)


def _drive_again(story: Story, place: tuple[str, str], letters: Sequence[dict[str, Any]]) -> None:
    """Ask for a workspace's dead letters of one queue to be sent back there."""
    workspace, queue = place
    ids = [row["sk"] for row in letters if (row["workspace"], row["queue"]) == place]
    key = "owner" if workspace == "main" else "other-owner"
    event = http("POST", "/v1/dead-letters/redrive", {"queue": queue, "ids": ids}, key=key)
    story.clients.make(story.world.loop.now, Call("redrive", {}, "admin", event))


def _lift_all(story: Story) -> None:
    """In the end nothing is paused or stopped by accident: a late repeat may have done that."""
    world = story.world
    key = next(k for k in world.catalog.rows if k[1] == story.ids["main.news"])
    if json.loads(world.catalog.rows[key]["body"])["status"] == "paused":
        story.clients.make(world.loop.now, move("resume", story.ids["main.news"], idem="last"))
    if any("stopped" in row for row in world.events.rows.values()):
        event = http("POST", "/v1/sending/resume", idem="last")
        story.clients.make(world.loop.now, Call("restart", {}, "admin", event))


def schedule_restore(story: Story, drawn: random.Random) -> None:
    """Take a backup, and put the ledger back to it some minutes later."""
    world = story.world
    taken = drawn.uniform(0, BUSY)
    world.upkeep.restorable = True
    kept: list[tuple[int, dict[Any, Any]]] = []

    def back_up() -> None:
        kept.append((world.epoch.value, dict(world.events.rows)))

    def restore() -> None:
        """Restore: no backup is younger than five minutes, and in that time the ledger beats."""
        beat, rows = kept[0]
        if world.epoch.value == beat:
            world.upkeep.at_rest()
            world.loop.at(world.loop.now + 60, restore)
            return
        story.restored_at = world.loop.now
        world.restore(rows)
        _replay(story)

    world.loop.at(taken, back_up)
    world.loop.at(taken + drawn.uniform(120, 600), restore)


def _replay(story: Story) -> None:
    """Wait until the old stream is read, then ask for the replay."""
    world = story.world
    if world.position < len(world.events.changes):
        world.wake_stream()
        world.loop.at(world.loop.now + 30, lambda: _replay(story))
        return
    event = http("POST", "/v1/sending/replay", {"since": world.loop.moment(-7200).isoformat()})
    story.clients.make(world.loop.now, Call("replay", {}, "admin", event))


def _see_it_open(story: Story) -> None:
    """Look at the gate, as the manual says, and ask for the replay again where it is still shut."""

    def seen(looked: Call) -> None:
        if body_of(looked.answer)["reason"] == RESTORED:
            _replay(story)

    event = http("GET", "/v1/sending")
    story.clients.make(story.world.loop.now, Call("look", {}, "admin", event), seen)
