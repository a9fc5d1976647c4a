"""Ingest over real stores in memory: a recipient, a message of theirs, and a count of all calls."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from functions.ingest.ports import Ports
from functions.ingest.wiring import handler_of
from signet.adapters.certificates import HttpsCertificates
from signet.adapters.dynamodb.gates import policy_place
from signet.adapters.dynamodb.plain import (
    PlainCatalog,
    PlainLedger,
    PlainPermissions,
    PlainProfiles,
    PlainQuarantine,
)
from signet.adapters.memory.once import MemoryOnce
from signet.adapters.memory.table import MemoryTable
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.message import Message
from signet.domain.permission import Permission
from signet.domain.policy import Policy, PolicyDraft, Topic
from signet.domain.profile import Profile, Trait
from signet.templating.links import Kind, LinkSigner
from tests.functions.ingest_world import NOW, Answer, FixedRandom, Keys, Queue, StillClock, payload

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9", "sec-fetch-mode": "navigate"}
FORM = "application/x-www-form-urlencoded"
NEWS = Topic(
    topic="news",
    names={"en": "News <&> more", "de": "Neuigkeiten"},
    descriptions={"en": "What is new"},
    channels=("email", "sms"),
)
DRAFT = PolicyDraft(topics=(NEWS, Topic(topic="offers", names={"fr": "Offres"})))


class CountedTable(MemoryTable):
    """A table that notes every call by its name."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        """Note what is called from outside."""
        if name in {"get", "get_many", "put", "update", "delete", "query", "transact", "put_many"}:
            self.calls.append(name)
        return super().__getattribute__(name)


class Choosing:
    """The ingest function, one person `p1` and their message `m1` about news."""

    def __init__(self, *, topic: str | None = "news", profile_id: str | None = "p1") -> None:
        """Let the message be about a topic, and its recipient be known or not."""
        self.people, self.events, self.catalog = CountedTable(), CountedTable(), CountedTable()
        self.work, self.clock, self.links = Queue(), StillClock(), LinkSigner(b"k" * 32)
        self.sealer = RootSealer(b"r" * 64, FixedRandom())
        self.permissions = PlainPermissions(self.people, self.sealer)
        self._profiles = PlainProfiles(self.people, self.sealer)
        self._ledger = PlainLedger(self.events)
        message = Message(
            workspace="main", id="m1", status="sent", template="t", topic=topic,
            profile_id=profile_id, recipient="handle-1", planned_at=NOW,
        )  # fmt: skip
        self._ledger.plan(message)
        self.know()
        self.decide(DRAFT)
        self._handler = handler_of(self._ports())

    def _ports(self) -> Ports:
        return Ports(
            clock=self.clock,
            random=FixedRandom(),
            keys=Keys(),
            sealer=self.sealer,
            certificates=HttpsCertificates(lambda _url: (404, b"")),
            work=self.work,
            engagement=Queue(),
            catalog=PlainCatalog(self.catalog),
            ledger=self._ledger,
            profiles=self._profiles,
            permissions=self.permissions,
            quarantine=PlainQuarantine(self.events, self.sealer),
            links=self.links,
            once=MemoryOnce(),
            public_url="https://api.example.org",
        )

    def know(self, **traits: str) -> None:
        """Let the person have these traits and no others."""
        known = self._profiles.get_many("main", ["p1"]).get("p1")
        person = Profile(
            workspace="main",
            id="p1",
            version=known.version if known else 0,
            traits={name: Trait(value=value, at=NOW) for name, value in traits.items()},
            created_at=NOW,
            updated_at=NOW,
        )
        self._profiles.save(person, expected_version=person.version)

    def decide(self, draft: PolicyDraft) -> None:
        """Write the workspace's policy as its seventh version."""
        pk, sk = policy_place("main")
        policy = Policy(workspace="main", version=7, draft=draft)
        self.catalog.put({"pk": pk, "sk": sk, "body": policy.model_dump_json()})

    def consent(self, topic: str, status: str = "granted", *, channel: str = "email") -> None:
        """Let the person have said something before."""
        said = Consent.model_validate(
            {"channel": channel, "topic": topic, "status": status, "at": NOW}
        )
        self.permissions.record_consent("main", "p1", said)

    @property
    def allowed(self) -> Permission:
        """What the person allows now."""
        return self.permissions.look("main", "p1", "handle-1")

    def words(self) -> dict[tuple[str, str], str]:
        """Give the person's words by channel and topic."""
        return {(one.channel, one.topic): one.status for one in self.allowed.consents}

    def path(self, kind: Kind = "preferences") -> str:
        """Give the path of a link in the message."""
        token = self.links.token(kind, workspace="main", message_id="m1")
        return {"preferences": "/p/", "unsubscribe": "/u/"}[kind] + token

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Call the function as the HTTP API would; underscores in names become dashes."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        event = payload(method, path, body, headers=given)
        answer = self._handler(event, object())
        sent = {name.lower(): value for name, value in answer["headers"].items()}
        return Answer(answer["statusCode"], sent, answer["body"])

    def send(self, fields: Mapping[str, object], **headers: str) -> Answer:
        """Send the form of the preference centre, as a browser does."""
        body = urlencode(fields, doseq=True).encode()
        return self.call("POST", self.path(), body, **{**BROWSER, "content_type": FORM, **headers})

    def calls(self) -> list[str]:
        """Give what the tables were asked since the last time."""
        found: list[str] = []
        for name in ("people", "events", "catalog"):
            calls = getattr(self, name).calls
            found += [f"{name}:{call}" for call in calls]
            calls.clear()
        return found
