"""What comes between a message and its claim: hours, refusals of every reach, last words."""

import random
from collections.abc import Iterator
from typing import Any

from tests.simulator.clicking import schedule_clicks
from tests.simulator.client import Call, http
from tests.simulator.clocks import DAYS, REFUSE, moment, wall
from tests.simulator.healing import BUSY
from tests.simulator.prepared import (
    OTHERS,
    PEOPLE,
    TOPIC,
    ZONES,
    address,
    consent,
    mailed,
)
from tests.simulator.story import Story

CLOCKS = (*(zone for zones in ZONES.values() for zone in zones), "Europe/Rome")
POSTAL = "1 Long Lane, Smalltown"
REACHES = ("address", "topic", "channel", "global")
HALF_AN_HOUR = 1800.0


def schedule_races(story: Story, drawn: random.Random) -> None:
    """Let operators write policies, and people and operators refuse, while messages are claimed."""
    if "ruled" in story.needs:
        for when, call in _races(story, drawn):
            story.clients.make(when, call)
        schedule_clicks(story, drawn)


def _races(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    yield from _policies(story, drawn)
    for number in range(drawn.choice((0, 1, 1, 2))):
        # Half of them come while some order is on its way.
        soon = drawn.choice(story.ordered) + drawn.uniform(0, 3)
        yield drawn.choice((soon, drawn.uniform(0, BUSY))), _refusal(story, drawn, number)
    for person in drawn.sample(PEOPLE, drawn.choice((0, 1, 1))):
        when = drawn.uniform(0, BUSY)
        ends = when + drawn.choice((drawn.uniform(30, 400), drawn.uniform(400, 4_000)))
        ident = story.ids[person]
        yield when, consent(person, ident, "granted", idem=f"e-{person}", expires=ends)
    for number in range(drawn.choice((0, 1))):
        yield drawn.uniform(0, BUSY), _offer(drawn, number)


def _refusal(story: Story, drawn: random.Random, number: int) -> Call:
    """Suppress an address of somebody, as it is written to or in another way."""
    person, reach = drawn.choice(PEOPLE), drawn.choice(REACHES)
    reason, named = reach, mailed(person)
    way = drawn.random()
    if way < 0.3:
        reason, named = "spelling", _spelled_otherwise(person, drawn)
    elif way < 0.6 and person in OTHERS:
        reason, named = f"elsewhere:{reach}", OTHERS[person]
    body = {"address": named, "reason": reason, "scope": reach}
    if reach == "topic":
        body["topic"] = TOPIC
    about = {"address": named, "reach": reach, "profile": story.ids[person]}
    event = http("POST", "/v1/suppressions", body, idem=f"sup-{number}")
    return Call("suppress", about, "ingest", event)


def _spelled_otherwise(person: str, drawn: random.Random) -> str:
    """Give another way to write where somebody's mail goes, or another tag of that mailbox."""
    plain = address(person)
    local, _, domain = plain.partition("@")
    return drawn.choice((plain, plain.upper(), f"{local}+spring@{domain}"))


def _offer(drawn: random.Random, number: int) -> Call:
    """Ask for a message that is marketing, and of no campaign."""
    body = {
        "template": "code",
        "to": {"external_id": drawn.choice(PEOPLE)},
        "data": {"code": number},
        "topic": TOPIC,
    }
    event = http("POST", "/v1/messages", body, idem=f"offer{number}")
    return Call("message", {"key": f"offer{number}"}, "ingest", event)


def _policies(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    """Write policies one after the other, and in most stories one without hours in the end."""
    if "brink" in story.needs:
        # An order takes about so long to its hand-over where nothing fails.
        ends = drawn.choice(story.ordered) + drawn.uniform(0, 2)
        yield max(0.0, ends - 60), _put(_brink(ends))
        return
    if drawn.random() < 0.1:
        return
    # Half of them come while some order is on its way.
    near = (drawn.choice(story.ordered) + drawn.uniform(-1, 4), drawn.uniform(-200, BUSY))
    when = max(0.0, drawn.choice(near))
    if drawn.random() < 0.3:
        yield max(0.0, when - drawn.uniform(-1, 4)), _flash(drawn)
    for _ in range(drawn.choice((1, 1, 2, 3))):
        yield when, _put(_policy(drawn, when))
        when += drawn.uniform(2, 300)
    if drawn.random() < 0.5:
        yield when, _put({"postal_address": POSTAL})


def _flash(drawn: random.Random) -> Call:
    """Tell an event whose mail is worth something for some minutes only."""
    call = {"userId": drawn.choice(PEOPLE), "messageId": "o97", "event": "Flash"}
    event = http("POST", "/v1/track", {**call, "properties": {"order": 97}}, key="demo")
    return Call("flash", {"flash": ["o97"], "workspace": "main"}, "ingest", event)


def _put(draft: dict[str, Any]) -> Call:
    return Call("policy", {"policy": draft}, "admin", http("PUT", "/v1/policy", draft))


def _policy(drawn: random.Random, when: float) -> dict[str, Any]:
    """Draw a policy that is closed for somebody around now, or soon."""
    clock = drawn.choice(CLOCKS)
    begin = float(int(when + drawn.uniform(-2 * HALF_AN_HOUR, HALF_AN_HOUR / 2)))
    length = drawn.choice((drawn.uniform(1_200, 3_000), drawn.uniform(3_600, 20_000)))
    end = float(int(max(begin, when) + length))
    draft: dict[str, Any] = {"unknown_zone": drawn.choice((REFUSE, clock, "Europe/Rome"))}
    if drawn.random() < 0.92:
        draft["postal_address"] = POSTAL
    concerning = drawn.choice(({}, {}, {"channel": "email"}, {"topic": TOPIC}, {"topic": "offers"}))
    if "topic" in concerning:
        draft["topics"] = [concerning]
    weekday = DAYS[moment(begin).weekday()]
    if drawn.random() < 0.65:
        days = {"days": [weekday]} if drawn.random() < 0.2 else {}
        hours = {"start": wall(clock, begin), "end": wall(clock, end)}
        draft["quiet_hours"] = [{**hours, **days, **concerning}]
    else:
        # Somewhere in the week the only hours may be long ago, or far ahead.
        days = {"days": [drawn.choice(DAYS)]} if drawn.random() < 0.2 else {}
        hours = {"start": wall(clock, end), "end": wall(clock, begin)}
        draft["send_windows"] = [{**hours, **days, **concerning}]
    return draft


def _brink(begin: float) -> dict[str, Any]:
    """Write a policy under which it closes at one moment for everybody."""
    hours = [
        {"start": wall(zone, begin), "end": wall(zone, begin + HALF_AN_HOUR)} for zone in CLOCKS
    ]
    draft = {"unknown_zone": CLOCKS[0], "postal_address": POSTAL}
    return {**draft, "quiet_hours": hours}
