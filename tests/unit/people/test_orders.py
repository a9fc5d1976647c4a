"""Whatever the order in which events come, and however often, a person comes out the same."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signet.domain.events import IDENTIFIED, TRACKED, Event, Identifiers
from signet.domain.lineage import Lineage
from signet.domain.profile import Profile
from tests.unit.people.people import People

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALUES = st.sampled_from(["free", "pro", None, 3, [1], {"a": 1}])
TRAITS = st.dictionaries(st.sampled_from(["plan", "city", "first_name"]), VALUES, max_size=3)


def known(people: People) -> list[tuple[Any, Any]]:
    """Give everybody, and where what is known of them comes from, without write counters."""
    page = people.profiles.page("main", limit=100, position=None)
    persons = [person for person in page.items if isinstance(person, Profile)]
    lineages = people.profiles.lineages("main", [person.id for person in persons])
    return sorted(
        (_without_version(person), _without_version(lineages.get(person.id))) for person in persons
    )


def _without_version(found: Profile | Lineage | None) -> str:
    if found is None:
        return ""
    still = found.model_copy(update={"version": 0})
    ordered = {name: still.traits[name] for name in sorted(still.traits)}
    return str(still.model_copy(update={"traits": ordered}).model_dump())


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Draw events about two people, with conflicting traits at close or equal times."""
    count = draw(st.integers(2, 7))
    return [draw(_event(number)) for number in range(count)]


@st.composite
def _event(draw: st.DrawFn, number: int) -> Event:
    traits = draw(TRAITS)
    return Event(
        workspace="main",
        id=f"e{number}",
        source=draw(st.sampled_from(["source:crm", "segment:demo"])),
        type=IDENTIFIED if traits else TRACKED,
        name="x",
        occurred_at=NOON + timedelta(minutes=draw(st.integers(0, 3))),
        received_at=NOON + timedelta(hours=1, minutes=number),
        trust=draw(st.sampled_from([20, 50, 50, 90])),
        mapping_version=draw(st.integers(0, 2)),
        identifiers=Identifiers(
            external_id=draw(st.sampled_from(["ada", "bob"])),
            anonymous_id=draw(st.sampled_from([None, None, "phone-1"])),
        ),
        traits=traits,
    )


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[Event]], list[list[Event]]]:
    """Draw the same events twice: in one order, and in another with repeats and other packs."""
    told = draw(events())
    again = draw(st.lists(st.sampled_from(told), max_size=4))
    return _packed(draw, told), _packed(draw, draw(st.permutations([*told, *again])))


def _packed(draw: st.DrawFn, told: Sequence[Event]) -> list[list[Event]]:
    packs: list[list[Event]] = [[]]
    for event in told:
        if packs[-1] and draw(st.booleans()):
            packs.append([])
        packs[-1].append(event)
    return packs


@settings(max_examples=300, deadline=None)
@given(deliveries())
def test_everybody_is_the_same_for_every_order(
    told: tuple[list[list[Event]], list[list[Event]]],
) -> None:
    """Traits, identifiers, moments and lineage do not depend on order, packs or repeats."""
    straight, shuffled = People(), People()
    straight.take([[_alone(event) for event in pack] for pack in told[0]])
    shuffled.take([[_alone(event) for event in pack] for pack in told[1]])

    assert known(straight) == known(shuffled)


def _alone(event: Event) -> Event:
    """Give each person a device of their own: who comes first keeps one that is shared."""
    ids = event.identifiers
    device = ids.anonymous_id and f"{ids.external_id}-{ids.anonymous_id}"
    return event.model_copy(update={"identifiers": ids.model_copy(update={"anonymous_id": device})})


def test_a_late_event_undoes_nothing_newer() -> None:
    """What was so earlier does not replace what was so later, whenever it is heard."""
    people = People()
    people.take([[_said("e1", "pro", minute=5)], [_said("e2", "free", minute=1)]])

    assert "pro" == _plan(people).current.value


def test_a_more_trusted_source_is_believed_whenever_it_spoke() -> None:
    """Trust decides before time."""
    people = People()
    people.take([[_said("e1", "pro", minute=1, trust=80)], [_said("e2", "free", minute=5)]])

    assert "pro" == _plan(people).current.value


def test_lineage_names_what_was_replaced_and_not_a_mere_confirmation() -> None:
    """The replaced origin is the best of another value; the same value again replaces nothing."""
    people = People()
    people.take([[_said("e1", "free", minute=1)], [_said("e2", "pro", minute=2)]])
    people.take([[_said("e3", "pro", minute=3)]])

    found = _plan(people)

    assert ("e3", "pro") == (found.current.event_id, found.current.value)
    assert found.replaced is not None
    assert ("e1", "free") == (found.replaced.event_id, found.replaced.value)


def test_an_event_without_traits_writes_no_lineage() -> None:
    """What is ordinary costs nothing more."""
    people = People()
    people.take([[_said("e1", "pro", minute=1)]])
    before = known(people)
    people.take([[_said("e2", None, minute=2, traits={})]])

    assert before == known(people)


def _said(
    event_id: str,
    plan: object,
    *,
    minute: int,
    trust: int = 50,
    traits: dict[str, Any] | None = None,
) -> Event:
    return Event(
        workspace="main",
        id=event_id,
        source="source:crm",
        type=IDENTIFIED,
        occurred_at=NOON + timedelta(minutes=minute),
        received_at=NOON + timedelta(hours=1),
        trust=trust,
        identifiers=Identifiers(external_id="ada"),
        traits={"plan": plan} if traits is None else traits,
    )


def _plan(people: People) -> Any:
    page = people.profiles.page("main", limit=1, position=None)
    ada = page.items[0]
    assert isinstance(ada, Profile)
    return people.profiles.lineages("main", [ada.id])[ada.id].traits["plan"]
