"""What recipients do with the links of their messages: unsubscribe, pause, and go on."""

import random
from collections.abc import Sequence
from typing import Any

from signet.templating.links import LinkSigner
from tests.simulator.client import Call, http
from tests.simulator.healing import BUSY
from tests.simulator.prepared import TOPIC
from tests.simulator.story import Story
from tests.simulator.wiring import LINK_KEY

# As long as there is no message, whoever wants to click looks again.
LOOKS_AGAIN = 40.0
# What is done with a link, and how the checker calls it; by the page or by one click.
DEEDS = {"click": "unsubscribe", "none": "unsubscribe", "pause": "rest", "resume": "go on"}
Deeds = Sequence[tuple[float, str]]


def schedule_clicks(story: Story, drawn: random.Random) -> None:
    """Let some whose message is planned, or who have it, use its links."""
    often = "clicks" in story.needs
    for _ in range(6 if often else drawn.choice((0, 0, 1))):
        soon = drawn.choice(story.ordered) + drawn.uniform(0, 2)
        when = soon if often else drawn.uniform(0, BUSY)
        way = drawn.choice(("click", "click", "none"))
        _later(story, when, lot=drawn.random(), deeds=[(0.0, "click" if often else way)])
    if drawn.random() < 0.3:
        deeds, when = [(0.0, "pause")], 0.0
        for deed in drawn.choice(((), ("resume",), ("resume", "pause"))):
            when += drawn.uniform(5, 300)
            deeds.append((when, deed))
        _later(story, drawn.uniform(0, BUSY), lot=drawn.random(), deeds=deeds)


def _later(story: Story, when: float, *, lot: float, deeds: Deeds) -> None:
    story.world.loop.at(when, lambda: _use(story, lot, deeds))


def _use(story: Story, lot: float, deeds: Deeds) -> None:
    """Choose a message by lot, and do one thing after the other with its links."""
    loop = story.world.loop
    rows = [r for r in story.world.events.rows.values() if r["sk"] == "message"]
    known = {r["id"]: r for r in rows if r["workspace"] == "main" and "profile_id" in r}
    if known:
        chosen = known[sorted(known)[int(lot * len(known))]]
        for after, deed in deeds:
            story.clients.make(loop.now + after, _done(story, chosen, deed))
    elif loop.now < BUSY:
        _later(story, loop.now + LOOKS_AGAIN, lot=lot, deeds=deeds)


def _done(story: Story, row: dict[str, Any], deed: str) -> Call:
    links, place = LinkSigner(LINK_KEY), {"workspace": "main", "message_id": row["id"]}
    if deed == "click":
        path, form = f"/u/{links.token('unsubscribe', **place)}", "List-Unsubscribe=One-Click"
    else:
        path, form = f"/p/{links.token('preferences', **place)}", f"do={deed}"
    names = {ident: person for person, ident in story.ids.items()}
    about = {
        "profile": row["profile_id"],
        "person": names.get(row["profile_id"], row["profile_id"]),
        # By the page they unsubscribe from all there is, by one click from what they clicked in.
        "topic": row.get("topic") if deed == "click" else TOPIC,
    }
    return Call(DEEDS[deed], about, "ingest", http("POST", path, form))
