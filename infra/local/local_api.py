"""What only the local cloud has: `/_local/*`, the clock, the outbox and the counts."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from infra.local import mailpit
from infra.local.cloud import LocalCloud
from infra.local.moments import duration, instant
from infra.local.outbox import REACTIONS, CannotReact, NoSuchLetter
from infra.local.payload import Request, Response
from infra.local.problems import Refused, nothing_here, problem, unfit, wrong
from infra.local.wire import Asked

_OWN_HOSTS = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
MAIL_PATHS = ("/api/v1/messages", "/api/v1/message/", "/api/v1/search", "/view/")
FURTHEST = timedelta(days=366 * 50)
LARGEST_LIST = 1000
CLOCK_FIELDS = frozenset({"advance", "set"})
REACTION_FIELDS = {"click": frozenset({"link"}), "bounce": frozenset({"type", "subtype"})}
BOUNCES = ("Permanent", "Transient", "Undetermined")
Answers = dict[str, Callable[[], Response]]


class Door:
    """Sends local requests to the local cloud itself and all others to its gateway."""

    def __init__(self, cloud: LocalCloud) -> None:
        """Stand in front of `cloud`."""
        self.cloud = cloud

    def serve(self, request: Request) -> Response:
        """Answer any request."""
        local = request.path.startswith("/_local/")
        if not local and not request.path.startswith(MAIL_PATHS):
            return self.cloud.serve(request)
        try:
            if foreign(request):
                raise Refused(403, "only pages of this machine may ask this")
            if not local:
                return mailpit.answer(self.cloud.outbox, request)
            return self._local(request)
        except NoSuchLetter:
            return problem(Refused(404, "there is no such mail"), request.path)
        except Refused as refused:
            return problem(refused, request.path)

    def _local(self, request: Request) -> Response:
        parts = request.path.removeprefix("/_local/").split("/")
        answers = self._answers(request, parts)
        if not answers:
            raise nothing_here()
        if request.method not in answers:
            allow = ", ".join(sorted(answers))
            raise Refused(405, "the path has no such method", allow=allow)
        return answers[request.method]()

    def _answers(self, request: Request, parts: list[str]) -> Answers:
        """Give what each method of a path does; a path that is not there has none."""
        plain: dict[tuple[str, ...], Answers] = {
            ("clock",): {
                "GET": lambda: as_json(self._clock()),
                "POST": lambda: self._move(object_of(request, CLOCK_FIELDS)),
            },
            ("drain",): {"POST": lambda: as_json({"counts": self.cloud.settle()})},
            ("meter",): {"GET": lambda: as_json(self.cloud.meter.view())},
            ("counts",): {"GET": lambda: as_json(self.cloud.stats())},
            ("outbox",): {"GET": lambda: self._list(request)},
        }
        if tuple(parts) in plain:
            return plain[tuple(parts)]
        match parts:
            case ["outbox", ident]:
                return {"GET": lambda: as_json(self.cloud.outbox.get(ident).view())}
            case ["outbox", ident, reaction] if reaction in REACTIONS:
                return {"POST": lambda: self._react(ident, reaction, request)}
            case ["s3", _, "imports", *name] if any(name):
                return {"PUT": lambda: self._upload(request)}
        return {}

    def _upload(self, request: Request) -> Response:
        """Write an object under a link that a function gave away; nobody checks it here."""
        asked = Asked("s3", "PutObject", "PUT", f"http://local{request.path}", {}, request.body)
        status, _, body = self.cloud.wire.send(asked)
        self.cloud.woken.set()
        return Response(status, [("content-type", "application/xml")], body)

    def _list(self, request: Request) -> Response:
        pairs = parse_qs(request.query, keep_blank_values=True)
        query = {name: values[0] for name, values in pairs.items()}
        limit = limit_of(query.get("limit"))
        found = self.cloud.outbox.list(query.get("channel"), query.get("to"), limit)
        return as_json({"data": found, "next_cursor": None})

    def _clock(self) -> dict[str, Any]:
        offset = self.cloud.clock.offset.total_seconds()
        return {"now": self.cloud.clock.now().isoformat(), "offset_seconds": round(offset, 3)}

    def _move(self, body: dict[str, Any]) -> Response:
        if len(body) != 1:
            raise Refused(400, "give either advance (a duration) or set (a time)")
        ((field, text),) = body.items()
        now = self.cloud.clock.now()
        if field == "advance":
            delta, like = duration(text), "a duration like P3D or PT90M"
        else:
            found, like = instant(text), "a time like 2030-01-31T12:00:00Z"
            delta = None if found is None else found - now
        if delta is None:
            raise wrong(field, f"must be {like}")
        if delta < timedelta(0):
            raise unfit(field, f"the clock only moves on, and it is {now.isoformat()}")
        if delta > FURTHEST:
            raise unfit(field, "the clock moves on by at most fifty years at once")
        counts = self.cloud.set_clock(now + delta)
        return as_json(self._clock() | {"counts": counts})

    def _react(self, ident: str, reaction: str, request: Request) -> Response:
        """React to a mail, which is there."""
        self.cloud.outbox.get(ident)
        if reaction == "reply":
            raise Refused(501, "nothing reads replies yet; a later version will, under this path")
        given = object_of(request, REACTION_FIELDS.get(reaction, frozenset()))
        if "type" in given and str(given["type"]).capitalize() not in BOUNCES:
            raise wrong("type", f"must be one of {', '.join(BOUNCES)}")
        try:
            answer = self.cloud.outbox.react(ident, reaction, given)
        except CannotReact as error:
            raise unfit("link", str(error)) from None
        self.cloud.woken.set()
        return as_json(answer)


def foreign(request: Request) -> bool:
    """Tell whether a page of another site asks, directly or through a name it controls."""
    host, origin = request.header("host"), request.header("origin")
    theirs = origin.partition("://")[2] if origin else host
    return bool(host) and not (_OWN_HOSTS.fullmatch(host) and _OWN_HOSTS.fullmatch(theirs))


def object_of(request: Request, known: frozenset[str]) -> dict[str, Any]:
    """
    Read a body that may hold some fields; without one it holds none.

    Raises:
        Refused: It is no JSON object, or holds another field.
    """
    try:
        found = json.loads(request.body.decode("utf-8") or "{}")
    except json.JSONDecodeError as error:
        text = f"the body is not JSON: {error.msg} at character {error.pos}"
        raise Refused(400, text) from None
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, "the body must be a JSON object")
    for name in sorted(found.keys() - known):
        raise wrong(name, "is not known here")
    return found


def limit_of(text: str | None) -> int:
    """
    Read how many mails are wanted.

    Raises:
        Refused: It is no number from 1 to a thousand.
    """
    if text is None:
        return LARGEST_LIST
    small = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_LIST))
    if small and 1 <= int(text) <= LARGEST_LIST:
        return int(text)
    raise wrong("limit", f"must be a number from 1 to {LARGEST_LIST}")


def as_json(value: Any) -> Response:
    """Answer with JSON."""
    return Response(200, [("content-type", "application/json")], json.dumps(value).encode())
