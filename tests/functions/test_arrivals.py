"""What may lie on the preprocess queue: ours, from outside, or poison (bad input 56)."""

import json
from pathlib import Path
from typing import Any

import pytest

from signet.domain.quarantine import QuarantineStep
from signet.domain.source import Source
from signet.errors import Transient
from tests.fixed_clock import NOON
from tests.functions.arrival_world import World

SAMPLES = Path(__file__).resolve().parents[2] / "events" / "preprocess"
NOT_OURS = {
    "no JSON": "hello",
    "a truncated pack": '{"kind":"apply_events","events":[{"workspace":"ma',
    "a kind of the next version": '{"kind":"apply_wishes","wishes":[]}',
    "a pack of the next version": '{"kind":"apply_events","events":[],"since":1}',
    "a list": "[1,2,3]",
    "a number": "7",
    "work of another stage": '{"kind":"render_messages","messages":[{"workspace":"main",'
    '"message_id":"m"}]}',
    "words of the bus in no object": '["detail-type","signet_source"]',
    "too deep to read": '{"detail-type":' + "[" * 100_000,
}


def sample(name: str, **changes: Any) -> dict[str, Any]:
    """Read a sample, with changes to its top."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    own = "signet_time" if "signet_time" in found else "time"
    return found | {own: NOON.isoformat()} | changes


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """Read a sample, with one change at a dotted path."""
    found = sample(name)
    *way, last = path.split(".")
    place = found
    for step in way:
        place = place[step]
    place[last] = value
    return found


# What is from outside and cannot be read: the body, and what its reason names.
UNREADABLE = {
    "a kind of event that nobody reads": (sample("social_mention") | {"detail": {}}, "detail-type"),
    "a change without a payload": (sample("salesforce_change", detail=[]), "ChangeEventHeader"),
    "a change of a thing": (
        changed("salesforce_change", "detail.payload.ChangeEventHeader.entityName", "Asset"),
        "entityName",
    ),
    "a gap in the changes": (
        changed("salesforce_change", "detail.payload.ChangeEventHeader.changeType", "GAP_UPDATE"),
        "changeType",
    ),
    "a change without a number": (
        changed("salesforce_change", "detail.payload.ChangeEventHeader.sequenceNumber", None),
        "sequenceNumber",
    ),
    "a change without a moment": (
        changed("salesforce_change", "detail.payload.ChangeEventHeader.commitTimestamp", "soon"),
        "commitTimestamp",
    ),
    "a change of nothing": (
        changed("salesforce_change", "detail.payload.ChangeEventHeader.recordIds", []),
        "recordIds",
    ),
    "a call of nobody": (changed("connect_record", "detail.CustomerEndpoint", None), "email"),
    "a call without an id": (changed("connect_record", "detail.ContactId", None), "id"),
    "a call of tomorrow's tomorrow": (
        changed("connect_record", "detail.LastUpdateTimestamp", "2026-12-01T00:00:00Z"),
        "time",
    ),
    "a mention without an author": (changed("social_mention", "detail.data.author", None), ""),
    "a device that names a number": (sample("iot_reading", signet_source=7), "signet_source"),
    "a device of no source": (sample("iot_reading", signet_source="toasters"), "source"),
    "a device with half a letter": (sample("iot_reading", unit="\ud800"), "unit"),
    "a device of nobody": (sample("iot_reading", customer_id=None, device_id=None), "email"),
}


@pytest.mark.parametrize("what", NOT_OURS)
def test_what_is_neither_ours_nor_from_outside_is_a_dead_letter_at_first_sight(what: str) -> None:
    """No retry loop, no quarantine: the letter has its reason."""
    world = World()

    assert [] == world.receive(NOT_OURS[what])

    assert [NOT_OURS[what]] == world.letters.bodies
    assert [] == world.laid_aside()


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_lies_in_quarantine_once(what: str) -> None:
    """With its reason and the body as it came, however often it comes; nobody is made."""
    body, named = UNREADABLE[what]
    world = World()

    assert [] == world.receive(body) == world.receive(body)

    (item,) = world.laid_aside()
    assert ("bus", "waiting", NOON) == (item.door, item.status, item.received_at)
    assert named in item.reason
    assert body == item.payload()
    assert ([], []) == (world.people, world.letters.bodies)


@pytest.mark.parametrize(
    "name",
    ["salesforce_change", "connect_event", "connect_record", "iot_reading", "social_mention"],
)
def test_what_nobody_registered_lies_in_quarantine(name: str) -> None:
    """It is of use later: whoever registers the source replays it."""
    world = World(sources=())

    world.receive(sample(name))

    (item,) = world.laid_aside()
    assert "is not registered in main" in item.reason
    assert item.source.startswith("source:")


def test_a_bad_body_takes_none_of_its_neighbours_along() -> None:
    """A batch of ten may hold anything."""
    world = World()

    world.receive("hello", sample("iot_reading", signet_source="toasters"), sample("iot_reading"))

    assert 1 == len(world.people) == len(world.laid_aside()) == len(world.letters.bodies)


def test_an_outage_leaves_a_body_on_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that does not answer is no reason to lay anything aside."""
    world = World()

    def away(*_: object) -> None:
        raise Transient("the catalog is away")

    monkeypatch.setattr(world.catalog, "source", away)

    assert ["0"] == world.receive(sample("iot_reading"))
    assert ([], []) == (world.laid_aside(), world.letters.bodies)


