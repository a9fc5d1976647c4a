"""Suppressions at the door: whose, how far, and what is said of a wrong request."""

from typing import Any

import pytest

from signet.domain.suppression import Suppression
from signet.domain.work import MirrorSuppression
from tests.functions.ingest_world import NOW, World

OWNER = "local-owner"
ADDRESS, PHONE = "Ada+News@example.org", "+442079460000"
PATH = "/v1/suppressions"


@pytest.fixture
def world() -> World:
    """Make a world."""
    return World()


def post(world: World, **body: Any) -> Any:
    """Ask for a suppression."""
    return world.call("POST", PATH, {"address": ADDRESS} | body, key=OWNER)


def lift(world: World, **body: Any) -> int:
    """Ask for it to be lifted, and give the status."""
    return world.call("DELETE", PATH, {"address": ADDRESS} | body, key=OWNER).status


@pytest.mark.parametrize("channel", ["email", "sms", "voice"])
@pytest.mark.parametrize(
    "scope",
    [{"scope": "address"}, {"scope": "topic", "topic": "news"}, {"scope": "channel"},
     {"scope": "global"}],
)  # fmt: skip
def test_every_scope_of_every_channel_comes_and_goes(
    world: World, channel: str, scope: dict[str, str]
) -> None:
    """The receipt has what was asked for and not the address; it can be lifted by its scope."""
    address = ADDRESS if channel == "email" else PHONE
    made = post(world, address=address, channel=channel, reason="asked", **scope)
    other = "global" if scope["scope"] != "global" else "address"
    wrong = lift(world, address=address, channel=channel, scope=other)
    gone = lift(world, address=address, channel=channel, reason="asked", **scope)

    assert (201, 404, 204) == (made.status, wrong, gone)
    wanted = {"channel": channel, "reason": "asked", "topic": None, **scope}
    assert wanted == {name: made.json[name] for name in wanted}
    assert address.lower() not in made.body.lower()
    assert [] == world.rows.suppressed


@pytest.mark.parametrize(
    ("method", "change", "field"),
    [
        ("POST", {"address": PHONE}, "address"),
        ("POST", {"address": ADDRESS, "channel": "sms"}, "address"),
        ("POST", {"address": "0207 946 0000", "channel": "voice"}, "address"),
        ("POST", {"channel": "pigeon"}, "channel"),
        ("POST", {"scope": "everywhere"}, "scope"),
        ("POST", {"scope": "channel", "topic": "news"}, "topic"),
        ("POST", {"reason": ""}, "reason"),
        ("POST", {"reason": "r" * 65}, "reason"),
        ("POST", {"scopes": "address"}, "scopes"),
        ("DELETE", {"address": PHONE}, "address"),
        ("DELETE", {"channel": "pigeon"}, "channel"),
        ("DELETE", {"scope": "everywhere"}, "scope"),
        ("DELETE", {"scope": "channel", "topic": "news"}, "topic"),
        ("DELETE", {"topic": "No Topic"}, "topic"),
        ("DELETE", {"reason": ""}, "reason"),
        ("DELETE", {"before": "2026-01-01T00:00:00Z"}, "before"),
    ],
)
def test_a_wrong_field_is_named(
    world: World, method: str, change: dict[str, str], field: str
) -> None:
    """Nothing is written or lifted, and the answer names what is wrong."""
    post(world)
    answer = world.call(method, PATH, {"address": ADDRESS} | change, key=OWNER)

    assert (400, [field]) == (answer.status, [fault["field"] for fault in answer.json["errors"]])
    assert 1 == len(world.rows.suppressed)


def test_an_imported_opt_out_of_a_phone_can_be_lifted(world: World) -> None:
    """By its channel, and the other channel's stays."""
    handle = world.sealer.handle("main", "phone", PHONE)
    for channel in ("sms", "voice"):
        found = Suppression(handle=handle, channel=channel, reason="pinpoint opt-out", at=NOW)
        world.rows.suppress("main", found)

    assert 204 == lift(world, address=PHONE, channel="sms", reason="pinpoint opt-out")
    assert ["voice"] == [one.channel for one in world.rows.suppressed]


def test_the_provider_is_told_later_and_never_in_the_way(world: World) -> None:
    """A queue that is away costs the caller nothing, and a phone is none of its business."""
    post(world)
    lift(world)
    post(world, address=PHONE, channel="sms")
    told = list(world.engagement.items)
    world.engagement.refuses = True
    statuses = post(world).status, lift(world)

    assert [MirrorSuppression] * 2 == [type(work) for work in told]
    assert ADDRESS.lower() not in str(told).lower()
    assert (201, 204) == statuses
