"""A small world around the ingest function: fakes for its ports, calls as the gateway has them."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from functions.ingest.ports import Ports
from functions.ingest.wiring import handler_of
from signet.adapters.certificates import HttpsCertificates
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.adapters.dynamodb.suppressions import SuppressionRows, suppressions
from signet.adapters.memory.once import MemoryOnce
from signet.adapters.memory.table import MemoryTable
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.events import Event
from signet.domain.message import Message
from signet.domain.permission import Permission
from signet.domain.policy import Policy
from signet.domain.principal import Principal
from signet.domain.profile import Profile
from signet.domain.receipt import Particulars, Receipt
from signet.domain.source import Source
from signet.domain.suppression import Suppression
from signet.domain.work import ApplyEvents, Work
from signet.errors import Transient
from signet.templating.links import LinkSigner
from signet.usecases import registry

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEYS = {
    "demo": Principal(workspace="main", role="ingest", key_id="k1"),
    "local-owner": Principal(workspace="main", role="owner", key_id="k2"),
    "local-analyst": Principal(workspace="main", role="analyst", key_id="k3"),
    "local-other-owner": Principal(workspace="other", role="owner", key_id="k4"),
}
NOTHING_MORE = Particulars()


class FixedRandom:
    """Bytes that count upwards."""

    def __init__(self) -> None:
        self._count = 0

    def token(self, size_bytes: int) -> bytes:
        """Give the next bytes."""
        self._count += 1
        return self._count.to_bytes(size_bytes, "big")


class Queue:
    """A queue that keeps what it was sent, or refuses."""

    def __init__(self) -> None:
        self.items: list[Work] = []
        self.refuses = False

    def send(self, items: Sequence[Work], *, delay: timedelta = timedelta(0)) -> None:
        """Keep work."""
        assert not delay
        if self.refuses:
            raise Transient("the queue is away")
        self.items.extend(items)

    @property
    def events(self) -> list[Event]:
        """Every event in every pack."""
        return [e for item in self.items if isinstance(item, ApplyEvents) for e in item.events]


class Rows(SuppressionRows):
    """Messages, profiles, consents, sources and templates in dictionaries, suppressions in rows."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], Message] = {}
        self.people: set[tuple[str, str]] = {("main", "p1")}
        self.consents: list[tuple[str, str, Consent]] = []
        self.permissions_table = MemoryTable()
        super().__init__(self.permissions_table)
        self.sources: dict[tuple[str, str], Source] = {}
        self.templates = {("main", "welcome"): 1}
        self.policies: dict[str, Policy] = {}
        self.words = DynamoPermissions(MemoryTable(), RootSealer(b"r" * 32, FixedRandom()))

    def plan(self, message: Message) -> bool:
        """Write a message once."""
        known = (message.workspace, message.id) in self.messages
        self.messages.setdefault((message.workspace, message.id), message)
        return not known

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read a message."""
        return self.messages.get((workspace, message_id))

    def get_many(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Any]:
        """Read profiles."""
        known = (pid for pid in profile_ids if (workspace, pid) in self.people)
        return {pid: _person(workspace, pid) for pid in known}

    def record_consent(
        self,
        workspace: str,
        profile_id: str,
        consent: Consent,
        *,
        particulars: Particulars = NOTHING_MORE,
        guard: Callable[[Consent | None], None] | None = None,
    ) -> Consent:
        """Keep a consent."""
        kept = self.words.record_consent(
            workspace, profile_id, consent, particulars=particulars, guard=guard
        )
        self.consents.append((workspace, profile_id, kept))
        return kept

    def ask_consent(self, workspace: str, pending: Receipt) -> None:
        """Keep a pending consent."""
        self.words.ask_consent(workspace, pending)

    def receipts(self, workspace: str, profile_id: str) -> tuple[Receipt, ...]:
        """Give the receipts of a person."""
        return self.words.receipts(workspace, profile_id)

    def look(self, workspace: str, profile_id: str, *handles: str) -> Permission:
        """Give a person's words."""
        return self.words.look(workspace, profile_id, *handles)

    def policy(self, workspace: str) -> Policy | None:
        """Give the policy that is in force."""
        return self.policies.get(workspace)

    @property
    def suppressed(self) -> list[Suppression]:
        """Every suppression of every workspace."""
        rows = self.permissions_table.rows.values()
        return [one for row in rows for one in suppressions(row)]

    def source(self, workspace: str, name: str) -> Source | None:
        """Read a source."""
        return self.sources.get((workspace, name))

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """Keep a source."""
        assert source.revision == expected_revision + 1
        self.sources[(workspace, source.name)] = source

    def template_active(self, workspace: str, name: str) -> int | None:
        """Give the active version."""
        return self.templates.get((workspace, name))


