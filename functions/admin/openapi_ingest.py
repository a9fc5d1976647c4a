"""The routes of the ingest function, described here because functions do not import one another."""

from typing import Any

from pydantic import BaseModel

from signet.domain.request import (
    ConsentRequest,
    MessageRequest,
    ReleaseRequest,
    SuppressionRequest,
)

Operation = tuple[str, str, dict[str, Any]]
EXTRA_MODELS: tuple[type[BaseModel], ...] = (
    ReleaseRequest,
    ConsentRequest,
    MessageRequest,
    SuppressionRequest,
)
_OBJECT = {"type": "object"}
_SUCCESS = {"type": "object", "properties": {"success": {"const": True}}, "required": ["success"]}
_IDS = {
    "type": "object",
    "properties": {"ids": {"type": "array", "items": {"type": "string"}}},
    "required": ["ids"],
}
_SENT = {
    "type": "object",
    "properties": {
        "ids": {"type": "array", "items": {"type": "string"}},
        "quarantined": {
            "type": "integer",
            "minimum": 0,
            "description": "So many items could not be read, and wait in quarantine.",
        },
    },
    "required": ["ids", "quarantined"],
}
_ACCEPTED = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "status": {"type": "string"}},
    "required": ["id", "status"],
}
_WRITE: list[dict[str, list[str]]] = [{"write_key": []}]
_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
_CALLS = ("identify", "track", "page", "screen", "group", "alias", "batch", "import")
_LETTERS = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}
_IDEMPOTENCY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _operation(
    summary: str,
    *,
    tag: str,
    identity: str,
    security: list[dict[str, list[str]]],
    status: int = 200,
    gives: dict[str, Any] | None = None,
    reads: dict[str, Any] | None = None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done"}
    if gives is not None:
        answer["content"] = {"application/json": {"schema": gives}}
    operation: dict[str, Any] = {
        "operationId": identity,
        "summary": summary,
        "tags": [tag],
        "parameters": [],
        "responses": {str(status): answer},
        "security": security,
    }
    if reads is not None:
        body = {"required": True, "content": {"application/json": {"schema": reads}}}
        operation["requestBody"] = body
    return operation


def _call(name: str, kind: str) -> Operation:
    summary = f"Take a {kind} call of a tracking client"
    operation = _operation(
        summary,
        tag="tracking",
        identity=f"post_{name}",
        security=_WRITE,
        gives=_SUCCESS,
        reads=_OBJECT,
    )
    return f"/v1/{name}", "post", operation


def _settings(path: str, identity: str) -> Operation:
    operation = _operation(
        "Tell a tracking client its settings",
        tag="tracking",
        identity=identity,
        security=[],
        gives=_OBJECT,
    )
    return path, "get", operation


def _link(path: str, method: str, summary: str, *, status: int = 200, name: str = "") -> Operation:
    identity = f"{method}_{name or path.strip('/').split('/{')[0].replace('/', '_')}"
    operation = _operation(summary, tag="links", identity=identity, security=[], status=status)
    return path, method, operation


def _written(
    place: tuple[str, str], summary: str, *, status: int, reads: type[BaseModel], gives: Any = None
) -> Operation:
    path, method = place
    resource = path.split("/")[2] if path != "/v1/profiles/{profile_id}/consents" else "consents"
    operation = _operation(
        summary,
        tag=path.split("/")[2],
        identity=f"{method}_{resource}",
        security=_BEARER,
        status=status,
        gives=gives,
        reads=_ref(reads),
    )
    if method == "post":
        operation["parameters"] = [_IDEMPOTENCY]
    return path, method, operation


OPERATIONS: tuple[Operation, ...] = (
    *(_call(name, name) for name in _CALLS),
    *(_call(name, kind) for name, kind in {**_LETTERS, "b": "batch"}.items()),
    _settings("/v1/projects/{key}/settings", "get_project_settings"),
    _settings("/sourceConfig", "get_source_config"),
    ("/v1/events", "post", _operation(
        "Take CloudEvents: structured, binary or a batch", tag="events", identity="post_events",
        security=_BEARER + _WRITE, status=202, gives=_IDS, reads={"type": ["object", "array"]},
    )),
    ("/v1/sources/{source}", "post", _operation(
        "Take what a registered source sends: JSON, a form, or parts", tag="sources",
        identity="post_source", security=_BEARER + _WRITE, status=202, gives=_SENT,
        reads={"type": ["object", "array"]},
    )),
    ("/v1/sources/{source}/hook", "post", _operation(
        "Take what a registered source sends, at the address of its handshake", tag="sources",
        identity="post_source_hook", security=_BEARER + _WRITE, status=202, gives=_SENT,
        reads={"type": ["object", "array"]},
    )),
    ("/v1/sources/{source}/hook", "get", _operation(
        "Answer the handshake of a sender that first asks", tag="sources",
        identity="get_source_hook", security=_WRITE,
    )),
    _written(("/v1/messages", "post"), "Send a transactional message",
             status=202, reads=MessageRequest, gives=_ACCEPTED),
    _written(("/v1/profiles/{profile_id}/consents", "post"),
             "Record a consent; gives a receipt", status=201, reads=ConsentRequest, gives=_OBJECT),
    _written(("/v1/suppressions", "post"), "Suppress an address",
             status=201, reads=SuppressionRequest, gives=_OBJECT),
    _written(("/v1/suppressions", "delete"), "Lift the suppression of an address",
             status=204, reads=ReleaseRequest),
    _link("/t/o/{token}", "get", "Note that a message was opened"),
    _link("/t/c/{token}", "get", "Note a click and lead on to its target", status=302),
    _link("/u/{token}", "get", "Show the unsubscribe page; changes nothing"),
    _link("/u/{token}", "post", "Unsubscribe with one click (RFC 8058)"),
    _link("/p/{token}", "get", "Show the preference centre; changes nothing", name="preferences"),
    _link("/p/{token}", "post", "Choose topics, a pause and how often, by a form",
          name="preferences"),
    _link("/c/{token}", "get", "Show the page that confirms a consent; changes nothing"),
    _link("/c/{token}", "post", "Confirm a pending consent"),
)  # fmt: skip
