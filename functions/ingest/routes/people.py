"""Consents of people and suppressions of addresses."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions.ingest.ports import Ports
from functions.ingest.routes import confirmations
from signet.domain.principal import Principal, demand
from signet.domain.request import (
    PROFILE_ID_PATTERN,
    ConsentRequest,
    ReleaseRequest,
    SuppressionRequest,
)
from signet.errors import Rejected, Transient
from signet.ids import fresh
from signet.runtime import auth, body, http, idempotency, observability
from signet.usecases import consent, double_opt_in, mirroring, suppressing


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes."""
    routes = _Routes(app, ports)
    app.post("/v1/profiles/<profile_id>/consents")(routes.consent)
    app.post("/v1/suppressions")(routes.suppress)
    app.delete("/v1/suppressions")(routes.release)


class _Routes:
    def __init__(self, app: http.Resolver, ports: Ports) -> None:
        self._app = app
        self._ports = ports

    def consent(self, profile_id: str) -> http.Answer:
        """Record a consent and give its receipt."""
        principal = self._principal("consents.write")
        if not re.fullmatch(PROFILE_ID_PATTERN, profile_id):
            raise Rejected.field("profile_id", "is not an id of a profile")
        request = ConsentRequest.model_validate(self._body())
        return self._once(principal, partial(self._said, request, principal, profile_id))

    def suppress(self) -> http.Answer:
        """Suppress an address."""
        principal = self._principal("suppressions.write")
        request = SuppressionRequest.model_validate(self._body())

        def work() -> dict[str, Any]:
            receipt = suppressing.suppress(
                request,
                workspace=principal.workspace,
                sealer=self._ports.sealer,
                suppressions=self._ports.permissions,
                clock=self._ports.clock,
            )
            self._mirror(request, principal.workspace)
            return receipt

        return self._once(principal, work)

    def release(self) -> http.Answer:
        """Lift a suppression."""
        principal = self._principal("suppressions.write")
        request = ReleaseRequest.model_validate(self._body())
        suppressing.release(
            request,
            workspace=principal.workspace,
            sealer=self._ports.sealer,
            suppressions=self._ports.permissions,
        )
        self._mirror(request, principal.workspace)
        return http.answer(204)

    def _said(
        self, request: ConsentRequest, caller: Principal, profile_id: str
    ) -> dict[str, object]:
        if request.status != "withdrawn":
            demand(caller, "consents.grant")
        if request.status != "pending":
            words = confirmations.words(self._ports)
            return consent.record(
                request,
                workspace=caller.workspace,
                profile_id=profile_id,
                actor=caller.key_id,
                desk=words,
            )
        key = idempotency.key_of(self._app.call.headers) or fresh(self._ports.random.token(16))
        desk = confirmations.desk(self._ports)
        return double_opt_in.ask(request, caller=caller, profile_id=profile_id, key=key, desk=desk)

    def _mirror(self, request: SuppressionRequest | ReleaseRequest, workspace: str) -> None:
        """Let the provider know, some time; our own word is in force already."""
        asked = mirroring.wanted(request, workspace=workspace, sealer=self._ports.sealer)
        try:
            self._ports.engagement.send(asked)
        except Transient as error:
            observability.alarm("suppression not mirrored", error, workspace=workspace)

    def _principal(self, action: str) -> Principal:
        principal = auth.principal_of(self._app.call.headers, self._ports.keys)
        demand(principal, action)
        return principal

    def _body(self) -> Any:
        return body.read_json(self._app.call.event, body.STRICT)

    def _once(self, principal: Principal, work: Callable[[], dict[str, Any]]) -> http.Answer:
        call = self._app.call
        key = idempotency.key_of(call.headers)
        if key is None:
            return http.answer(201, work())
        content = json.dumps(self._body(), sort_keys=True)
        kept = self._ports.once(
            key,
            scope=f"{principal.workspace}:{call.method}:{call.path}",
            fingerprint=self._ports.sealer.handle(principal.workspace, "fingerprint", content),
            # As text: the table would give an object back in another order.
            work=lambda: {"body": http.dumped(work())},
        )
        return Response(201, "application/json", kept["body"])
