"""The two pages: the console's shell, which holds no data, and the API's documentation."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from functions.admin.door import Reply
from signet import __version__

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def console() -> Reply:
    """Show the console's shell."""
    return _page("console.html", version=__version__)


def docs(document: Mapping[str, Any]) -> Reply:
    """Show the OpenAPI description, by tag."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            row = {"method": method.upper(), "path": path, **operation}
            groups.setdefault(operation["tags"][0], []).append(row)
    return _page("docs.html", document=document, groups=groups)


def _page(name: str, **values: object) -> Reply:
    text = _environment().get_template(name).render(**values)
    return Reply(text, headers=HEADERS, content_type="text/html; charset=utf-8")


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2)
    return environment
