"""Each thing in quarantine is read again as at the door where it came in."""

import json
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.message import Message
from signet.domain.quarantine import QuarantineDoor
from tests.functions.admin_world import START, World
from tests.functions.waiting import CALL, events, got, keep, replay


@pytest.fixture
def world() -> World:
    """Make a fresh world."""
    return World()


def test_client_time_is_corrected_as_it_was_then(world: World) -> None:
    """The client told its time of sending with the batch, and the replay knows it."""
    sent = (START + timedelta(hours=1)).isoformat()
    claimed = (START + timedelta(minutes=50)).isoformat()
    item_id = keep(world, {**CALL, "timestamp": claimed}, sent_at=sent)

    replay(world, item_id, {"correction": {"userId": "u1"}})

    (event,) = events(world)
    assert START - timedelta(minutes=10) == event.occurred_at


def test_pack_is_corrected_member_by_member(world: World) -> None:
    """A patch mends every call of a pack; a list with `whole` replaces them one by one."""
    calls = [{"type": "track", "event": "Came", "messageId": f"m{n}"} for n in range(3)]
    first, second = keep(world, calls, count=3), keep(world, calls, count=3, place="1")
    whole = [{**call, "userId": f"u{n}"} for n, call in enumerate(calls)]

    refused = replay(world, second, {"correction": [whole[0], 7], "whole": True})
    patched = replay(world, first, {"correction": {"userId": "u"}})
    replaced = replay(world, second, {"correction": whole, "whole": True})

    assert (422, "1.body") == (refused.status, refused.json["errors"][0]["field"])
    assert (200, 200) == (patched.status, replaced.status)
    assert ["m0", "m1", "m2"] * 2 == [event.id for event in events(world)]


def test_kept_in_part_needs_the_whole_payload(world: World) -> None:
    """A patch on what is not there would invent the rest."""
    item_id = keep(world, {**CALL, "text": "x" * 400_000})
    patched = replay(world, item_id, {"correction": {"userId": "u1"}})
    whole = replay(world, item_id, {"correction": {**CALL, "userId": "u1"}, "whole": True})

    assert (422, "correction") == (patched.status, patched.json["errors"][0]["field"])
    assert (200, 1) == (whole.status, len(events(world)))


@pytest.mark.parametrize(
    ("sample", "correction"),
    [({"type": "track", "event": "\ud800", "userId": "u"}, {"event": "Came"}),
     ({"type": "track", "event": "Came", "userId": "u", "deep": json.loads("[" * 150 + "]" * 150)},
      {"deep": None})],
)  # fmt: skip
def test_odd_payload_is_patched_like_any_other(world: World, sample: Any, correction: Any) -> None:
    """What only a text can hold is corrected as the value that it stands for."""
    item_id = keep(world, sample)

    found, answer = got(world, item_id), replay(world, item_id, {"correction": correction})

    assert json.dumps(sample) == found["sample"]
    assert (200, "Came") == (answer.status, events(world)[0].name)


def test_source_payload_is_judged_as_of_its_receipt(world: World) -> None:
    """A time that was right when it came is right when it is replayed months later."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    then = START - timedelta(days=60)
    sample = {"email": "ada at example.org", "time": then.isoformat(), "id": "7"}
    item_id = keep(world, sample, door="source", source="source:crm", received_at=then)

    answer = replay(world, item_id, {"correction": {"email": "ada@example.org", "id": "8"}})

    (event,) = events(world)
    assert (200, "7", "source:crm") == (answer.status, event.id, event.source)
    assert (then, then) == (event.occurred_at, event.received_at)


def test_list_of_a_source_is_replayed_whole(world: World) -> None:
    """Where one of several payloads was bad, all of them wait and come in together."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    item_id = keep(
        world, [{"email": "a@b.example"}, {"phone": "1"}], door="source", source="source:crm"
    )

    assert (200, 2) == (replay(world, item_id).status, len(events(world)))


def test_payload_of_a_source_that_is_gone_is_422(world: World) -> None:
    """Without its mapping nobody can read it."""
    item_id = keep(world, {"email": "a@b.example"}, door="source", source="source:none")

    assert "source" == replay(world, item_id).json["errors"][0]["field"]


def test_cloud_event_is_read_as_at_its_door(world: World) -> None:
    """Attributes, subject and data make the event, and what is missing is named."""
    sample = {"specversion": "1.0", "source": "/s", "type": "t", "subject": "u1", "data": {"a": 1}}
    item_id = keep(world, sample, door="event", source="/s")

    refused = replay(world, item_id)
    done = replay(world, item_id, {"correction": {"id": "e1"}})

    assert ("id", 200) == (refused.json["errors"][0]["field"], done.status)
    assert ("e1", {"a": 1}) == (events(world)[0].id, events(world)[0].properties)


@pytest.mark.parametrize("sample", [{"a": 1}, "text"])
@pytest.mark.parametrize("door", ["bus", "mail"])
def test_body_of_the_bus_goes_back_to_its_queue(
    world: World, door: QuarantineDoor, sample: Any
) -> None:
    """Preprocess reads it again, as it did when it came."""
    replay(world, keep(world, sample, door=door))

    (entry,) = world.queues["preprocess"].entries.values()
    assert entry.body == (sample if isinstance(sample, str) else json.dumps(sample))


def report(**tags: str) -> dict[str, Any]:
    """Write a delivery as SES does, with tags."""
    mail = {
        "timestamp": START.isoformat(), "messageId": "ses1",
        "tags": {name: [value] for name, value in tags.items()},
    }  # fmt: skip
    return {"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": START.isoformat()}}


def test_report_goes_back_to_its_queue_once_its_message_is_known(world: World) -> None:
    """A report about nothing is refused again; corrected, it is settled like any other."""
    world.message("m1", status="sent")
    world.ledger.plan(Message(workspace="other", id="m2", template="t", planned_at=START))
    sample = report(signet_ws="main", signet_msg="none", signet_ep="0")
    item_id = keep(world, sample, door="provider_event", source="provider:ses")

    def corrected(**tags: list[str]) -> Any:
        return replay(world, item_id, {"correction": {"mail": {"tags": tags}}})

    again = replay(world, item_id)
    foreign = corrected(signet_ws=["other"], signet_msg=["m2"])
    broken = replay(world, item_id, {"correction": {"eventType": "Dance"}})
    shapeless = replay(world, item_id, {"correction": {"mail": 7}})
    early = list(world.queues["report"].entries)
    done = corrected(signet_msg=["m1"])

    assert [422] * 4 == [answer.status for answer in (again, foreign, broken, shapeless)]
    assert ["mail.tags.signet_msg", "mail.tags.signet_ws", "eventType", "body"] == [
        answer.json["errors"][0]["field"] for answer in (again, foreign, broken, shapeless)
    ]
    assert (200, []) == (done.status, early)
    (entry,) = world.queues["report"].entries.values()
    assert ["m1"] == json.loads(entry.body)["detail"]["mail"]["tags"]["signet_msg"]


def test_report_about_another_workspace_goes_where_it_said(world: World) -> None:
    """The home workspace looks after strays, and may let one on, unchanged in its aim."""
    world.ledger.plan(Message(workspace="other", id="m2", template="t", planned_at=START))
    sample = report(signet_ws="other", signet_msg="m2", signet_ep="0")

    answer = replay(world, keep(world, sample, door="provider_event", source="provider:ses"))

    assert (200, 1) == (answer.status, len(world.queues["report"].entries))
