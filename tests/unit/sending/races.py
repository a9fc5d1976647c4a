"""A thousand messages that several containers claim, while somebody changes their mind."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from functions.admin import wiring as admin
from functions.admin.ports import Ports as AdminPorts
from functions.deliver import wiring as deliver
from functions.ingest import wiring as ingest
from functions.ingest.ports import Ports as IngestPorts
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.memory.once import MemoryOnce
from signet.adapters.memory.queue import MemoryQueue, record
from signet.adapters.memory.table import MemoryTable
from signet.adapters.secrets import SecretKeyRing
from signet.domain.address import normal
from signet.domain.profile import Profile
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.ports import Outgoing
from signet.templating.links import LinkSigner
from signet.usecases.bodies import digest, sealed
from tests.unit.sending.desks import NOW, RAW, World

PACK = 50
TICK = timedelta(milliseconds=2)
# More containers than one claim at the same time, each in the middle of another's work.
DEEPEST = 3
KEYS = {"owner": {"workspace": "main", "role": "owner"}}
OWNER = {"authorization": "Bearer owner", "content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
Act = Callable[["Race"], None]


@dataclass(frozen=True)
class Mail:
    """One mail that the provider took, and when."""

    message_id: str
    at: datetime


@dataclass
class Plan:
    """An act, and how many calls after how many claims it happens."""

    claims: int
    calls: int
    act: Act


class Watched:
    """A table behind a wire: before each call, anything may happen elsewhere."""

    def __init__(self, race: "Race") -> None:
        self.table, self._race = MemoryTable(), race

    def __getattr__(self, method: str) -> Any:
        found = getattr(self.table, method)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._race.step()
            answer = found(*given, **named)
            if method == "update" and answer and given[1].sets.get("status") == "claimed":
                self._race.claimed(given[0][0].rpartition("#")[2])
            return answer

        return call


class Race:
    """
    A race of claims against the acts of people and operators, the same for the same seed.

    `claims` says when each claim was written, `taken` which mails left, and `acknowledged` when
    the answer to an act had come, by what the act was about.

    Args:
        seed: Draws how the containers interleave and how long calls take.
        people: How many people the messages are for, in turn.
        about: More fields of every message.
    """

    def __init__(self, seed: str, *, people: int, messages: int = 1000, **about: Any) -> None:
        self.drawn = random.Random(seed)  # noqa: S311 - the same race for the same seed
        self.running = False
        self.claims: dict[str, datetime] = {}
        self.taken: list[Mail] = []
        self.acknowledged: dict[str, datetime] = {}
        self.plans: list[Plan] = []
        self._depth = 0
        events, profiles, campaigns = Watched(self), Watched(self), Watched(self)
        self.world = World(events=events, profiles=profiles, campaigns=campaigns)  # type: ignore[arg-type]
        self.world.mailer.send = self._take  # type: ignore[method-assign]
        self.world.mailer.quota = lambda: 1000.0  # type: ignore[method-assign]
        self.links = LinkSigner(b"k" * 32)
        self.persons = [f"p{number}" for number in range(people)]
        for person in self.persons:
            self._meet(person)
        self.items = [self._planned(number, about) for number in range(messages)]
        self._packs = [self.items[at : at + PACK] for at in range(0, messages, PACK)]
        self._ingest = ingest.handler_of(self._ingest_ports())
        self._admin = admin.handler_of(self._admin_ports())
        self._containers = [self._container() for _ in range(DEEPEST)]

    def person(self, message_id: str) -> str:
        """Tell whom a message is for."""
        return self.persons[int(message_id.removeprefix("m")) % len(self.persons)]

    # --- the race -------------------------------------------------------------------------

    def plan(self, claims: int, calls: int, act: Act) -> None:
        """Let an act happen so many calls after so many claims."""
        self.plans.append(Plan(claims, calls, act))

    def run(self) -> None:
        """Let the containers work until nothing is left."""
        self.running = True
        while self._packs:
            self._work()
        self.running = False

    def step(self) -> None:
        """Let time pass before a call, and sometimes something happen elsewhere."""
        if not self.running:
            return
        slow = self.drawn.random() < 0.002
        time = timedelta(seconds=self.drawn.uniform(4, 9)) if slow else TICK
        self.world.clock.advance(time)
        for plan in [known for known in self.plans if known.claims <= len(self.claims)]:
            plan.calls -= 1
            if plan.calls < 0:
                self.plans.remove(plan)
                self._act(plan.act)
        if self._packs and self._depth < DEEPEST and self.drawn.random() < 0.01:
            self._work()

    def claimed(self, message_id: str) -> None:
        """Note when a claim was written."""
        self.claims[message_id] = self.world.clock.now()

    def _act(self, act: Act) -> None:
        """Do what somebody asks for: its own calls race with nobody."""
        self.running = False
        act(self)
        # What follows is later than the answer, also on this clock.
        self.world.clock.advance(TICK)
        self.running = True

    def _work(self) -> None:
        container = self._containers[self._depth]
        self._depth += 1
        container(self._packs.pop(0))
        self._depth -= 1

    def _take(self, outgoing: Outgoing) -> str:
        """Take a mail at once or after connecting for a while; others go on before the answer."""
        if self.drawn.random() < 0.02:
            self.world.clock.advance(timedelta(seconds=self.drawn.uniform(0, 2)))
        self.taken.append(Mail(outgoing.message_id, self.world.clock.now()))
        self.step()
        return f"provider-{len(self.taken)}"

    # --- acts, each through its real door -------------------------------------------------

    def ask(self, method: str, path: str, body: Any, *, about: str) -> None:
        """Send a request and note when its answer came, which must be a yes."""
        form = isinstance(body, str)
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": FORM if form else OWNER,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "body": body if form else json.dumps(body),
            "isBase64Encoded": False,
        }
        own = path.startswith(("/v1/campaigns", "/v1/sending"))
        answer = (self._admin if own else self._ingest)(event, object())
        assert 200 <= answer["statusCode"] < 300, answer
        self.acknowledged.setdefault(about, self.world.clock.now())

    def address(self, person: str) -> str:
        """Give a person's address."""
        return f"{person}@example.org"

    # --- the world ------------------------------------------------------------------------

    def _meet(self, person: str) -> None:
        store = DynamoProfiles(self.world.profiles, self.world.desk.sealer)
        known = Profile(workspace="main", id=person, created_at=NOW, updated_at=NOW)
        store.save(known, expected_version=0)

    def _planned(self, number: int, about: dict[str, Any]) -> DeliverMessage:
        name, sealer = f"m{number}", self.world.desk.sealer
        person = self.person(name)
        handle = sealer.handle("main", "email", normal(self.address(person)))
        work = self.world.planned(name, profile_id=person, recipient=handle, **about)
        body = sealed(self.address(person), RAW, workspace="main", message_id=name, sealer=sealer)
        encoded = base64.b64encode(body).decode()
        return work.model_copy(
            update={"recipient": handle, "body": encoded, "body_hash": digest(RAW)}
        )

    def _container(self) -> Callable[[list[DeliverMessage]], None]:
        clock = self.world.clock
        queue, letters = MemoryQueue(clock), MemoryQueue(clock)
        desk = replace(self.world.desk, queue=queue)
        handler = deliver.handler_of(deliver.Ports(desk, letters))

        def give(items: list[DeliverMessage]) -> None:
            queue.send([DeliverMessages(messages=tuple(items))])
            while queue.entries:
                clock.advance(TICK)
                for entry in queue.receive():
                    handler({"Records": [record(entry, "deliver")]}, object())
                    queue.delete(entry.id)
            assert not letters.entries

        return give

    def _ingest_ports(self) -> IngestPorts:
        world, rest = self.world, MemoryQueue(self.world.clock)
        nobody: Any = None
        return IngestPorts(
            clock=world.clock,
            random=world.desk.random,
            keys=SecretKeyRing(KEYS),
            sealer=world.desk.sealer,
            certificates=nobody,
            work=rest,
            engagement=rest,
            catalog=world.catalog,
            ledger=world.ledger,
            profiles=DynamoProfiles(world.profiles, world.desk.sealer),
            permissions=world.permissions,
            quarantine=nobody,
            links=self.links,
            once=MemoryOnce(),
            public_url="",
        )

    def _admin_ports(self) -> AdminPorts:
        world, unused = self.world, dict.fromkeys(AdminPorts.__dataclass_fields__)
        used: dict[str, Any] = {
            "clock": world.clock,
            "random": world.desk.random,
            "keys": SecretKeyRing(KEYS),
            "sealer": world.desk.sealer,
            "catalog": world.catalog,
            "walks": MemoryQueue(world.clock),
            "gates": world.gates,
            "switch": world.switch,
            "once": MemoryOnce(),
        }
        return AdminPorts(**{**unused, **used})
