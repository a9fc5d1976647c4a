"""Webhooks and forms of registered sources."""

import re
from typing import Any

from functions.ingest import unread
from functions.ingest.ports import Ports
from signet.domain import source as sources
from signet.domain import values
from signet.domain.principal import demand
from signet.domain.source import Source
from signet.domain.template import NAME_PATTERN
from signet.errors import Missing, Rejected
from signet.runtime import auth, body, forms, http
from signet.usecases import ingest

TAKES = f"application/json, {forms.URLENCODED} or {forms.MULTIPART}"
# A page of ours under a path that the HTTP API already routes here.
THANKS = "/u/thanks"


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the route."""

    def take(source: str) -> http.Answer:
        call = app.call
        with unread.kept_unread(ports, call, lambda: _caller(ports, call, source)):
            content = _content(call)
        key = content.pop("writeKey", None) if isinstance(content, dict) else None
        found = _caller(ports, call, source, key=key)
        with unread.kept(ports, found, content):
            events = sources.events_of(found, content, received_at=ports.clock.now())
            ids = ingest.accept(events, queue=ports.work)
        return _answer(call, found, ids)

    app.post("/v1/sources/<source>")(take)


def _caller(ports: Ports, call: http.Call, name: str, *, key: str | None = None) -> Source:
    fallback = key or call.query.get("writeKey")
    principal = auth.principal_of(call.headers, ports.keys, fallback=fallback)
    demand(principal, "events.write")
    return _source(ports, principal.workspace, name)


def _content(call: http.Call) -> Any:
    content_type = call.headers.get("content-type", "")
    if not forms.is_form(content_type):
        return body.read_json(call.event, body.STRICT, takes=TAKES)
    body.demand_utf8(call.event)
    content = forms.read(body.raw(call.event, limit=body.STRICT.size), content_type)
    values.check(content, values.STRICT)
    return content


def _source(ports: Ports, workspace: str, name: str) -> Source:
    if not re.fullmatch(NAME_PATTERN, name):
        raise Rejected.field("source", "is not a name of a source")
    found = ports.catalog.source(workspace, name)
    if found is None:
        raise Missing("there is no such source")
    return found


def _answer(call: http.Call, source: Source, ids: tuple[str, ...]) -> http.Answer:
    if "text/html" in call.headers.get("accept", ""):
        return http.answer(303, location=source.thank_you_url or THANKS)
    return http.answer(202, {"ids": list(ids)})
