"""Of several things that a source sends in one body, the good are taken and each bad one waits."""

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.quarantine import Quarantined
from signet.errors import Transient
from tests.functions.admin_world import World as Desk
from tests.functions.ingest_world import NOW, World
from tests.functions.waiting import events, replay
from tests.signers import standard

GOOD, ALSO_GOOD = {"id": "1", "email": "a@b.example"}, {"id": "3", "phone": "+442079460958"}
NO_ADDRESS, NOBODY = {"id": "2", "email": "no", "attempt": 0}, {"id": "4"}
BODY = [GOOD, NO_ADDRESS, ALSO_GOOD, NOBODY]
HOOKS = "whsec_" + base64.b64encode(b"of the shop, of nobody else").decode()


@pytest.fixture
def world() -> World:
    """Make a world with a registered source."""
    world = World()
    world.source("crm", kind="crm")
    return world


def send(world: World, body: Any, name: str = "crm", **headers: str) -> Any:
    """Send a body to a source."""
    text = body if isinstance(body, str) else json.dumps(body)
    return world.call("POST", f"/v1/sources/{name}", text, headers=headers)


def waiting(world: World) -> list[Quarantined]:
    """Give everything in quarantine, in the order in which it lay in its body."""
    page = world.quarantine.page("main", status=None, limit=1000, position=None)
    items = [item for item in page.items if isinstance(item, Quarantined)]
    return sorted(items, key=lambda item: json.dumps(item.payload()))


def queued(world: World) -> list[str]:
    """Give the ids of all events that were queued."""
    return [event.id for event in world.work.events]


def test_good_items_are_taken_and_each_bad_one_waits_by_itself(world: World) -> None:
    """With its own reason, its own fields and nothing but itself as its sample."""
    answer = send(world, BODY)

    bad = [(one.sample, one.faults[0].field, one.reason) for one in waiting(world)]
    assert (202, {"ids": ["1", "3"], "quarantined": 2}) == (answer.status, answer.json)
    assert ["1", "3"] == queued(world)
    assert [
        (NO_ADDRESS, "email", "email: must be exactly one e-mail address"),
        (NOBODY, "email", "email: must be there, or another identifier"),
    ] == bad
    assert {("source", "source:crm", 1, True, "waiting")} == {
        (one.door, one.source, one.count, one.part, one.status) for one in waiting(world)
    }


def test_body_of_good_items_says_that_nothing_waits(world: World) -> None:
    """The answer has the same shape whatever became of a body."""
    assert {"ids": ["1"], "quarantined": 0} == send(world, GOOD).json
    assert {"ids": ["1", "3"], "quarantined": 0} == send(world, [GOOD, ALSO_GOOD]).json
    assert [] == waiting(world)


def test_repeat_of_a_delivery_adds_nothing_to_quarantine(world: World) -> None:
    """However much later it comes, and though its sender counts its attempts within it."""
    world.source("crm", kind="crm", mapping={"id": "id", "email": "email", "phone": "phone"})
    first = send(world, BODY)
    kept = waiting(world)
    world.clock.at = NOW + timedelta(hours=5)

    again = send(world, [GOOD, NO_ADDRESS | {"attempt": 1}, ALSO_GOOD, NOBODY])

    assert first.json == again.json
    assert kept == waiting(world)
    assert 2 == len({event.key for event in world.work.events})


def test_items_without_ids_are_known_by_their_delivery(world: World) -> None:
    """The same words in two deliveries are two items; in a repeated one they are the same."""
    signature = {"scheme": "standard_webhooks", "secrets": [HOOKS]}
    world.source("hooks", kind="app", signature=signature)
    body = json.dumps([{"email": "a@b.example"}, {"email": "no"}, 7])
    for delivery in ("d1", "d2", "d1"):
        world.clock.at += timedelta(minutes=1)
        headers = standard(HOOKS, body, at=world.clock.at, delivery=delivery)
        assert 202 == send(world, body, "hooks", **headers).status

    found = sorted((str(one.message_id), one.sample) for one in waiting(world))
    assert [
        ("d1:1", {"email": "no"}), ("d1:2", 7), ("d2:1", {"email": "no"}), ("d2:2", 7),
    ] == found  # fmt: skip


