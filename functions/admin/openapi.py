"""
The OpenAPI 3.1 description of every route, made from the routes themselves.

`python -m functions.admin.openapi write` writes `docs/reference/openapi.json`; `compare` fails
where the committed file differs.
"""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from functions.admin.door import Route
from functions.admin.openapi_ingest import EXTRA_MODELS, OPERATIONS
from functions.admin.routes import ROUTES
from signet import __version__

PLACE = Path("docs/reference/openapi.json")
_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "code": {"type": "string", "description": "Tracking paths only."},
        "message": {"type": "string", "description": "Tracking paths only."},
    },
}
_ERROR = {
    "description": "An error; `errors` names each field.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_ABOUT = (
    "Events in, messages out, and the proof of each. Times are RFC 3339 in UTC; errors are "
    "problems (RFC 9457); lists are paged with signed cursors; templates, campaigns, profiles "
    "and sources carry an ETag. POST routes that write take an Idempotency-Key. Unknown query "
    "parameters and unknown fields are refused with 400, but for the routes of tracking clients."
)


@cache
def document() -> dict[str, Any]:
    """Describe every route of admin and ingest."""
    names, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        operation = _operation(route, names)
        paths.setdefault(_path(route), {})[route.method.lower()] = operation
    for path, method, operation in OPERATIONS:
        own = {"responses": {}, **operation, "parameters": _named(path) + operation["parameters"]}
        own["responses"] = {**own["responses"], "default": _ERROR}
        paths.setdefault(path, {})[method] = own
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Signet",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "write_key": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The write key as user name, no password.",
                },
            },
        },
    }


def _schemas() -> tuple[dict[tuple[Any, str], str], dict[str, Any]]:
    models: dict[tuple[Any, Any], None] = {}
    for route in ROUTES:
        if route.reads:
            models[(route.reads, "validation")] = None
        if route.gives:
            models[(route.gives, "serialization")] = None
    for model in EXTRA_MODELS:
        models[(model, "validation")] = None
    found, definitions = models_json_schema(list(models), ref_template=_REF)
    names: dict[tuple[Any, str], str] = {
        (model, mode): str(ref["$ref"]).rpartition("/")[2] for (model, mode), ref in found.items()
    }
    return names, dict(sorted(definitions.get("$defs", {}).items()))


def _operation(route: Route, names: dict[tuple[Any, str], str]) -> dict[str, Any]:
    path = _path(route)
    operation: dict[str, Any] = {
        "operationId": _identity(route),
        "summary": route.summary,
        "tags": [_tag(path)],
        "parameters": _named(path) + _query(route) + _headers(route),
        "responses": {**_success(route, names), "default": _ERROR},
        "security": [{"bearer": []}] if route.action else [],
    }
    if route.action:
        operation["x-action"] = route.action
    if route.reads:
        schema = {"$ref": _REF.format(model=names[(route.reads, "validation")])}
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _success(route: Route, names: dict[tuple[Any, str], str]) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if route.gives:
        schema = {"$ref": _REF.format(model=names[(route.gives, "serialization")])}
    if route.listing:
        cursor = {"type": ["string", "null"]}
        properties = {"data": {"type": "array", "items": schema}, "next_cursor": cursor}
        required = ["data", "next_cursor"]
        schema = {"type": "object", "properties": properties, "required": required}
    content = {route.media: {"schema": schema}}
    return {str(route.status): {"description": "Done", "content": content}}


def _query(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": {"type": _TYPES.get(name, "string")}}
        for name in route.parameters
    ]


_TYPES = {"limit": "integer", "lineage": "boolean"}


def _headers(route: Route) -> list[dict[str, Any]]:
    names = ["Idempotency-Key"] if route.once else []
    return [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]


def _named(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _path(route: Route) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", route.rule)


def _tag(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "v1" else "system"


def _identity(route: Route) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", _path(route).removeprefix("/v1").lower()).strip("_")
    return f"{route.method.lower()}_{words or 'root'}"


def main(arguments: list[str]) -> int:
    """Write the committed file, or compare it with the routes."""
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if arguments == ["write"]:
        PLACE.parent.mkdir(parents=True, exist_ok=True)
        PLACE.write_text(text, "utf-8")
        return 0
    if arguments != ["compare"]:
        sys.stderr.write("usage: python -m functions.admin.openapi write|compare\n")
        return 2
    if PLACE.exists() and PLACE.read_text("utf-8") == text:
        return 0
    sys.stderr.write(f"{PLACE} differs from the routes; run this with `write`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
