"""What arrives about people in a schedule: late, again, in any order, by doors of every rank."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from signet.domain.events import ORDINARY_TRUST, TRACKED, Event, Identifiers
from signet.domain.work import ApplyEvents
from tests.simulator.client import Call, http
from tests.simulator.healing import BUSY
from tests.simulator.loop import START
from tests.simulator.prepared import PEOPLE, SOURCE, TRUST, address

# Somebody whom no campaign knows before, and who may be named by an address alone.
NEWCOMER = "gus"
FEWEST, MOST = 2, 5
# What comes within so many seconds is worked on side by side.
AT_ONCE = 0.05
CITIES = ("Rome", "Oslo", "Bern", "Rome", None)
COMPANIES = ("Acme", "Hooli")
# When it was so, in seconds from the start of the story: few moments, so that some are equal.
MOMENTS = (-72_000, -3_600, -3_600, -60, 0, 60)
# What buses bring has been read by somebody whom we trust less or more.
TRUSTS = (20, 50, 50, 80)


@dataclass(frozen=True)
class Said:
    """
    What a client said about somebody in one event.

    Args:
        id: The event's id, which the client gave it.
        who: Whom it is about, as our stories call them.
        traits: What is so.
        at: Since when; None where only the moment of receipt is known.
        trust: The rank of who says it.
        source: Who says it; empty where only the door knows.
        by_address: They are named by their address alone.
    """

    id: str
    who: str
    traits: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    trust: int = ORDINARY_TRUST
    source: str = ""
    by_address: bool = False


@dataclass(frozen=True)
class Manner:
    """
    How things arrive in a story.

    Args:
        crowd: About whom.
        moments: Around when.
        spread: Within how many seconds of such a moment, unless at once.
        by_address: How often somebody is named by their address alone.
        timeless: How often nobody says when it was so.
        again: How often a call comes again, as its client knows nothing of the first.
        within: At the most so many seconds later.
    """

    crowd: tuple[str, ...]
    moments: tuple[float, ...]
    spread: float = 2.0
    by_address: float = 0.3
    timeless: float = 0.3
    again: float = 0.4
    within: float = 2_400.0


def arrivals(seed: str, *, rush: bool) -> Iterator[tuple[float, Call]]:
    """Let several doors say different things about the same few people, and say some again."""
    drawn = random.Random(f"arrivals:{seed}")
    manner = _rushing(drawn) if rush else _spread(drawn)
    for number in range(drawn.randint(FEWEST, MOST)):
        late = drawn.choice((drawn.uniform(0, AT_ONCE), drawn.uniform(0, manner.spread)))
        when = drawn.choice(manner.moments) + late
        said = _said(number, when, manner=manner, drawn=drawn)
        write = drawn.choice((_identified, _identified, _batched, _from_source, _from_bus))
        call = write(said, drawn)
        yield when, call
        if drawn.random() < manner.again:
            soon = drawn.uniform(0, 5), drawn.uniform(0, manner.within)
            yield when + drawn.choice(soon), replace(call)
    if drawn.random() < 0.5:
        yield drawn.uniform(0, BUSY), _unreadable(drawn)


def _spread(drawn: random.Random) -> Manner:
    people = drawn.sample(PEOPLE, drawn.choice((1, 2)))
    return Manner((*people, NEWCOMER), tuple(drawn.uniform(0, BUSY) for _ in range(3)))


def _rushing(drawn: random.Random) -> Manner:
    """Everything is about one person and comes at once, most of it twice."""
    return Manner(
        (NEWCOMER,),
        (drawn.uniform(0, BUSY),),
        spread=20.0,
        by_address=0.5,
        timeless=0.5,
        again=0.7,
        within=30.0,
    )


def _said(number: int, when: float, *, manner: Manner, drawn: random.Random) -> Said:
    """Draw what is said: since long ago, since just now, or without a word about the time."""
    traits: dict[str, Any] = {"city": drawn.choice(CITIES)}
    if drawn.random() < 0.5:
        traits["company"] = drawn.choice(COMPANIES)
    moment = drawn.choice((*MOMENTS, when, when + drawn.uniform(0, 30)))
    at = None if drawn.random() < manner.timeless else START + timedelta(seconds=moment)
    who = drawn.choice(manner.crowd)
    return Said(f"a{number}", who, traits, at, by_address=drawn.random() < manner.by_address)


def _call(what: str, said: Sequence[Said], event: dict[str, Any], *, function: str) -> Call:
    return Call(what, {"said": tuple(said), "workspace": "main"}, function, event)


def _named(said: Said) -> dict[str, Any]:
    """Write an identify call; a tracking client names people by their id, address or no address."""
    body: dict[str, Any] = {
        "type": "identify",
        "userId": said.who,
        "messageId": said.id,
        "traits": said.traits,
    }
    if said.at is not None:
        body["timestamp"] = said.at.isoformat()
    return body


def _identified(said: Said, drawn: random.Random) -> Call:
    """Let a tracking client tell who somebody is; it may know the newcomer's address."""
    if said.who == NEWCOMER and drawn.random() < 0.5:
        said = replace(said, traits={**said.traits, "email": address(said.who)})
    event = http("POST", "/v1/identify", _named(said), key="demo")
    return _call("identify", [said], event, function="ingest")


