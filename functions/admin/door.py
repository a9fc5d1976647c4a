"""The shape of every admin route: who may, what is read, what is answered."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import Response
from pydantic import BaseModel, ConfigDict

from functions.admin.ports import Ports
from signet.domain import calls
from signet.domain.principal import Principal, demand
from signet.domain.values import Limits
from signet.errors import FieldError, Missing, Rejected
from signet.ports import Page
from signet.runtime import auth, body, etag, http, idempotency

Model = TypeVar("Model", bound=BaseModel)
# Only templates and imports hold whole texts; all else has the bounds of the entrance.
TEXTS = body.Profile(size=1_000_000, limits=Limits(depth=16, keys=200, text=262_144, integer=2**53))
# A file of five megabytes that came along with the call, as text or as base64.
FILES = body.Profile(
    size=7_000_000, limits=Limits(depth=16, keys=200, text=7_000_000, integer=2**53)
)
# A country's post codes.
TABLES = body.Profile(
    size=5_000_000, limits=Limits(depth=16, keys=100_000, text=1_024, integer=2**53)
)
_BOUNDS = {"/v1/templates": TEXTS, "/v1/imports": FILES, "/v1/post-codes": TABLES}
LARGEST_PAGE = 200
USUAL_PAGE = 50
_DIGITS = 6
# No id of ours is longer; a key of the tables has its end at 1,024 bytes.
LONGEST_ID = 128
NOBODY = Principal(workspace="", role="auditor")


class Nothing(BaseModel):
    """The body of a route that needs none: nothing at all, or an object without fields."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers; `tag` becomes the ETag and lets a repeated GET be a 304."""

    body: object = None
    status: int = 200
    tag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """One authorised call."""

    principal: Principal
    call: http.Call
    path: Mapping[str, str]
    ports: Ports

    @property
    def workspace(self) -> str:
        """The caller's workspace."""
        return self.principal.workspace

    def body(self, model: type[Model]) -> Model:
        """
        Read the body as a model.

        Raises:
            Rejected: It is no JSON object within the bounds.
            ValidationError: It does not fit the model; unknown fields do not.
        """
        value = content(self.call)
        if not isinstance(value, dict):
            raise Rejected.field("body", "must be a JSON object")
        return model.model_validate(value)

    def number(self, name: str) -> int:
        """
        Read a number from the path.

        Raises:
            Missing: It is none, so there is nothing of that number.
        """
        text = self.path[name]
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            raise Missing("there is nothing of this number")
        return int(text)

    def reference(self, name: str) -> str | None:
        """
        Read an id from the query.

        Raises:
            Missing: It is longer than any id.
        """
        value = self.call.query.get(name)
        if value is not None:
            _demand_ids(value)
        return value

    def version(self) -> int | None:
        """
        Read the version that is wanted from the query; None for the newest.

        Raises:
            Rejected: It is not a number.
        """
        text = self.call.query.get("version")
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            raise Rejected.field("version", "must be a number")
        return int(text)

    def limit(self) -> int:
        """
        Read how many items a page may have.

        Raises:
            Rejected: It is not a number from 1 to 200.
        """
        text = self.call.query.get("limit", str(USUAL_PAGE))
        small = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
        if small and 1 <= int(text) <= LARGEST_PAGE:
            return int(text)
        raise Rejected.field("limit", f"must be a number from 1 to {LARGEST_PAGE}")

    def position(self) -> str | None:
        """
        Read where the page begins from the signed cursor.

        Raises:
            Rejected: The cursor was altered, or belongs to another listing.
        """
        return self.ports.cursors().read(
            self.call.query.get("cursor"), workspace=self.workspace, listing=self._listing()
        )

    def page(self, page: Page, show: Callable[[Any], BaseModel]) -> Reply:
        """Answer one page of a listing."""
        cursor = None
        if page.next_position is not None:
            cursor = self.ports.cursors().write(
                page.next_position, workspace=self.workspace, listing=self._listing()
            )
        return Reply({"data": [plain(show(item)) for item in page.items], "next_cursor": cursor})

    def slice(self, items: Sequence[object], show: Callable[[Any], BaseModel]) -> Reply:
        """Answer one page of a listing that is read whole."""
        start, limit = int(self.position() or 0), self.limit()
        end = start + limit
        following = str(end) if end < len(items) else None
        return self.page(Page(tuple(items[start:end]), following), show)

    def day(self, name: str) -> date | None:
        """
        Read a day from the query.

        Raises:
            Rejected: It is there and is no day.
        """
        text = self.call.query.get(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Rejected.field(name, "must be a day such as 2026-01-31") from None

    def moment(self, name: str) -> datetime | None:
        """
        Read a moment from the query.

        Raises:
            Rejected: It is there and is no moment.
        """
        text = self.call.query.get(name)
        if text is None:
            return None
        found = calls.moment(text)
        if found is None:
            raise Rejected.field(name, "must be a time such as 2026-05-03T10:02:00Z")
        return found

    def demand_tag(self, current: str | None) -> None:
        """
        Let a write pass unless its `If-Match` names another state.

        Raises:
            Stale: The caller has seen another state.
        """
        etag.demand(self.call.headers, current)

    def _listing(self) -> str:
        filters = {k: v for k, v in self.call.query.items() if k not in {"cursor", "limit"}}
        return f"{self.call.path}?{json.dumps(filters, sort_keys=True)}"


@dataclass(frozen=True, slots=True)
class Route:
    """
    One route.

    `action` is None where no key is needed. `once` keeps the answer per Idempotency-Key, for
    answers without personal data. A query parameter that is not in `query` is refused,
    except where no key is needed: those routes are for browsers and health checks. The rest
    describes the route to its readers.
    """

    method: str
    rule: str
    action: str | None
    answer: Callable[[Asked], Reply]
    reads: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    listing: bool = False
    once: bool = False
    query: tuple[str, ...] = ()
    media: str = "application/json"

    @property
    def summary(self) -> str:
        """The first line of what the route's function says about itself."""
        return (self.answer.__doc__ or "").strip().partition("\n")[0].rstrip(".")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that its query may hold."""
        return (*self.query, "limit", "cursor") if self.listing else self.query

    def check(self, asked: Asked) -> None:
        """
        Refuse what the route would otherwise pass over in silence.

        Raises:
            Rejected: A query parameter is not known here.
            ValidationError: There is a body with fields where none is read.
        """
        unknown = sorted(set(asked.call.query) - set(self.parameters))
        if unknown and self.action is not None:
            faults = [FieldError(name[:64], "is not a parameter of this route") for name in unknown]
            names = ", ".join(fault.field for fault in faults)
            raise Rejected(f"not parameters of this route: {names}", faults)
        if self.method != "GET" and self.reads is None and asked.call.event.get("body"):
            asked.body(Nothing)


def mount(app: http.Resolver, route: Route, ports: Ports) -> None:
    """Register a route."""

    def entry(**path: str) -> http.Answer:
        call = app.call
        principal = NOBODY
        if route.action is not None:
            principal = auth.principal_of(call.headers, ports.keys)
            demand(principal, route.action)
        _demand_ids(*path.values())
        asked = Asked(principal, call, path, ports)
        route.check(asked)
        return _answered(call, _replied(route, asked))

    app.route(route.rule, route.method)(entry)


def content(call: http.Call) -> Any:
    """
    Read the body of a call as JSON.

    Raises:
        Rejected: It is none, or beyond the bounds of its route.
    """
    larger = (bounds for path, bounds in _BOUNDS.items() if call.path.startswith(path))
    return body.read_json(call.event, next(larger, body.STRICT))


def plain(value: object) -> Any:
    """Give a reply's body as JSON-ready values."""
    return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else value


def _demand_ids(*values: str) -> None:
    if any(len(value) > LONGEST_ID for value in values):
        raise Missing("there is nothing of this id")


def _replied(route: Route, asked: Asked) -> Reply:
    key = idempotency.key_of(asked.call.headers) if route.once else None
    if key is None:
        return route.answer(asked)
    given = content(asked.call) if asked.call.event.get("body") else None
    written = json.dumps(given, sort_keys=True)
    kept = asked.ports.once(
        key,
        scope=f"{asked.workspace}:{asked.call.method}:{asked.call.path}",
        fingerprint=asked.ports.sealer.handle(asked.workspace, "fingerprint", written),
        work=lambda: _kept(route.answer(asked)),
    )
    return Reply(**kept)


def _kept(reply: Reply) -> dict[str, Any]:
    return {
        # As text: the table would give an object back in another order.
        "body": None if reply.body is None else http.dumped(plain(reply.body)),
        "status": reply.status,
        "tag": reply.tag,
        "headers": dict(reply.headers),
    }


def _answered(call: http.Call, reply: Reply) -> http.Answer:
    headers = {"cache-control": "no-store", **reply.headers}
    if reply.tag is not None:
        headers |= {"etag": reply.tag, "cache-control": "private, no-cache"}
        if call.method == "GET" and etag.unchanged(call.headers, reply.tag):
            return Response(status_code=304, headers=headers)
    if isinstance(reply.body, str):
        return Response(reply.status, reply.content_type, reply.body, headers)
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    return Response(reply.status, reply.content_type, http.dumped(plain(reply.body)), headers)
