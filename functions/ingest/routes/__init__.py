"""One module per kind of caller; each has `mount(app, ports)`."""

from functions.ingest.ports import Ports
from functions.ingest.routes import (
    confirmations,
    events,
    links,
    messages,
    people,
    preferences,
    segment,
    sources,
)
from signet.runtime import http


def app_of(ports: Ports) -> http.Resolver:
    """Make the router with every route of this function."""
    app = http.resolver(tracking=segment.is_tracking)
    doors = (segment, events, sources, messages, people, links, preferences, confirmations)
    for module in doors:
        module.mount(app, ports)
    return app
