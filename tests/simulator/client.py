"""Those who call: they repeat a call until they hear a yes, and remember what they heard."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.world import World

# After so many calls without a yes a client gives up, and was promised nothing.
MOST_TRIES = 12
YES = range(200, 300)


@dataclass
class Call:
    """
    One thing that somebody asks for, and when they heard a yes.

    `what` and `about` tell the checker what it means; times are seconds since the start: `ended`
    is when the last try had come to its end.
    """

    what: str
    about: dict[str, Any]
    function: str
    event: dict[str, Any]
    started: float = 0.0
    heard: float | None = None
    answer: Any = None
    tries: int = 0
    ended: float = 0.0


@dataclass
class Clients:
    """Everybody who calls a world, and what became of their calls."""

    world: World
    calls: list[Call] = field(default_factory=list)

    def make(
        self, when: float, call: Call, then: Callable[[Call], None] = lambda _call: None
    ) -> Call:
        """Let a call be made at a time, and again until it is answered with a yes."""
        self.calls.append(call)
        call.started = when
        self.world.loop.at(when, lambda: self._try(call, then))
        return call

    def _try(self, call: Call, then: Callable[[Call], None]) -> None:
        call.tries += 1

        def done(answer: Any) -> None:
            call.ended = self.world.loop.now
            lost = self.world.plan.decide("delete", f"client.{call.what}") is not None
            if answer is not None and answer["statusCode"] in YES and not lost:
                call.heard, call.answer = self.world.loop.now, answer
                self.world.loop.note("heard", call.what)
                then(call)
            elif answer is not None and answer["statusCode"] in range(400, 500) and not lost:
                call.answer = answer
            elif call.tries < MOST_TRIES:
                later = self.world.loop.random.uniform(0.5, 30)
                self.world.loop.at(self.world.loop.now + later, lambda: self._try(call, then))

        self.world.invoke(call.function, call.event, done)


def http(
    method: str, path: str, body: object = None, *, key: str = "owner", idem: str | None = None
) -> dict[str, Any]:
    """Write a call as the HTTP API hands it over."""
    write = key.endswith("demo")
    token = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"authorization": f"Basic {token}" if write else f"Bearer {key}"}
    if idem is not None:
        headers["idempotency-key"] = idem
    form = isinstance(body, str)
    if body is not None:
        headers["content-type"] = (
            "application/x-www-form-urlencoded" if form else "application/json"
        )
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "headers": headers,
        "requestContext": {"stage": "$default", "http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }
    if body is not None:
        event["body"] = body if form else json.dumps(body)
    return event


def move(how: str, campaign_id: str, *, idem: str | None = None) -> Call:
    """Pause, resume or cancel a campaign."""
    event = http("POST", f"/v1/campaigns/{campaign_id}/{how}", idem=idem or how)
    return Call(how, {"campaign": campaign_id}, "admin", event)
