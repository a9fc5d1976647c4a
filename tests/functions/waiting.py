"""Things that wait in quarantine, and bringing them in again, in a world of the admin function."""

from typing import Any

from signet.domain.quarantine import Quarantined, QuarantineDoor, quarantined
from signet.domain.work import ApplyEvents, read_as
from signet.errors import Rejected
from tests.functions.admin_world import START, World

LIST = "/v1/quarantine"
ERROR = Rejected.field("userId", "must be there, or anonymousId")
CALL = {"type": "track", "event": "Came", "messageId": "m1"}


def keep(
    world: World,
    sample: Any = CALL,
    *,
    door: QuarantineDoor = "call",
    source: str = "segment:k1",
    place: str = "0",
    **fields: Any,
) -> str:
    """Let something wait in quarantine; give its id."""
    received_at = fields.pop("received_at", START)
    item = quarantined(
        ERROR, workspace="main", door=door, source=source, sample=sample,
        received_at=received_at, place=place,
    ).model_copy(update=fields)  # fmt: skip
    world.quarantine.add([item])
    return item.id


def events(world: World) -> list[Any]:
    """Give every event on its way to preprocess."""
    bodies = [entry.body for entry in world.queues["preprocess"].entries.values()]
    return [event for body in bodies for event in read_as(body, ApplyEvents).events]


def replay(world: World, item_id: str, body: object = None, **headers: str) -> Any:
    """Bring an item in again."""
    return world.call("POST", f"{LIST}/{item_id}/replay", body or {}, **headers)


def got(world: World, item_id: str) -> Any:
    """Read an item."""
    return world.call("GET", f"{LIST}/{item_id}").json


def item_of(world: World, item_id: str) -> Quarantined:
    """Give an item as it is kept."""
    item = world.quarantine.get("main", item_id)
    assert item is not None
    return item
