"""What happens in a schedule: people, orders, messages, changes of mind, campaigns that stop."""

import random
from collections.abc import Iterator
from typing import Any

from tests.simulator.arrivals import Said, arrivals
from tests.simulator.client import Call, Clients, http, move
from tests.simulator.corrections import schedule_corrections
from tests.simulator.faults import Plan
from tests.simulator.healing import BUSY, CALM, schedule_calm, schedule_restore
from tests.simulator.prepared import PEOPLE, Prepared, address, consent, mailed, prepared
from tests.simulator.races import schedule_races
from tests.simulator.story import Story
from tests.simulator.world import Bug, World

FATES = ("Bounce", "Bounce", "Complaint", "Complaint", "DeliveryDelay")
# Versions with a bug that a later one mends: work fails until then, and is laid aside.
BUGS = (
    ("preprocess", "profiles.get_many"),
    ("render", "events.get_many"),
    ("deliver", "events.get_many"),
)
NEW_PEOPLE = ("eve", "fay")
# How many orders come in, and how many of other things happen: small stories are quick.
ORDERS = (1, 1, 2, 3)
FEW = (0, 0, 1, 1, 2)
# So many where several must meet, and at the most so many where other things do.
MANY, FEWER = 3, 2
# When everybody orders where the hours end just then.
AT_THE_BRINK = (300.0, 302.0)


def begin(seed: str, plan: Plan, *, needs: frozenset[str]) -> Story:
    """
    Make a world for a schedule, and let everything in it be about to happen.

    Args:
        seed: Decides the story and the order of things.
        plan: What goes wrong.
        needs: `restore` (half of such stories put the ledger back to a backup), `bug`, `late
            faults` (they end only after dead letters were driven again), `silence` (the provider
            reports nothing but canaries), `tardy` (it reports the others long after), `minds`
            (people change theirs just after ordering), `once` or `assured` (every message is of
            that class), `capped` (one person orders again and again, and may have one mail of
            the news), `intake` (few orders, but many doors say different things about the same
            few people), `rush` (all of that at once and about one person), `alone` (nothing else
            happens), `ruled` (people are in several time zones, operators write policies, and
            everybody refuses in every way), `brink` (clocks are right, and the hours of all end
            just when somebody ordered), `clicks` (many unsubscribe just after ordering).
    """
    ready = prepared(
        next(iter(needs & {"once", "assured"}), ""),
        capped="capped" in needs,
        intake="intake" in needs,
        ruled="ruled" in needs,
    )
    drawn = random.Random(f"story:{seed}")
    fates = {}
    if drawn.random() < 0.3:
        fates[address(drawn.choice(PEOPLE))] = drawn.choice(FATES)
    world = World(seed, plan, fates=fates, skewed="brink" not in needs)
    _furnish(world, ready)
    story = Story(world, Clients(world), ready.ids, _size(seed, needs), needs)
    for when, call in _calls(story, drawn):
        story.clients.make(when, call)
    if drawn.random() < 0.2:
        start = drawn.uniform(0, BUSY)
        world.provider.storms.append((start, start + drawn.uniform(10, 300)))
    if drawn.random() < 0.08 or "bug" in needs:
        stage, where = drawn.choice(BUGS)
        world.bug = Bug(stage, where, begins=drawn.uniform(0, BUSY), ends=CALM + 4500)
    world.provider.silent = "silence" in needs
    world.provider.tardy = "tardy" in needs
    if needs >= {"tardy", "assured"}:
        # Second rounds meet a provider that is busy, while the first one's events are on their way.
        world.provider.storms.append((BUSY, BUSY + drawn.uniform(300, 2400)))
    schedule_calm(story)
    schedule_corrections(story, random.Random(f"corrections:{seed}"))
    schedule_races(story, random.Random(f"races:{seed}"))
    if "restore" in needs and drawn.random() < 0.5:
        schedule_restore(story, drawn)
    world.upkeep.begin()
    return story


def _size(seed: str, needs: frozenset[str]) -> int:
    if needs & {"capped", "minds", "clicks"}:
        return MANY
    size = random.Random(f"size:{seed}").choice(ORDERS)
    return min(size, FEWER) if "intake" in needs else size


def _furnish(world: World, ready: Prepared) -> None:
    for table, rows in (
        (world.profiles, ready.profiles),
        (world.events, ready.events),
        (world.catalog, ready.catalog),
    ):
        table.restore(rows)
    world.content.bodies = dict(ready.content)
    world.epoch.value = ready.beat
    world.first_sequence = ready.folded + 1


