"""In whatever order the bus hands over, and however often, people come out the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixed_clock import NOON
from tests.functions.arrival_world import World

BEFORE = int(NOON.timestamp() * 1000) - 86_400_000
VALUES = st.sampled_from(["Ada", "Grace", "Hedy", None])
FIELDS = ["Title", "Company", "Name.FirstName", "Name.LastName", "MailingAddress.City"]


@st.composite
def changes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw changes of two records, many of them in one transaction or at one moment."""
    return [
        {
            "detail-type": "ContactChangeEvent",
            "source": "aws.partner/salesforce.com/00D/0YL",
            "id": f"e{number}",
            "time": NOON.isoformat(),
            "detail": {"payload": draw(payloads(number))},
        }
        for number in range(draw(st.integers(1, 6)))
    ]


@st.composite
def payloads(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Draw a payload as a relay fills it: every field is there, and some have changed."""
    kind = draw(st.sampled_from(["CREATE", "UPDATE", "UPDATE", "DELETE", "UNDELETE"]))
    changed = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=3))
    return {
        "ChangeEventHeader": {
            "entityName": "Contact",
            "recordIds": draw(st.lists(st.sampled_from(["003A", "003B"]), min_size=1, unique=True)),
            "changeType": kind,
            "transactionKey": draw(st.sampled_from(["t1", "t2"])),
            "sequenceNumber": number,
            "commitTimestamp": BEFORE + draw(st.integers(0, 2)),
            "changedFields": changed,
        },
        "Title": draw(VALUES),
        "Company": draw(VALUES),
        "Name": {"FirstName": draw(VALUES), "LastName": draw(VALUES)},
        "MailingAddress": {"City": draw(VALUES)},
    }


@st.composite
def calls(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw records and events of two calls; a record is updated, and tells more each time."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        detail: dict[str, Any] = {
            "ContactId": draw(st.sampled_from(["c1", "c2"])),
            "LastUpdateTimestamp": f"2026-03-01T12:00:{draw(st.integers(0, 3)):02d}Z",
            "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+441632960001"},
            "Attributes": {"reason": draw(VALUES), "notes": draw(VALUES)},
            f"Unknown{number}": {"new": [number]},
        }
        found.append({"detail-type": "Amazon Connect Contact Record", "detail": detail})
    return [{"source": "pipe", "id": "e", "time": NOON.isoformat(), **one} for one in found]


def outcome(bodies: list[dict[str, Any]], *, one_by_one: bool) -> tuple[Any, Any]:
    """Bring bodies in, and give who is known and what has happened to them."""
    world = World()
    batches = [[body] for body in bodies] if one_by_one else [bodies]
    for batch in batches:
        assert [] == world.receive(*batch)
    assert ([], []) == (world.laid_aside(), world.letters.bodies)
    people = sorted(world.people, key=lambda one: one.id)
    return people, sorted(event.id for event in world.all_events)


def unlike(bodies: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Leave out what would be another content under the same id, which no source sends."""
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for body in bodies:
        detail = body["detail"]
        seen.setdefault(tuple(detail[name] for name in names), body)
    return list(seen.values())


@settings(max_examples=60, deadline=None)
@given(changes(), st.data())
def test_changes_of_a_record_give_one_profile_in_any_order(
    bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    """The moment of the commit and the number within it decide, not the arrival."""
    shuffled = data.draw(st.permutations(bodies + bodies[:2]))

    assert outcome(bodies, one_by_one=True) == outcome(shuffled, one_by_one=True)
    assert outcome(bodies, one_by_one=False) == outcome(shuffled, one_by_one=False)


@settings(max_examples=60, deadline=None)
@given(calls(), st.data())
def test_records_of_a_call_give_one_profile_in_any_order(
    bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    """The newest update stands, whenever it comes."""
    once = unlike(bodies, "ContactId", "LastUpdateTimestamp")
    shuffled = data.draw(st.permutations(once + once[:2]))

    assert outcome(once, one_by_one=True) == outcome(shuffled, one_by_one=True)


def test_of_two_changes_at_one_moment_the_later_number_stands() -> None:
    """Commits are told to the millisecond; a transaction may change a field twice in it."""
    header = {
        "entityName": "Lead",
        "recordIds": ["00Q1"],
        "changeType": "UPDATE",
        "transactionKey": "t",
        "commitTimestamp": BEFORE,
        "changedFields": ["Title"],
    }
    bodies = [
        {
            "detail-type": "LeadChangeEvent",
            "source": "aws.partner/salesforce.com/00D/0YL",
            "detail": {"ChangeEventHeader": header | {"sequenceNumber": n}, "Title": f"No {n}"},
        }
        for n in range(9)
    ]
    for shuffled in (bodies, bodies[::-1]):
        world = World()
        world.receive(*shuffled)
        assert {"title": "No 8"} == world.people[0].values()