def _person(workspace: str, profile_id: str) -> Profile:
    return Profile(
        workspace=workspace,
        id=profile_id,
        identifiers={"email": (f"{profile_id}@example.org",)},
        created_at=NOW,
        updated_at=NOW,
    )


class Keys:
    """The known keys."""

    def find(self, key: str) -> Principal | None:
        """Give the principal of a key."""
        return KEYS.get(key)


@dataclass
class Answer:
    """What the gateway would send."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class StillClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """Tell the moment."""
        return self.at


@dataclass
class World:
    """The function with its fakes."""

    work: Queue = field(default_factory=Queue)
    engagement: Queue = field(default_factory=Queue)
    rows: Rows = field(default_factory=Rows)
    clock: StillClock = field(default_factory=StillClock)
    links: LinkSigner = field(default_factory=lambda: LinkSigner(b"k" * 32))
    served: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sealer: RootSealer = field(default_factory=lambda: RootSealer(b"r" * 32, FixedRandom()))

    def __post_init__(self) -> None:
        self.forget()
        self.quarantine = DynamoQuarantine(MemoryTable(), self.sealer)
        ports = Ports(
            clock=self.clock,
            random=FixedRandom(),
            keys=Keys(),
            sealer=self.sealer,
            certificates=HttpsCertificates(self._fetched),
            work=self.work,
            engagement=self.engagement,
            catalog=self.rows,
            ledger=self.rows,
            profiles=self.rows,  # type: ignore[arg-type]
            permissions=self.rows,  # type: ignore[arg-type]
            quarantine=self.quarantine,
            links=self.links,
            once=self._once,
            public_url="https://api.example.org",
        )
        self._handler = handler_of(ports)

    def forget(self) -> None:
        """Forget every answer that was given under a key."""
        self._answers = MemoryOnce()

    def _once(self, key: str, **asked: Any) -> Any:
        return self._answers(key, **asked)

    def source(self, name: str, **draft: Any) -> Source:
        """Register a source of the workspace, its secrets sealed, as the admin function does."""
        known = self.rows.sources.get(("main", name))
        return registry.put(
            registry.SourceRequest.model_validate(draft),
            workspace="main",
            name=name,
            known=known,
            desk=registry.Desk(self.rows, self.sealer),
        )

    def _fetched(self, url: str) -> tuple[int, bytes]:
        self.asked.append(url)
        return self.served.get(url, (404, b""))

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = "demo",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the function as the HTTP API would."""
        given = {**_authorization(key), **(headers or {})}
        event = payload(method, path, body, headers=given, query=query)
        return self.answer(event)

    def answer(self, event: dict[str, Any]) -> Answer:
        """Hand over a payload as it is."""
        answer = self._handler(event, object())
        sent = {name.lower(): value for name, value in answer["headers"].items()}
        return Answer(answer["statusCode"], sent, answer["body"])


def payload(
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write an API Gateway payload, version 2; bytes travel as base64."""
    raw = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "headers": {k.lower(): v for k, v in (headers or {}).items()},
        "requestContext": {
            "domainName": "api.example.org",
            "stage": "$default",
            "http": {"method": method, "path": path},
        },
        "isBase64Encoded": raw,
    }
    if query:
        event["queryStringParameters"] = dict(query)
        event["rawQueryString"] = urlencode(query)
    if body is not None:
        event["body"] = text if isinstance(text, str) else json.dumps(text)
    return event


def _authorization(key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    if key == "demo":
        return {"authorization": "Basic " + base64.b64encode(b"demo:").decode()}
    return {"authorization": f"Bearer {key}"}
