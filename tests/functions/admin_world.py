"""A world in memory for the admin function: every port, and a way to call it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from functions.admin.ports import Ports
from functions.admin.wiring import handler_of
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.events import DynamoEvents, DynamoRing
from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.dynamodb.gates import DynamoGates, DynamoSwitch
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.once import MemoryOnce
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryEpoch, MemoryObjects
from signet.adapters.provider_events import ses
from signet.adapters.s3 import StoredTexts
from signet.adapters.sealer import RootSealer
from signet.adapters.secrets import SecretKeyRing
from signet.domain.events import Event
from signet.domain.message import Message
from signet.domain.profile import Profile
from signet.ports import CounterChange, DeadLetter
from signet.runtime.cursor import Cursors
from signet.templating.render import Renderer

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
QUEUES = ("preprocess", "render", "deliver", "report", "upkeep")
ROLES = ("owner", "editor", "approver", "operator", "analyst", "support", "privacy", "auditor")
KEYS = {f"local-{role}": {"workspace": "main", "role": role} for role in ROLES}
KEYS["local-other-owner"] = {"workspace": "other", "role": "owner"}
KEYS["demo"] = {"workspace": "main", "role": "owner", "kind": "write"}


@dataclass
class FixedClock:
    """A clock that moves a second with every look."""

    moment: datetime = START

    def now(self) -> datetime:
        """Give the moment and go on."""
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class CountingRandom:
    """Random bytes that are counted, not drawn."""

    drawn: int = 0

    def token(self, size_bytes: int) -> bytes:
        """Give the next bytes."""
        self.drawn += 1
        return self.drawn.to_bytes(size_bytes, "big")


@dataclass(frozen=True)
class Heard:
    """An answer of the function."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


