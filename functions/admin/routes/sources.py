"""The registry of sources."""

import re

from functions.admin.door import Asked, Reply, Route
from signet.domain.source import Source, SourceDraft
from signet.domain.template import NAME_PATTERN
from signet.errors import Rejected
from signet.runtime import etag
from signet.usecases import registry
from signet.usecases.registry import SourceView


def got(asked: Asked) -> Reply:
    """Read a source."""
    name = asked.path["source"]
    source = registry.find(asked.workspace, name, shelf=asked.ports.catalog)
    return Reply(registry.show(source), tag=_tag(source))


def put(asked: Asked) -> Reply:
    """Write a source."""
    name, draft = asked.path["source"], asked.body(SourceDraft)
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise Rejected.field("source", "must be lower-case letters, digits, - and _")
    known = asked.ports.catalog.source(asked.workspace, name)
    asked.demand_tag(_tag(known) if known else None)
    source = registry.put(
        draft, workspace=asked.workspace, name=name, known=known, shelf=asked.ports.catalog
    )
    return Reply(registry.show(source), status=200 if known else 201, tag=_tag(source))


def _tag(source: Source) -> str:
    return etag.of(source.name, source.revision)


_ONE = "/v1/sources/<source>"
ROUTES = (
    Route("GET", _ONE, "sources.read", got, gives=SourceView),
    Route("PUT", _ONE, "sources.write", put, reads=SourceDraft, gives=SourceView),
)
