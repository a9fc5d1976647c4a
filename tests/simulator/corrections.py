"""Somebody looks at what could not be read, corrects it and brings it in again."""

import random
from typing import Any

from signet.domain.quarantine import Quarantined
from tests.simulator.arrivals import Said
from tests.simulator.client import Call, http
from tests.simulator.healing import BUSY, CALM
from tests.simulator.prepared import PEOPLE, TRUST
from tests.simulator.story import Story


def schedule_corrections(story: Story, drawn: random.Random) -> None:
    """Let somebody look while things still go wrong, and once more when they do not."""
    if "intake" not in story.needs:
        return
    for when in (drawn.uniform(BUSY, CALM), CALM + 900.0):
        story.world.loop.at(when, lambda: _correct(story))


def _correct(story: Story) -> None:
    for item in story.quarantined():
        if item.status == "waiting":
            said, correction = _mended(item)
            path = f"/v1/quarantine/{item.id}/replay"
            event = http("POST", path, {"correction": correction})
            about = {"said": (said,), "workspace": item.workspace}
            story.clients.make(story.world.loop.now, Call("correct", about, "admin", event))


def _mended(item: Quarantined) -> tuple[Said, dict[str, Any]]:
    """Give what an item says when it is corrected, and the correction."""
    sample: Any = item.sample
    if item.door == "source":
        said = Said(sample["event_id"], PEOPLE[0], {"city": sample["city"]}, trust=TRUST)
        return said, {"external_id": PEOPLE[0]}
    return Said(sample["messageId"], sample["userId"]), {"event": "Mended"}
