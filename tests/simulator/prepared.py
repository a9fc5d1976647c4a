"""The world as it is before anything happens: people, consents, templates, campaigns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from tests.simulator.client import Call, Clients, http
from tests.simulator.faults import Plan
from tests.simulator.loop import START
from tests.simulator.world import World, body_of

PEOPLE = ("ann", "ben", "cyd", "dan")
TOPIC = "news"
DRAFTS: dict[str, dict[str, Any]] = {
    "news": {"on": {"event": "Order"}, "template": "news", "topic": TOPIC},
    "care": {"on": {"event": "Sign Up"}, "template": "care", "class": "assured"},
    "flash": {
        "on": {"event": "Flash"},
        "template": "news",
        "topic": TOPIC,
        "not_after": (START + timedelta(seconds=500)).isoformat(),
    },
}
# One mail of the news, whatever is ordered: a day is longer than any schedule.
CAP = {"most": 1, "within": "P1D"}
TEMPLATES = {
    "news": "Hello {{ profile.name }}, thank you for order {{ event.properties.order }}.",
    "care": "Welcome {{ profile.name }}, your code is {{ event.properties.code }}.",
    "code": "Your code is {{ data.code }}.",
}
# Where people are, in stories in which the clock on their wall counts: of one only the country is
# known, which has two clocks, and of the last nothing.
ZONES = {
    "ann": ("America/New_York",),
    "ben": ("Asia/Tokyo",),
    "cyd": ("Europe/Lisbon", "Atlantic/Azores"),
}
COUNTRIES = {"ann": "US", "ben": "JP", "cyd": "PT"}
# There these also have another address, and one is written to under a tag.
OTHERS = {name: f"{name}.second@main.example" for name in ZONES}
TAGGED = {"dan": "dan+shop@main.example"}
# A registered source, which is believed more than others.
SOURCE, TRUST = "crm", 80


@dataclass(frozen=True)
class Prepared:
    """A world before anything happens: rows and objects, and the ids in them."""

    profiles: dict[Any, Any]
    events: dict[Any, Any]
    catalog: dict[Any, Any]
    content: dict[str, bytes]
    ids: dict[str, str]
    beat: int
    folded: int


def address(person: str, workspace: str = "main") -> str:
    """Give a person's address, which names their workspace."""
    return f"{person}@{workspace}.example"


def mailed(person: str) -> str:
    """Give the address that a person is written to at where hours and refusals count."""
    return TAGGED.get(person) or address(person)


@cache
def prepared(
    message_class: str = "", *, capped: bool = False, intake: bool = False, ruled: bool = False
) -> Prepared:
    """Make templates, campaigns, people and consents, through the real doors and without faults."""
    world = World("prepared", Plan(calm=True))
    clients, ids = Clients(world), dict[str, str]()
    for workspace in ("main", "other"):
        _publish(clients, workspace, ids, more=_more(message_class, capped=capped))
    world.loop.run()
    for key, campaign_id in list(ids.items()):
        owner = "owner" if key.startswith("main") else "other-owner"
        path = f"/v1/campaigns/{campaign_id}/launch"
        clients.make(world.loop.now, Call("launch", {}, "admin", http("POST", path, key=owner)))
    for call in _introductions(ruled=ruled):
        clients.make(world.loop.now, call)
    clients.make(world.loop.now, identify("zoe", "other"))
    world.loop.run()
    _consents(clients, ids)
    if intake:
        put = http("PUT", f"/v1/sources/{SOURCE}", {"kind": "crm", "trust": TRUST})
        clients.make(world.loop.now, Call("source", {}, "admin", put))
    world.loop.run()
    assert all(call.heard is not None for call in clients.calls)
    assert world.position == len(world.events.changes)
    return Prepared(
        profiles=world.profiles.rows,
        events=world.events.rows,
        catalog=world.catalog.rows,
        content=world.content.bodies,
        ids=ids,
        beat=world.epoch.value,
        folded=len(world.events.changes),
    )


