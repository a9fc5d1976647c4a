"""Transactional messages."""

from functions.ingest.ports import Ports
from signet.domain.principal import demand, demand_purpose
from signet.domain.request import MessageRequest
from signet.ids import fresh
from signet.runtime import auth, body, http, idempotency
from signet.usecases import transactional
from signet.usecases.transactional import Desk


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the route."""
    desk = Desk(
        ledger=ports.ledger,
        catalog=ports.catalog,
        profiles=ports.profiles,
        sealer=ports.sealer,
        queue=ports.work,
        clock=ports.clock,
    )

    def send() -> http.Answer:
        call = app.call
        principal = auth.principal_of(call.headers, ports.keys)
        demand(principal, "messages.send")
        event_id = idempotency.key_of(call.headers) or fresh(ports.random.token(16))
        request = MessageRequest.model_validate(body.read_json(call.event, body.STRICT))
        demand_purpose(principal, request.topic, "messages.service")
        message = transactional.send(
            request, workspace=principal.workspace, event_id=event_id, desk=desk
        )
        return http.answer(202, {"id": message.id, "status": message.status})

    app.post("/v1/messages")(send)
