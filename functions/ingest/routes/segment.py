"""Segment and RudderStack clients, unmodified: their paths, their answers, their habits."""

from typing import Any

from functions.ingest.ports import Ports
from signet.domain.browser_setup import source_config
from signet.domain.calls import Door
from signet.domain.principal import Principal, demand
from signet.errors import Missing
from signet.runtime import auth, body, http, observability
from signet.usecases import ingest
from signet.usecases.ingest import Accepted

SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}
SINGLE = tuple(SHORT.values())
BATCHES = ("batch", "import", "b")
PATHS = frozenset(f"/v1/{name}" for name in (*SINGLE, *SHORT, *BATCHES))
CONFIG_PATHS = ("/sourceConfig",)
LONGEST_KEY = 256


def is_tracking(path: str) -> bool:
    """Tell whether a path belongs to tracking clients."""
    return path in PATHS or path in CONFIG_PATHS or path.startswith("/v1/projects/")


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes."""
    routes = _Routes(app, ports)
    for path in sorted(PATHS):
        app.post(path)(routes.calls)
    app.get("/v1/projects/<key>/settings")(routes.settings)
    for path in CONFIG_PATHS:
        app.get(path)(routes.source_config)


class _Routes:
    def __init__(self, app: http.Resolver, ports: Ports) -> None:
        self._app = app
        self._ports = ports

    def calls(self) -> http.Answer:
        """Take one call or a batch; anything but exactly 200 makes some clients send again."""
        call = self._app.call
        content = body.read_json(call.event, body.SEGMENT)
        known = content if isinstance(content, dict) else {}
        key = known.get("writeKey")
        principal = auth.principal_of(call.headers, self._ports.keys, fallback=key)
        demand(principal, "events.write")
        accepted = self._accept(call, content, self._door(call, principal, known))
        observability.tell_quarantined(
            accepted.quarantined,
            key_id=principal.key_id,
            route=call.path,
            accepted=len(accepted.ids),
        )
        return http.answer(200, {"success": True})

    def settings(self, key: str) -> http.Answer:
        """Answer what Segment's browser client asks before its first call."""
        self._known(key)
        host, protocol = _here(self._app.call)
        cloud = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": protocol}
        found: dict[str, Any] = {
            "integrations": {"Segment.io": {**cloud, "versionSettings": {}}},
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
            "edgeFunction": {},
            "enabledMiddleware": {},
            # The client would report about itself to its maker otherwise.
            "metrics": {"sampleRate": 0},
            "remotePlugins": [],
        }
        return http.answer(200, found, cache_control="no-store")

    def source_config(self) -> http.Answer:
        """Answer what RudderStack's browser client asks before its first call."""
        call = self._app.call
        key = call.query.get("writeKey")
        principal = auth.principal_of(call.headers, self._ports.keys, fallback=key)
        host, protocol = _here(call)
        found = source_config(principal, key=key or "", url=f"{protocol}://{host}")
        return http.answer(200, found, cache_control="no-store")

    def _accept(self, call: http.Call, content: Any, door: Door) -> Accepted:
        name = call.path.rpartition("/")[2]
        if name in BATCHES:
            ports = self._ports
            return ingest.accept_batch(content, door, queue=ports.work, quarantine=ports.quarantine)
        kind = SHORT.get(name, name)
        return ingest.accept_call(content, door, kind=kind, queue=self._ports.work)

    def _door(self, call: http.Call, principal: Principal, content: dict[str, Any]) -> Door:
        return Door(
            workspace=principal.workspace,
            source=f"segment:{principal.key_id}",
            received_at=self._ports.clock.now(),
            client_sent_at=content.get("sentAt") or call.headers.get("sentat"),
        )

    def _known(self, key: str) -> None:
        if len(key) > LONGEST_KEY or self._ports.keys.find(key) is None:
            raise Missing("there is no such project")


def _here(call: http.Call) -> tuple[str, str]:
    domain = call.event["requestContext"].get("domainName", "localhost")
    protocol = "http" if call.headers.get("x-forwarded-proto") == "http" else "https"
    return call.headers.get("host", domain), protocol