def test_items_without_any_id_are_known_by_their_content(world: World) -> None:
    """As events of them would be; equal ones of one body are one."""
    for _ in range(2):
        answer = send(world, [{"email": "no"}, {"email": "no"}, {"email": "na"}, GOOD])
        world.clock.at += timedelta(days=1)

    assert {"ids": ["1"], "quarantined": 2} == answer.json
    assert [{"email": "na"}, {"email": "no"}] == [one.sample for one in waiting(world)]


def test_where_nothing_can_be_taken_the_sender_hears_why(world: World) -> None:
    """It is a 400 that names the first, by its place, and each of them waits all the same."""
    for _ in range(2):
        answer = send(world, [NO_ADDRESS, NOBODY])
        world.clock.at += timedelta(hours=1)

    assert (400, "0.email") == (answer.status, answer.json["errors"][0]["field"])
    assert ([], [NO_ADDRESS, NOBODY]) == (queued(world), [one.sample for one in waiting(world)])


def test_what_is_skipped_is_neither_taken_nor_kept(world: World) -> None:
    """A body of which the rest is skipped is refused if what is left is bad."""
    world.source("some", kind="crm", mapping={"skip": "internal"})
    internal = {"internal": True}

    none, mixed = send(world, [internal], "some"), send(world, [internal, GOOD, NOBODY], "some")
    bad = send(world, [internal, NO_ADDRESS], "some")

    assert (202, {"ids": [], "quarantined": 0}) == (none.status, none.json)
    assert {"ids": ["1"], "quarantined": 1} == mixed.json
    assert (400, "1.email") == (bad.status, bad.json["errors"][0]["field"])


@pytest.mark.parametrize(
    "flaw",
    ["\x00", "\ud800", "x" * 20_000, 2**60, json.loads("[" * 70 + "]" * 70)],
    ids=["NUL", "half a letter", "long", "large", "deep"],
)
def test_value_out_of_bounds_spoils_its_own_item_only(world: World, flaw: Any) -> None:
    """What cannot be a value here is kept to the byte, and its neighbour is taken."""
    odd = {**GOOD, "id": "5", "odd": flaw}

    answer = send(world, [GOOD, odd])

    (item,) = waiting(world)
    assert (202, ["1"]) == (answer.status, queued(world))
    assert ("odd", json.dumps(odd)) == (
        item.faults[0].field.split(".")[0],
        json.dumps(item.payload()),
    )


def test_items_too_deep_to_be_named_are_kept_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no name can be made of what came, its place keeps it from being lost."""
    monkeypatch.setattr("signet.usecases.quarantine.written", lambda _: None)

    send(world, [GOOD, 7, 8])

    assert [7, 8] == [one.sample for one in waiting(world)]


def test_list_inside_of_an_object_is_taken_apart_as_well(world: World) -> None:
    """The one bad item of several is the sample; where it is alone, the whole body is."""
    world.source("inside", kind="app", mapping={"items": "rows"})

    several = send(world, {"rows": [GOOD, NOBODY]}, "inside")
    alone = send(world, {"rows": [NO_ADDRESS], "of": "Monday"}, "inside")

    assert (202, 400) == (several.status, alone.status)
    assert [(NOBODY, True), ({"rows": [NO_ADDRESS], "of": "Monday"}, False)] == [
        (one.sample, one.part) for one in waiting(world)
    ]


def test_list_that_is_too_long_waits_whole(world: World) -> None:
    """There is no item to take where the body as such is refused, and a repeat is the same."""
    for _ in range(2):
        answer = send(world, [GOOD] * 1001)
        world.clock.at += timedelta(hours=1)

    (item,) = waiting(world)
    assert (400, "body", False) == (
        answer.status, answer.json["errors"][0]["field"], item.part,
    )  # fmt: skip
    assert ([GOOD] * 1001, []) == (item.sample, queued(world))


def test_two_bad_items_with_one_number_are_two(world: World) -> None:
    """What is called `id` may be a record's, of which several things are told; none is lost."""
    first, second = {"id": "7", "email": "bad one"}, {"id": "7", "email": "bad two"}
    world.source("mapped", kind="crm", mapping={"id": "id", "email": "email"})

    answers = [send(world, [first, second, GOOD], name).json for name in ("crm", "mapped")]
    later = send(world, [{"id": "7", "email": "bad three"}, GOOD]).json

    assert [2, 2, 1] == [answer["quarantined"] for answer in (*answers, later)]
    assert 5 == len(waiting(world))


