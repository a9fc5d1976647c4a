"""Nobody outside can say that a broadcast considers somebody."""

import pytest

from signet.domain.broadcast import SOURCE, considers
from signet.domain.events import CONSIDERED
from tests.functions.ingest_world import World

EVENT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.done",
         "subject": "u1", "data": {"campaign_id": "c1"}}  # fmt: skip
STRUCTURED = {"content-type": "application/cloudevents+json"}


@pytest.mark.parametrize(
    ("forged", "field"),
    [
        ({"source": SOURCE}, "source"),
        ({"source": f" {SOURCE.upper()}"}, "source"),
        ({"type": CONSIDERED}, "type"),
        ({"type": f" {CONSIDERED.title()}"}, "type"),
        (
            {"data": {"identifiers": {"profile_id": "p1"}, "properties": {"campaign_id": "c1"}}},
            "data.identifiers.profile_id",
        ),
    ],
)
def test_cloudevent_in_our_name_is_400(forged: dict[str, object], field: str) -> None:
    """The source, the type and the id of a profile are ours to give."""
    world = World()
    answer = world.call("POST", "/v1/events", {**EVENT, **forged}, headers=STRUCTURED)

    assert (400, field) == (answer.status, answer.json["errors"][0]["field"])
    assert [] == world.work.events


def test_call_of_a_tracking_client_considers_nobody() -> None:
    """Whatever a client writes into a call, its type and source are those of the door."""
    world = World()
    said = {"source": SOURCE, "type": "track", "event": CONSIDERED, "profile_id": "p1",
            "userId": "u1", "properties": {"campaign_id": "c1", "type": CONSIDERED}}  # fmt: skip
    answer = world.call("POST", "/v1/track", said)

    assert 200 == answer.status
    assert [None] == [considers(event) for event in world.work.events]
    assert [None] == [event.identifiers.profile_id for event in world.work.events]


def test_registered_source_considers_nobody() -> None:
    """A form may hold any field, and stays a form."""
    world = World()
    world.source("form", kind="web_form")
    said = {"email": "ada@example.org", "source": SOURCE, "type": CONSIDERED, "profile_id": "p1",
            "campaign_id": "c1"}  # fmt: skip
    answer = world.call("POST", "/v1/sources/form", said)

    assert 202 == answer.status
    assert [None] == [considers(event) for event in world.work.events]
    assert [None] == [event.identifiers.profile_id for event in world.work.events]