class World:
    """The admin function on ports in memory."""

    def __init__(self) -> None:
        self.clock, self.random = FixedClock(), CountingRandom()
        self.sealer = RootSealer(b"root", self.random)
        profiles, events, catalog = MemoryTable(), MemoryTable(), MemoryTable()
        self.catalog, self.once = MemoryCatalog(catalog), MemoryOnce()
        self.people, self.ring = DynamoProfiles(profiles, self.sealer), DynamoRing(events)
        self.events, self.ledger = DynamoEvents(events, self.sealer), DynamoLedger(events)
        self.permissions = DynamoPermissions(profiles, self.sealer)
        self.duplicates = DynamoDuplicates(profiles)
        self.merges = DynamoMerges(profiles, self.sealer)
        self.counters, self.switch = DynamoCounters(events), DynamoSwitch(events)
        self.quarantine = DynamoQuarantine(events, self.sealer)
        self.imports = DynamoImports(events, self.sealer)
        self.intake, self.feedback = MemoryObjects(), MemoryObjects()
        self.index = DynamoFeedbackIndex(events, self.sealer)
        self.letters = DynamoDeadLetterRows(events, self.sealer)
        self.queues = {name: MemoryQueue(self.clock) for name in QUEUES}
        self._gates = DynamoGates(events, catalog, MemoryEpoch())
        self._handle = handler_of(self._ports())

    def _ports(self) -> Ports:
        cursors = Cursors(b"cursors")
        return Ports(
            clock=self.clock,
            random=self.random,
            keys=SecretKeyRing(KEYS),
            sealer=self.sealer,
            catalog=self.catalog,
            texts=StoredTexts(MemoryObjects()),
            profiles=self.people,
            events=self.events,
            ledger=self.ledger,
            permissions=self.permissions,
            duplicates=self.duplicates,
            merges=self.merges,
            counters=self.counters,
            quarantine=self.quarantine,
            imports=self.imports,
            reports=ses.parse,
            intake=self.intake,
            feedback=self.feedback,
            feedback_index=self.index,
            post_codes=MemoryObjects(),
            dead_letters=self.letters,
            queues=self.queues,
            walks=self.queues["upkeep"],
            gates=self._gates,
            switch=self.switch,
            renderer=Renderer(keep=8),
            cursors=lambda: cursors,
            once=self.once,
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str | None = "owner",
        **headers: str,
    ) -> Heard:
        """
        Call the function as API Gateway does.

        Args:
            method: GET, POST …
            path: With its query.
            body: A JSON value, or bytes as they are.
            role: Whose key is used; None sends none.
            headers: More headers; underscores become dashes.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if role is not None:
            given.setdefault("authorization", f"Bearer local-{role}")
        answer = self._handle(_payload(method, path, body, headers=given), SimpleNamespace())
        text = answer.get("body") or ""
        plain = base64.b64decode(text).decode() if answer.get("isBase64Encoded") else text
        found = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        return Heard(answer["statusCode"], found, plain)

    def template(self, name: str = "thanks", **changes: object) -> Heard:
        """Write an active template."""
        body = {**DRAFT, "name": name, "activate": True, **changes}
        return self.call("POST", "/v1/templates", body)

    def campaign(self, **changes: object) -> Any:
        """Write a campaign and give it."""
        return self.call("POST", "/v1/campaigns", {**CAMPAIGN, **changes}).json

    def person(self, profile_id: str = "p1", workspace: str = "main", **traits: object) -> Profile:
        """Let a person exist."""
        known = {n: {"value": v, "at": START, "event_key": "k"} for n, v in traits.items()}
        person = Profile(
            workspace=workspace, id=profile_id, created_at=START, updated_at=START,
            identifiers={"external_id": (profile_id,)}, traits=known,  # type: ignore[arg-type]
        )  # fmt: skip
        self.people.save(person, expected_version=0)
        for kind, value in (("external_id", profile_id), ("email", traits.get("email"))):
            if isinstance(value, str):
                self.people.link(workspace, self.sealer.handle(workspace, kind, value), profile_id)
        return person.model_copy(update={"version": 1})

    def message(self, message_id: str = "m1", **fields: object) -> Message:
        """Let a message exist."""
        values: dict[str, Any] = {
            "workspace": "main", "id": message_id, "template": "thanks", "planned_at": START,
            **fields,
        }  # fmt: skip
        message = Message(**values)
        self.ledger.plan(message)
        self.ring.note("main", "messages", [message_id])
        return message

    def event(self, profile_id: str = "p1", *messages: str, name: str = "Order Completed") -> Event:
        """Let an event have happened."""
        event = Event(
            workspace="main", id=f"e{self.clock.now()}", source="shop", type="t", name=name,
            occurred_at=START, received_at=START, properties={"total": 5},
        )  # fmt: skip
        self.events.add(profile_id, event, messages=messages)
        self.ring.note("main", "events", [event.key])
        return event

    def counted(self, scope: str, amounts: Mapping[str, int]) -> None:
        """Let messages have been counted."""
        changes = [CounterChange("main", scope, name, n) for name, n in amounts.items()]
        self.counters.fold(scope, before="", after="1", changes=changes)

    def letter(self, position: str, queue: str = "render") -> DeadLetter:
        """Let a dead letter be there."""
        letter = DeadLetter("main", position, queue, "poison", 1, f'{{"n": "{position}"}}', START)
        self.letters.add(letter)
        return letter


DRAFT = {
    "subject": "Thank you, {{ profile.first_name }}",
    "html": "<p>Order {{ event.total }}</p>",
    "sample": {"profile": {"first_name": "Ada"}, "event": {"total": 7}},
}
CAMPAIGN = {"name": "Thanks", "on": {"event": "Order Completed"}, "template": "thanks"}


def _payload(method: str, path: str, body: object, *, headers: Mapping[str, str]) -> dict[str, Any]:
    raw_path, _, query = path.partition("?")
    pairs = dict(part.partition("=")[::2] for part in query.split("&") if part)
    payload: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": dict(headers),
        "requestContext": {
            "http": {"method": method, "path": raw_path, "sourceIp": "127.0.0.1"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if pairs:
        payload["queryStringParameters"] = pairs
    if isinstance(body, bytes):
        payload |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        payload["body"] = json.dumps(body)
    return payload