def test_item_out_of_bounds_spoils_no_other_where_a_mapping_finds_them(world: World) -> None:
    """A list inside a body is no other than a list that is the body."""
    world.source("nested", kind="crm", mapping={"items": "all", "id": "id", "email": "email"})
    long = {"id": "2", "email": "c@d.example", "note": "x" * 17_000}

    answer = send(world, {"all": [GOOD, long]}, "nested")

    assert (202, {"ids": ["1"], "quarantined": 1}) == (answer.status, answer.json)
    assert [long] == [one.sample for one in waiting(world)]


def test_queue_that_is_away_leaves_nothing_half_done(world: World) -> None:
    """The sender hears a 503 and repeats; until then nothing is kept either."""
    world.work.refuses = True
    away = send(world, BODY)
    nothing = waiting(world)
    world.work.refuses = False

    again = send(world, BODY)

    assert (503, [], 202) == (away.status, nothing, again.status)
    assert (2, ["1", "3"]) == (len(waiting(world)), queued(world))


def test_quarantine_that_is_away_costs_a_repeat_that_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The good ones are queued again under their ids, and the bad ones are kept then, once."""
    with monkeypatch.context() as broken:
        broken.setattr(world.quarantine, "add", _away)
        away = send(world, BODY)
    again = send(world, BODY)

    assert (503, 202) == (away.status, again.status)
    assert (["1", "3"] * 2, 2) == (queued(world), len({one.key for one in world.work.events}))
    assert 2 == len(waiting(world))


def test_body_costs_one_call_for_each_of_its_halves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for all that is good, and one for all that is bad."""
    calls: list[tuple[str, int]] = []
    added, sent = world.quarantine.add, world.work.send

    def add(items: Sequence[Quarantined]) -> None:
        calls.append(("add", len(items)))
        added(items)

    def send_on(items: Sequence[Any]) -> None:
        calls.append(("send", len(items)))
        sent(items)

    monkeypatch.setattr(world.quarantine, "add", add)
    monkeypatch.setattr(world.work, "send", send_on)

    send(world, BODY)

    assert [("send", 1), ("add", 2)] == calls


def test_alarm_hears_how_many_items_wait(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Also where the body as a whole is refused."""
    send(world, BODY)
    send(world, [NO_ADDRESS, NOBODY])

    lines = [line for line in caplog.records if line.message == "quarantined"]
    assert [2, 2] == [vars(line)["count"] for line in lines]


def test_item_is_corrected_and_brought_in_by_itself(world: World) -> None:
    """It is read as it was in its body, also by a mapping that looks for items in a body."""
    draft = {"kind": "app", "mapping": {"items": "rows"}}
    world.source("inside", **draft)
    send(world, {"rows": [GOOD, NO_ADDRESS, NOBODY]}, "inside")
    desk = Desk()
    desk.call("PUT", "/v1/sources/inside", draft)
    desk.quarantine.add(waiting(world))
    mended, other = waiting(world)

    refused = replay(desk, other.id)
    done = replay(desk, mended.id, {"correction": {"email": "c@d.example"}})

    (event,) = events(desk)
    assert (422, 200) == (refused.status, done.status)
    assert ("2", "source:inside", "c@d.example") == (
        event.id, event.source, event.identifiers.email,
    )  # fmt: skip
    states = {one: desk.quarantine.get("main", one) for one in (mended.id, other.id)}
    assert ["replayed", "waiting"] == [one.status for one in states.values() if one]


def test_item_of_a_delivery_keeps_the_id_that_it_would_have_had(world: World) -> None:
    """So what its sender repeats after the correction is the same event."""
    signature = {"scheme": "standard_webhooks", "secrets": [HOOKS]}
    world.source("hooks", kind="app", signature=signature)
    body = json.dumps([{"email": "a@b.example"}, {"email": "no"}])
    send(world, body, "hooks", **standard(HOOKS, body, at=NOW, delivery="d1"))
    desk = Desk()
    desk.call("PUT", "/v1/sources/hooks", {"kind": "app"})
    (item,) = waiting(world)
    desk.quarantine.add([item])

    replay(desk, item.id, {"correction": {"email": "c@d.example"}})

    assert (["d1:0"], ["d1:1"]) == (queued(world), [one.id for one in events(desk)])


def _away(_: Sequence[Quarantined]) -> None:
    raise Transient("the table is away")
