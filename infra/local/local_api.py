"""What only the local cloud has: `/_local/*`, the clock, the outbox and the counts."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from infra.local import mailpit
from infra.local.cloud import LocalCloud
from infra.local.outbox import REACTIONS, CannotReact, NoSuchLetter
from infra.local.payload import Request, Response
from infra.local.problems import invalid, not_found, problem

_DURATION = re.compile(
    r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_OWN_HOSTS = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
MAIL_PATHS = ("/api/v1/messages", "/api/v1/message/", "/api/v1/search", "/view/")
FURTHEST = timedelta(days=366 * 50)


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
        if foreign(request):
            return problem(403, "Forbidden", detail="Only pages of this machine may ask this")
        if not local:
            return mailpit.answer(self.cloud.outbox, request)
        return self._local(request, request.path.removeprefix("/_local/").split("/"))

    def _local(self, request: Request, parts: list[str]) -> Response:
        if parts[0] == "outbox":
            return self._outbox(request, parts[1:])
        plain: dict[tuple[str, ...], Callable[[], Response]] = {
            ("GET", "clock"): lambda: as_json(self._clock()),
            ("POST", "clock"): lambda: self._move(body_of(request)),
            ("POST", "drain"): lambda: as_json({"counts": self.cloud.settle()}),
            ("GET", "meter"): lambda: as_json(self.cloud.meter.view()),
            ("GET", "counts"): lambda: as_json(self.cloud.stats()),
        }
        found = plain.get((request.method, *parts))
        return found() if found else not_found(request.path)

    def _outbox(self, request: Request, parts: list[str]) -> Response:
        match (request.method, *parts):
            case ("GET",):
                return self._list(request)
            case ("GET", ident):
                return self._letter(ident)
            case ("POST", ident, reaction) if reaction in REACTIONS:
                return self._react(ident, reaction, body_of(request))
        return not_found(request.path)

    def _list(self, request: Request) -> Response:
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        limit = mailpit.number(query.get("limit"), 1000)
        found = self.cloud.outbox.list(query.get("channel"), query.get("to"), limit)
        return as_json({"data": found, "next_cursor": None})

    def _clock(self) -> dict[str, Any]:
        offset = self.cloud.clock.offset.total_seconds()
        return {"now": self.cloud.clock.now().isoformat(), "offset_seconds": round(offset, 3)}

    def _move(self, body: Any) -> Response:
        if not isinstance(body, dict) or len(body.keys() & {"advance", "set"}) != 1:
            return invalid("advance", "give either advance (a duration) or set (a time)")
        now = self.cloud.clock.now()
        if "advance" in body:
            delta = duration(body["advance"])
            if delta is None or abs(delta) > FURTHEST:
                return invalid("advance", "must be a duration like P3D or PT90M")
            moment = now + delta
        else:
            found = instant(body["set"])
            if found is None or abs(found - now) > FURTHEST:
                return invalid("set", "must be a time like 2030-01-31T12:00:00Z")
            moment = found
        counts = self.cloud.set_clock(moment)
        return as_json(self._clock() | {"counts": counts})

    def _letter(self, ident: str) -> Response:
        try:
            return as_json(self.cloud.outbox.get(ident).view())
        except NoSuchLetter:
            return not_found(f"mail {ident}")

    def _react(self, ident: str, reaction: str, body: Any) -> Response:
        if reaction == "reply":
            return problem(501, "Not implemented", detail="Nothing reads replies to mails yet")
        try:
            given = body if isinstance(body, dict) else {}
            answer = self.cloud.outbox.react(ident, reaction, given)
        except NoSuchLetter:
            return not_found(f"mail {ident}")
        except CannotReact as error:
            return invalid("link", str(error))
        self.cloud.woken.set()
        return as_json(answer)


def foreign(request: Request) -> bool:
    """Tell whether a page of another site asks, directly or through a name it controls."""
    host, origin = request.header("host"), request.header("origin")
    theirs = origin.partition("://")[2] if origin else host
    return bool(host) and not (_OWN_HOSTS.fullmatch(host) and _OWN_HOSTS.fullmatch(theirs))


def body_of(request: Request) -> Any:
    """Read a JSON body; what is none reads as nothing."""
    try:
        return json.loads(request.body or b"null")
    except (ValueError, RecursionError):
        return None


LONGEST_DURATION = 40
LARGEST_PART = 100_000_000


def duration(text: Any) -> timedelta | None:
    """Read an ISO 8601 duration in weeks, days, hours, minutes and seconds."""
    found = (
        _DURATION.fullmatch(text)
        if isinstance(text, str) and len(text) < LONGEST_DURATION
        else None
    )
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    if max(weeks, days, hours, minutes, seconds) > LARGEST_PART:
        return None
    delta = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -delta if found[1] else delta


def instant(text: Any) -> datetime | None:
    """Read an RFC 3339 time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found else None


def as_json(value: Any) -> Response:
    """Answer with JSON."""
    return Response(200, [("content-type", "application/json")], json.dumps(value).encode())