def test_what_was_brought_in_again_and_fails_again_waits_again() -> None:
    """A replay before the source is registered loses nothing, and what came twice is once."""
    world = World(sources=())
    for number in range(3):
        world.receive(sample("iot_reading"))
        world.receive(sample("iot_reading"))
        waiting = [item for item in world.laid_aside() if item.status == "waiting"]
        assert (1, number + 1) == (len(waiting), len(world.laid_aside()))
        step = QuarantineStep(at=NOON, actor="k1", action="replayed")
        world.quarantine.save(waiting[0].after(step, status="replayed"), expected_version=0)
    world.register("thermostats")

    world.receive(sample("iot_reading"))

    assert (1, 3) == (len(world.people), len(world.laid_aside()))


def test_only_what_changed_becomes_a_trait() -> None:
    """A relay's nulls are no news; what was emptied is, and takes the value away."""
    world = World()
    world.receive(changed("salesforce_change", "detail.payload.Title", "Countess"))
    (ada,) = world.people
    assert "Countess" == ada.values()["title"]

    later = changed("salesforce_change", "detail.payload.ChangeEventHeader.sequenceNumber", 2)
    world.receive(later)

    (ada,) = world.people
    assert {"email", "city", "last_name"} == set(ada.values())


def test_a_change_of_many_records_is_one_event_for_each() -> None:
    """Salesforce merges equal changes of one transaction."""
    world = World()
    ids = [f"003{number:015d}" for number in range(120)]
    body = changed("salesforce_change", "detail.payload.ChangeEventHeader.recordIds", ids)
    body["detail"]["payload"]["ChangeEventHeader"]["changedFields"] = ["MailingAddress.City"]

    world.receive(body, body)

    page = world.profiles.page("main", limit=200, position=None)
    assert 120 == len(page.items)


def test_a_payload_in_the_older_shape_is_read_alike() -> None:
    """AppFlow puts the fields into the detail itself."""
    relayed, flowed = World(), World()
    body = sample("salesforce_change")

    relayed.receive(body)
    flowed.receive(body | {"detail": body["detail"]["payload"]})

    assert relayed.people == flowed.people


def test_a_device_is_known_by_its_own_name() -> None:
    """Nobody has said whose it is; it is somebody all the same."""
    world = World()

    world.receive(sample("iot_reading", customer_id=None))

    assert {"anonymous_id": ("th-0042",)} == world.people[0].identifiers


def test_a_source_may_read_what_is_its_own() -> None:
    """A mapping of ready-made sources can be changed in part like any other."""
    world = World(sources=())
    world.register("amazon_connect", mapping={
        "external_id": "detail.Attributes.reason", "event": "'Rang'", "time": "time",
        "id": "detail.ContactId",
    }, trust=70)  # fmt: skip

    world.receive(sample("connect_record"))

    (event,) = world.all_events
    assert ("Rang", 70, "delivery") == (event.name, event.trust, event.identifiers.external_id)


# One body with several readings in it, of a gateway of devices or of a feed on the bus.
READINGS = [{"n": 1, "of": "ada"}, {"n": 2}, {"n": 3, "of": "bo"}, 7]
PLURAL = {
    "iot_reading": ("thermostats", sample("iot_reading", readings=READINGS), "readings"),
    "social_mention": (
        "social_mentions",
        changed("social_mention", "detail.data", {"readings": READINGS}),
        "detail.data.readings",
    ),
}


def _plural(what: str) -> tuple[World, Any]:
    name, body, items = PLURAL[what]
    world = World(sources=())
    mapping = {"items": items, "external_id": "of", "id": "n", "event": "'Read'", "time": "at"}
    source = {"workspace": "main", "name": name, "kind": "iot", "mapping": mapping}
    world.catalog.save_source("main", Source.model_validate(source), expected_revision=0)
    return world, body


@pytest.mark.parametrize("what", PLURAL)
def test_bad_item_of_a_body_waits_by_itself_and_the_others_are_taken(what: str) -> None:
    """As at the doors for HTTP, once however often the body comes."""
    world, body = _plural(what)

    assert [] == world.receive(body) == world.receive(body)

    assert {"1", "3"} == {event.id for event in world.all_events}
    found = {str(item.sample): item.faults[0].field for item in world.laid_aside()}
    assert {str({"n": 2}): "email", "7": "body"} == found
    assert {("bus", True, NOON)} == {
        (item.door, item.part, item.received_at) for item in world.laid_aside()
    }


@pytest.mark.parametrize("what", PLURAL)
def test_body_whose_every_item_is_bad_leaves_each_of_them(what: str) -> None:
    """Nothing comes of it, and nothing is tried again."""
    world, body = _plural(what)
    text = json.dumps(body).replace('"of"', '"off"')

    assert [] == world.receive(text)

    assert (4, [], []) == (len(world.laid_aside()), world.people, world.letters.bodies)


def test_body_waits_on_its_queue_while_the_bad_part_of_it_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then all of it comes again, and nothing of it is there twice."""
    world, body = _plural("iot_reading")

    def away(*_: object) -> None:
        raise Transient("the table is away")

    with monkeypatch.context() as broken:
        broken.setattr(world.quarantine, "add", away)
        again = world.receive(body)
    world.receive(body)

    assert ["0"] == again
    assert (2, 2) == (len(world.all_events), len(world.laid_aside()))


def test_an_odd_moment_of_the_envelope_is_not_believed() -> None:
    """Rows are kept from the moment of receipt on: one of 1970 would be gone at once."""
    world = World()

    world.receive(sample("social_mention", detail={}, time="1970-01-01T00:00:00Z"))

    assert [NOON] == [item.received_at for item in world.laid_aside()]
