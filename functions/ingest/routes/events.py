"""CloudEvents: structured, binary and batched."""

from typing import Any

from functions.ingest import cloud_events
from functions.ingest.ports import Ports
from signet.domain import cloudevent
from signet.domain.principal import demand
from signet.runtime import auth, http
from signet.usecases import ingest


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the route."""

    def take() -> http.Answer:
        call = app.call
        principal = auth.principal_of(call.headers, ports.keys)
        demand(principal, "events.write")
        now = ports.clock.now()
        found: list[tuple[dict[str, Any], object]] = cloud_events.read(call)
        events = [
            cloudevent.event_of(attributes, data, workspace=principal.workspace, received_at=now)
            for attributes, data in found
        ]
        return http.answer(202, {"ids": list(ingest.accept(events, queue=ports.work))})

    app.post("/v1/events")(take)
