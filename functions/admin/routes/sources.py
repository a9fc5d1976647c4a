"""The registry of sources."""

import re

from pydantic import BaseModel

from functions.admin.door import Asked, Reply, Route
from signet.domain.source import Source
from signet.domain.template import NAME_PATTERN
from signet.errors import Rejected
from signet.runtime import etag
from signet.usecases import ready_made, registry, trial
from signet.usecases.ready_made import ReadyMade
from signet.usecases.registry import Desk, SourceRequest, SourceView
from signet.usecases.trial import Trial, TrialOfKnown, TrialView


def listed(asked: Asked) -> Reply:
    """List the sources of the workspace."""
    return asked.slice(asked.ports.catalog.sources(asked.workspace), _shown)


def got(asked: Asked) -> Reply:
    """Read a source."""
    source = _source(asked)
    return Reply(registry.show(source), tag=_tag(source))


def put(asked: Asked) -> Reply:
    """Write a source; with `ready_made` only what differs from the ready-made one."""
    name, draft = asked.path["source"], asked.body(SourceRequest)
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise Rejected.field("source", "must be lower-case letters, digits, - and _")
    known = asked.ports.catalog.source(asked.workspace, name)
    asked.demand_tag(_tag(known) if known else None)
    desk = Desk(asked.ports.catalog, asked.ports.sealer)
    source = registry.put(draft, workspace=asked.workspace, name=name, known=known, desk=desk)
    return Reply(registry.show(source), status=200 if known else 201, tag=_tag(source))


def versions(asked: Asked) -> Reply:
    """List what a source was at each mapping version, newest first."""
    source = _source(asked)
    found = asked.ports.catalog.source_versions(asked.workspace, source.name)
    return asked.slice(found[::-1], _shown)


def tried(asked: Asked) -> Reply:
    """Tell what a draft would make of samples; nothing is kept."""
    request = asked.body(Trial)
    source = trial.drafted(request.draft, workspace=asked.workspace)
    return Reply(trial.run(source, request.samples, now=asked.ports.clock.now()))


def tried_known(asked: Asked) -> Reply:
    """Tell what a registered source, or a draft for it, would make of samples; nothing is kept."""
    source = _source(asked)
    request = asked.body(TrialOfKnown)
    if request.draft is not None:
        source = trial.drafted(request.draft, workspace=asked.workspace, known=source)
    return Reply(trial.run(source, request.samples, now=asked.ports.clock.now()))


def offered(asked: Asked) -> Reply:
    """List the ready-made sources, each with its draft and a sample."""
    return asked.slice(ready_made.catalogue(), _offer)


def _source(asked: Asked) -> Source:
    return registry.find(asked.workspace, asked.path["source"], shelf=asked.ports.catalog)


def _shown(source: Source) -> BaseModel:
    return registry.show(source)


def _offer(found: ReadyMade) -> BaseModel:
    return found


def _tag(source: Source) -> str:
    return etag.of(source.name, source.revision)


_ONE = "/v1/sources/<source>"
ROUTES = (
    Route("GET", "/v1/sources", "sources.read", listed, gives=SourceView, listing=True),
    Route("POST", "/v1/sources/dry-run", "sources.read", tried, reads=Trial, gives=TrialView),
    Route("GET", _ONE, "sources.read", got, gives=SourceView),
    Route("PUT", _ONE, "sources.write", put, reads=SourceRequest, gives=SourceView),
    Route("GET", f"{_ONE}/versions", "sources.read", versions, gives=SourceView, listing=True),
    Route("POST", f"{_ONE}/dry-run", "sources.read", tried_known,
          reads=TrialOfKnown, gives=TrialView),
    Route("GET", "/v1/ready-made-sources", "sources.read", offered,
          gives=ReadyMade, listing=True),
)  # fmt: skip