def _batched(said: Said, drawn: random.Random) -> Call:
    """Send two calls at once, the later one first, sometimes with one that nobody can read."""
    earlier = replace(said, id=f"{said.id}b", at=START - timedelta(hours=drawn.randint(1, 900)))
    batch = [_named(said), _named(earlier)]
    if drawn.random() < 0.4:
        batch.insert(1, _bad(said))
    event = http("POST", "/v1/batch", {"batch": batch}, key="demo")
    call = _call("batch", [said, earlier], event, function="ingest")
    call.about["bad"] = [f"{said.id}x"] if len(batch) > 2 else []
    return call


def _bad(said: Said) -> dict[str, Any]:
    """Write a call that says not what happened."""
    return {"type": "track", "userId": said.who, "messageId": f"{said.id}x"}


def _from_source(said: Said, drawn: random.Random) -> Call:
    """Let a registered source call, in its own words; some of its calls are orders, too."""
    told = {name: value for name, value in said.traits.items() if value is not None}
    said = replace(said, traits=told, trust=TRUST, source=f"source:{SOURCE}")
    body: dict[str, Any] = {"event_id": said.id, "order": 7, **told}
    if said.by_address:
        body["email"] = address(said.who)
    else:
        body["external_id"] = said.who
    if said.at is not None:
        body["time"] = said.at.isoformat()
    ordered = drawn.random() < 0.3
    if ordered:
        body["event"] = "Order"
    event = http("POST", f"/v1/sources/{SOURCE}", body, key="demo")
    call = _call("source", [said], event, function="ingest")
    call.about["orders"] = [said.id] if ordered else []
    return call


def _from_bus(said: Said, drawn: random.Random) -> Call:
    """Let a bus bring what another system wrote, of a rank of its own."""
    said = replace(said, at=said.at or START, trust=drawn.choice(TRUSTS), source="bus")
    named = {"email": address(said.who)} if said.by_address else {"external_id": said.who}
    event = Event(
        workspace="main",
        id=said.id,
        source=said.source,
        type=TRACKED,
        name="updated",
        occurred_at=said.at or START,
        received_at=START,
        claimed_at=said.at or START,
        trust=said.trust,
        identifiers=Identifiers(**named),
        traits=said.traits,
    )
    return _call("bus", [said], {"work": ApplyEvents(events=(event,))}, function="bus")


def _unreadable(drawn: random.Random) -> Call:
    """Send what nobody can read: a call about nobody, or one that says not what happened."""
    if drawn.random() < 0.5:
        what, path, body = "source", f"/v1/sources/{SOURCE}", {"event_id": "u0", "city": "Rome"}
    else:
        what, path, body = "track", "/v1/track", {"userId": PEOPLE[0], "messageId": "u0"}
    event = http("POST", path, body, key="demo")
    return Call(what, {"bad": ["u0"], "workspace": "main"}, "ingest", event)
