"""Webhooks and forms of registered sources."""

import re
from typing import Any

from functions.ingest import browsers, pages, unread
from functions.ingest.ports import Ports
from functions.ingest.wording.words import words_of
from signet.domain.choices import GPC
from signet.domain.events import Properties
from signet.domain.principal import demand
from signet.domain.signing.call import Forged
from signet.domain.source import Arrival, Source
from signet.domain.template import NAME_PATTERN
from signet.errors import Denied, FieldError, Missing, Rejected
from signet.runtime import auth, body, forms, http, observability
from signet.runtime.auth import Unauthenticated
from signet.runtime.quarantining import Told
from signet.usecases import ingest, signatures
from signet.usecases.ingest import Accepted
from signet.usecases.signatures import Proof

TAKES = f"application/json, {forms.URLENCODED} or {forms.MULTIPART}"
# A page of ours under a path that the HTTP API already routes here.
THANKS = "/u/thanks"
_CHALLENGE = re.compile(r"[A-Za-z0-9._-]{1,256}")


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes; the one called hook also answers those who first ask with a GET."""

    def take(source: str) -> http.Answer:
        call = app.call
        try:
            return _taken(call, ports, source)
        except Rejected as error:
            filled_in = browsers.is_person(call) and forms.is_form(_content_type(call))
            if not filled_in or isinstance(error, Denied):
                raise
            return _refused(call, error)

    def shake(source: str) -> http.Answer:
        return _shaken(app.call, ports, source)

    app.post("/v1/sources/<source>")(take)
    app.post("/v1/sources/<source>/hook")(take)
    app.get("/v1/sources/<source>/hook")(shake)


def _taken(call: http.Call, ports: Ports, name: str) -> http.Answer:
    # Only where the key is in the body, the body has to be read before anybody is known; what
    # cannot be read then is nobody's, and is not kept.
    early = "authorization" in call.headers or "writeKey" in call.query
    content = None if early else _content(call)
    inside = content.get("writeKey") if isinstance(content, dict) else None
    source = _source(call, ports, name, key=inside)
    _demand_origin(call, source)
    proof = _proof(call, ports, source)
    if proof.confirm is not None:
        ports.certificates.confirm(proof.confirm)
    if proof.silent:
        return http.answer(200, {"ids": [], "quarantined": 0})
    # Whose form it is is known only where the event is applied.
    objects = source.kind == "web_form" and browsers.forbids_sharing(call)
    beside: Properties = {GPC: True} if objects else {}
    arrival = Arrival(ports.clock.now(), message_id=proof.delivery, beside=beside)
    quarantine = Told(ports.quarantine)
    if early:
        with unread.kept(source, arrival, call, quarantine=quarantine):
            content = _content(call)
    if isinstance(content, dict):
        content.pop("writeKey", None)
    accepted = ingest.accept_sent(source, content, arrival, queue=ports.work, quarantine=quarantine)
    return _answer(call, source, accepted)


def _refused(call: http.Call, error: Rejected) -> http.Answer:
    """Name the fields at fault to a person who filled in a form."""
    words = words_of(None, call.headers.get("accept-language", ""))
    status = int(http.problem_of(error)["status"])
    faults = error.fields or (FieldError("form", error.message),)
    return pages.refused(words, faults, status=status)


def _shaken(call: http.Call, ports: Ports, name: str) -> http.Answer:
    """Repeat a challenge to whoever knows the write key, which is the token of the handshake."""
    source = _source(call, ports, name, key=call.query.get("hub.verify_token"))
    challenge = call.query.get("hub.challenge", "")
    if source.signature.scheme != "x_hub_256" or call.query.get("hub.mode") != "subscribe":
        raise Missing("there is nothing here")
    if not _CHALLENGE.fullmatch(challenge):
        raise Rejected.field("hub.challenge", "must be a short text")
    return pages.plain(challenge)


def _source(call: http.Call, ports: Ports, name: str, *, key: object) -> Source:
    fallback = key or call.query.get("writeKey")
    principal = auth.principal_of(call.headers, ports.keys, fallback=fallback)
    demand(principal, "events.write")
    if not re.fullmatch(NAME_PATTERN, name):
        raise Rejected.field("source", "is not a name of a source")
    found = ports.catalog.source(principal.workspace, name)
    if found is None:
        raise Missing("there is no such source")
    return found


def _demand_origin(call: http.Call, source: Source) -> None:
    """Let only pages post that the source names, where it names any."""
    if source.allowed_origins and call.headers.get("origin", "") not in source.allowed_origins:
        raise Denied("this origin may not send to this source")


def _proof(call: http.Call, ports: Ports, source: Source) -> Proof:
    if not source.signature.proves:
        return Proof()
    signed = http.signed(call, body.raw(call.event, limit=body.STRICT.size), at=ports.clock.now())
    try:
        return signatures.prove(
            source, signed, sealer=ports.sealer, certificates=ports.certificates
        )
    except Forged as error:
        observability.warn(
            "signature refused",
            workspace=source.workspace,
            source=source.name,
            kind=source.signature.scheme,
            reason=str(error),
        )
        raise Unauthenticated("the signature is not valid") from None


def _content(call: http.Call) -> Any:
    content_type = _content_type(call)
    if not forms.is_form(content_type):
        return body.read_json(call.event, body.SENT, takes=TAKES)
    body.demand_utf8(call.event)
    return forms.read(body.raw(call.event, limit=body.SENT.size), content_type)


def _content_type(call: http.Call) -> str:
    return call.headers.get("content-type", "")


def _answer(call: http.Call, source: Source, accepted: Accepted) -> http.Answer:
    if source.answers == "twiml":
        return pages.twiml()
    if browsers.is_person(call):
        return http.answer(303, location=source.thank_you_url or THANKS)
    quarantined = len(accepted.quarantined)
    return http.answer(202, {"ids": list(accepted.ids), "quarantined": quarantined})
