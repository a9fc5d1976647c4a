"""Each thing in quarantine is read again as at the door where it came in."""

import json
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.message import Message
from signet.domain.quarantine import QuarantineDoor
from tests.functions.admin_world import START, World
from tests.functions.waiting import CALL, LIST, events, got, keep, replay


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


def test_what_was_said_beside_a_payload_is_heard_at_its_replay(world: World) -> None:
    """A browser's signal came with the form, and counts whenever the form is mended."""
    world.call("PUT", "/v1/sources/shop", {"ready_made": "web_form"})
    item_id = keep(
        world, {"email": "<b>"}, door="source", source="source:shop", beside={"gpc": True}
    )

    answer = replay(world, item_id, {"correction": {"email": "ada@example.org"}})

    assert (200, True) == (answer.status, events(world)[0].context["gpc"])


@pytest.mark.parametrize("correction", [{"Address": "a@b.example"}, {"email": "a@b.example"}])
def test_corrected_endpoint_of_pinpoint_still_has_opted_out(
    world: World, correction: dict[str, str]
) -> None:
    """Whichever name its address is mended by, it is that of the person and is suppressed."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    user = {"UserId": "u1", "UserAttributes": {"FirstName": ["Ada"]}}
    sample = {"ChannelType": "EMAIL", "Address": "a at b", "OptOut": "ALL", "User": user}
    names = {"external_id": "u1", "event": "Pinpoint endpoint imported", "email": "a at b"}
    item_id = keep(world, sample | names, door="import", source="source:crm")

    tried = world.call(
        "POST", f"{LIST}/replay", {"ids": [item_id], "correction": correction, "dry_run": True}
    )
    before = world.call("GET", "/v1/suppressions").json["data"]
    answer = replay(world, item_id, {"correction": correction})

    (event,) = events(world)
    assert ([], [item_id], 200) == (before, tried.json["replayed"], answer.status)
    assert ("a@b.example", "u1") == (event.identifiers.email, event.identifiers.external_id)
    assert "Ada" == event.traits["first_name"]
    handle = world.sealer.handle("main", "email", "a@b.example")
    suppressions = world.permissions.look("main", "p", handle).suppressions
    assert ["pinpoint opt-out"] == [one.reason for one in suppressions]


def test_list_of_a_source_is_replayed_whole(world: World) -> None:
    """What was refused as a body waits as one, and all of it comes in together."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    both = [{"email": "a@b.example"}, {"phone": "+442079460958"}]
    item_id = keep(world, both, door="source", source="source:crm")

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


MENTION = {
    "detail-type": "social", "source": "listener", "time": START.isoformat(),
    "detail": {"specversion": "1.0", "type": "social.mention.created", "id": "m7",
               "data": {"text": "Nice", "author": {"id": "a1"}}},
}  # fmt: skip
DEVICE = {"signet_source": "thermostats", "id": "d7", "user_id": "u1", "celsius": 19.5}


@pytest.mark.parametrize(
    ("sample", "name"), [(MENTION, "social_mentions"), (DEVICE, "thermostats")]
)
def test_arrival_is_read_once_its_source_is_registered(
    world: World, sample: Any, name: str
) -> None:
    """What came by the bus or from a device is read by its source, as it would be by now."""
    item_id = keep(world, sample, door="bus", source=f"source:{name}")
    early = replay(world, item_id)
    mapping = {"id": "id", "external_id": "user_id"}
    if name == "social_mentions":
        mapping = {"id": "detail.id", "external_id": "detail.data.author.id"}
    world.call("PUT", f"/v1/sources/{name}", {"kind": "social", "mapping": mapping})

    done = replay(world, item_id)

    (event,) = events(world)
    assert (422, "source", 200) == (early.status, early.json["errors"][0]["field"], done.status)
    assert (f"source:{name}", START) == (event.source, event.received_at)


def test_one_item_of_a_body_of_the_bus_is_read_by_itself(world: World) -> None:
    """It is no body any more, so nobody looks for items in it, and its time may be an old one."""
    mapping = {"items": "detail.data.posts", "external_id": "by", "id": "n", "time": "at"}
    world.call("PUT", "/v1/sources/social_mentions", {"kind": "social", "mapping": mapping})
    then = START - timedelta(days=400)
    item = {"n": "7", "at": then.isoformat(), "text": "x" * 20_000}
    item_id = keep(world, item, door="bus", source="source:social_mentions", part=True)

    done = replay(world, item_id, {"correction": {"by": "u1"}})

    (event,) = events(world)
    assert (200, "7", "u1", then) == (
        done.status, event.id, event.identifiers.external_id, event.occurred_at,
    )  # fmt: skip


@pytest.mark.parametrize("door", ["bus", "mail"])
def test_no_work_of_ours_comes_in_as_a_correction(world: World, door: QuarantineDoor) -> None:
    """Who corrects a payload writes a payload, and never an event of somebody else's."""
    work = {"kind": "apply_events", "events": [{"workspace": "other", "id": "e"}]}
    sample = MENTION if door == "bus" else {"detail-type": "Object Created"}
    item_id = keep(world, sample, door=door, source="source:x")

    answers = [
        replay(world, item_id, {"correction": work, "whole": True}),
        replay(world, item_id, {"correction": work}),
    ]

    assert [422, 422] == [answer.status for answer in answers]
    assert not world.queues["preprocess"].entries


def test_mail_is_read_again_as_it_lies_in_the_bucket(world: World) -> None:
    """The news of the mail goes back to the queue as it was."""
    news = {"detail-type": "Object Created", "detail": {"object": {"key": "inbound/main/1"}}}

    answer = replay(world, keep(world, news, door="mail", source="source:inbound_mail"))

    (entry,) = world.queues["preprocess"].entries.values()
    assert (200, news) == (answer.status, json.loads(entry.body))


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


def test_delivery_without_an_id_of_its_own_keeps_that_of_its_envelope(world: World) -> None:
    """The sender's next try of the same delivery is the event that was replayed."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    sample = {"email": "no", "id": "7"}
    item_id = keep(world, sample, door="source", source="source:crm", message_id="delivery-7")

    replay(world, item_id, {"correction": {"email": "ada@example.org"}})

    assert ["delivery-7"] == [event.id for event in events(world)]


def test_payload_that_its_source_skips_stays_where_it_is(world: World) -> None:
    """Nothing would come of it, so nobody is told that it was brought in."""
    mapping = {"skip": "test"}
    world.call("PUT", "/v1/sources/crm", {"kind": "crm", "mapping": mapping})
    sample = {"email": "ada@example.org", "test": True}
    item_id = keep(world, sample, door="source", source="source:crm")

    refused = replay(world, item_id)

    assert (422, "body", []) == (
        refused.status, refused.json["errors"][0]["field"], events(world),
    )  # fmt: skip


def test_row_of_a_file_may_be_as_old_as_it_likes(world: World) -> None:
    """Files bring history, at their first reading and at every later one."""
    world.call("PUT", "/v1/sources/crm", {"kind": "crm"})
    row = {"email": "ada@example.org", "time": "2019-01-01T00:00:00Z"}

    old = replay(world, keep(world, row, door="import", source="source:crm"))
    late = replay(world, keep(world, row, door="source", source="source:crm"))

    assert (200, 422, "time") == (old.status, late.status, late.json["errors"][0]["field"])
    assert 2019 == events(world)[0].occurred_at.year