def _more(message_class: str, *, capped: bool) -> dict[str, dict[str, Any]]:
    """Give what campaigns have beyond their drafts, by name."""
    forced = {"class": message_class} if message_class else {}
    return {
        name: {**forced, **({"caps": [CAP]} if capped and name == "news" else {})}
        for name in DRAFTS
    }


def _introductions(*, ruled: bool) -> Iterator[Call]:
    """Tell who everybody is; where rules count, also where, and which addresses they have."""
    for person in PEOPLE:
        yield identify(person, more=_whereabouts(person) if ruled else {})
    for person, other in OTHERS.items() if ruled else ():
        earlier = (START - timedelta(days=1)).isoformat()
        call = {"userId": person, "messageId": f"j-{person}", "timestamp": earlier}
        event = http("POST", "/v1/identify", {**call, "traits": {"email": other}}, key="demo")
        yield Call("identify", {}, "ingest", event)


def _whereabouts(person: str) -> dict[str, str]:
    """Tell where somebody is, and under which spelling they want their mail."""
    zones, where = ZONES.get(person, ()), {"email": mailed(person)}
    where |= {"country": COUNTRIES[person]} if zones else {}
    return {**where, "timezone": zones[0]} if len(zones) == 1 else where


def _publish(
    clients: Clients, workspace: str, ids: dict[str, str], *, more: dict[str, dict[str, Any]]
) -> None:
    """Write templates and campaigns one after the other, as an editor would."""
    owner = "owner" if workspace == "main" else "other-owner"
    jobs: list[Call] = []
    for name, text in TEMPLATES.items():
        draft = {"name": name, "subject": f"{name} for you", "text": text, "activate": True}
        jobs.append(Call("template", {}, "admin", http("POST", "/v1/templates", draft, key=owner)))
    for name, draft in DRAFTS.items():
        body = {"name": name, **draft, **more[name]}
        event = http("POST", "/v1/campaigns", body, key=owner)
        jobs.append(Call("campaign", {"name": f"{workspace}.{name}"}, "admin", event))

    def following(done: Call | None) -> None:
        if done is not None and done.what == "campaign":
            ids[done.about["name"]] = body_of(done.answer)["id"]
        if jobs:
            clients.make(clients.world.loop.now, jobs.pop(0), following)

    following(None)


def _consents(clients: Clients, ids: dict[str, str]) -> None:
    world = clients.world
    shelf = world.idle["preprocess"][0].shelf
    for workspace, people in (("main", PEOPLE), ("other", ("zoe",))):
        for person in people:
            handle = shelf.sealer.handle(workspace, "external_id", person)
            ids[person] = world.profiles.rows[f"{workspace}#a#{handle}", "alias"]["profile_id"]
            owner = "owner" if workspace == "main" else "other-owner"
            clients.make(world.loop.now, consent(person, ids[person], "granted", key=owner))


def identify(
    person: str, workspace: str = "main", *, more: Mapping[str, str] = MappingProxyType({})
) -> Call:
    """Tell who somebody is."""
    traits = {"email": address(person, workspace), "name": person.title(), **more}
    body = {"userId": person, "messageId": f"i-{person}", "traits": traits}
    key = "demo" if workspace == "main" else "other-demo"
    return Call("identify", {}, "ingest", http("POST", "/v1/identify", body, key=key))


def consent(
    person: str,
    profile_id: str,
    status: str,
    *,
    key: str = "owner",
    idem: str | None = None,
    expires: float | None = None,
) -> Call:
    """Record what somebody allows, for ever or until some moment of the story."""
    path = f"/v1/profiles/{profile_id}/consents"
    body, about = {"topic": TOPIC, "status": status}, {"profile": profile_id, "person": person}
    if expires is not None:
        body["expires_at"] = (START + timedelta(seconds=expires)).isoformat()
    event = http("POST", path, body, key=key, idem=idem)
    return Call(f"consent.{status}", {**about, "expires": expires}, "ingest", event)