def _calls(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    if "intake" in story.needs:
        yield from arrivals(story.world.seed, rush="rush" in story.needs)
    if "alone" in story.needs:
        return
    yield from _orders(story, drawn)
    yield from _messages(story, drawn)
    for person in drawn.sample(NEW_PEOPLE, drawn.choice(FEW)):
        yield drawn.uniform(0, BUSY), _sign_up(person)
    yield from _changes_of_mind(story, drawn)
    yield from _operators(story, drawn)
    if drawn.random() < 0.5:
        yield drawn.uniform(0, BUSY), _order(99, "zoe", workspace="other")
    if drawn.random() < 0.3:
        when = drawn.uniform(300, 520)
        yield when, _order(98, drawn.choice((*PEOPLE, *NEW_PEOPLE, "ghost")), event="Flash")


def _orders(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    """Send orders, some of them together with others' in one batch."""
    number = 0
    while number < story.orders:
        size = drawn.choice((1, 1, 2, 3))
        some = list(range(number, min(number + size, story.orders)))
        buyers = [drawn.choice(PEOPLE) for _ in some]
        when = drawn.uniform(0, BUSY)
        if "capped" in story.needs:
            buyers, when = [PEOPLE[0]] * len(some), drawn.uniform(100, 103)
        if "brink" in story.needs:
            when = drawn.uniform(*AT_THE_BRINK)
        story.ordered.append(when)
        if len(some) == 1:
            yield when, _order(some[0], buyers[0])
        else:
            batch = [_tracked(n, who) for n, who in zip(some, buyers, strict=True)]
            about = {"orders": [f"o{n}" for n in some], "workspace": "main"}
            event = http("POST", "/v1/batch", {"batch": batch}, key="demo")
            yield when, Call("orders", about, "ingest", event)
        number += len(some)


def _tracked(number: int, person: str, event: str = "Order") -> dict[str, Any]:
    return {
        "type": "track",
        "userId": person,
        "messageId": f"o{number}",
        "event": event,
        "properties": {"order": number},
    }


def _order(number: int, person: str, *, workspace: str = "main", event: str = "Order") -> Call:
    key = "demo" if workspace == "main" else "other-demo"
    call = http("POST", "/v1/track", _tracked(number, person, event), key=key)
    what = "orders" if event == "Order" else "flash"
    return Call(what, {what: [f"o{number}"], "workspace": workspace}, "ingest", call)


def _sign_up(person: str) -> Call:
    """Let somebody new come: who they are and what they did, in one batch."""
    who: dict[str, Any] = {
        "type": "identify",
        "userId": person,
        "messageId": f"i-{person}",
        "traits": {"email": address(person), "name": person.title()},
    }
    did = {
        "type": "track",
        "userId": person,
        "messageId": f"s-{person}",
        "event": "Sign Up",
        "properties": {"code": 7},
    }
    event = http("POST", "/v1/batch", {"batch": [who, did]}, key="demo")
    said = Said(f"i-{person}", person, who["traits"])
    about = {"signups": [f"s-{person}"], "said": (said,), "workspace": "main"}
    return Call("signups", about, "ingest", event)


def _messages(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    forced = tuple(story.needs & {"once", "assured"})
    for number in range(drawn.choice(FEW)):
        person = drawn.choice(PEOPLE)
        body = {
            "template": "code",
            "to": {"email": address(person)} if drawn.random() < 0.5 else {"external_id": person},
            "data": {"code": number},
            "class": drawn.choice(forced or ("once", "assured")),
        }
        event = http("POST", "/v1/messages", body, idem=f"m{number}")
        yield drawn.uniform(0, BUSY), Call("message", {"key": f"m{number}"}, "ingest", event)


def _changes_of_mind(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    if "minds" in story.needs:
        for person in PEOPLE:
            when = drawn.choice(story.ordered) + drawn.uniform(0, 2)
            yield when, consent(person, story.ids[person], "withdrawn", idem=f"w-{person}")
        return
    for person in drawn.sample(PEOPLE, drawn.choice((0, 1, 1, 2))):
        when = drawn.uniform(0, BUSY)
        yield when, consent(person, story.ids[person], "withdrawn", idem=f"w-{person}")
        if drawn.random() < 0.3:
            when += drawn.uniform(30, 300)
            yield when, consent(person, story.ids[person], "granted", idem=f"g-{person}")
            if drawn.random() < 0.5:
                when += drawn.uniform(30, 300)
                yield when, consent(person, story.ids[person], "withdrawn", idem=f"v-{person}")
    if drawn.random() < 0.4:
        person = drawn.choice(PEOPLE)
        named = mailed(person) if "ruled" in story.needs else address(person)
        event = http("POST", "/v1/suppressions", {"address": named}, idem="sup")
        about = {"address": named, "reach": "address", "profile": story.ids[person]}
        yield drawn.uniform(0, BUSY), Call("suppress", about, "ingest", event)


def _operators(story: Story, drawn: random.Random) -> Iterator[tuple[float, Call]]:
    chosen = drawn.random()
    news = story.ids["main.news"]
    if chosen < 0.35:
        when = drawn.uniform(0, BUSY)
        yield when, move("pause", news)
        when += drawn.uniform(5, 400)
        yield when, move("resume", news)
        if drawn.random() < 0.5:
            when += drawn.uniform(5, 200)
            yield when, move("pause", news, idem="pause-again")
            yield when + drawn.uniform(5, 200), move("resume", news, idem="resume-again")
    elif chosen < 0.5:
        yield drawn.uniform(0, BUSY), move("cancel", story.ids["main.care"])
    elif chosen < 0.65:
        when = drawn.uniform(0, BUSY)
        stop = http("POST", "/v1/sending/stop", {"reason": "wrong list"})
        yield when, Call("stop", {}, "admin", stop)
        resume = http("POST", "/v1/sending/resume")
        yield when + drawn.uniform(5, 400), Call("restart", {}, "admin", resume)
