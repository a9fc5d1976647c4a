"""What a registered source sent, read by its mapping into events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from signet.domain.faults import faults
from signet.domain.source import Source, SourceDraft, events_of
from signet.errors import Rejected

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADA = {"email": "ada@example.org"}


def source(**fields: Any) -> Source:
    """Make a source."""
    return Source.model_validate({"workspace": "main", "name": "crm", "kind": "crm", **fields})


def read(payload: Any, *, near: bool = True, message_id: str | None = None, **fields: Any) -> Any:
    """Read a payload by a source of these fields."""
    return events_of(source(**fields), payload, received_at=NOW, near=near, message_id=message_id)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"mapping": {"email": "a."}}, "mapping.email"),
        ({"mapping": {"items": "[?"}}, "mapping.items"),
        ({"mapping": {"traits": {"plan": "no_such(a)"}}}, "mapping.traits.plan"),
        ({"mapping": {"feedback": {"text": "a b"}}}, "mapping.feedback.text"),
        ({"mapping": {"subject": "a"}}, "mapping.subject"),
        ({"strict": True}, "strict"),
        ({"trust": 101}, "trust"),
        ({"region": "de"}, "region"),
        ({"purpose": "fun"}, "purpose"),
        ({"allowed_origins": ["https://shop.example.org/path"]}, "allowed_origins.0"),
        ({"allowed_origins": ["*"]}, "allowed_origins.0"),
        ({"honeypot": ""}, "honeypot"),
        ({"late_hours": 0}, "late_hours"),
        ({"mapping": {"traits": {"a\x00b": "a"}}}, "mapping.traits.a\x00b.[key]"),
    ],
)
def test_broken_draft_names_its_field(draft: dict[str, Any], field: str) -> None:
    """A mapping is checked when it is written, not when the first webhook comes."""
    with pytest.raises(ValidationError) as caught:
        SourceDraft.model_validate({"kind": "crm", **draft})

    assert [field] == [fault.field for fault in faults(caught.value)]


def test_items_of_one_body_are_events_each() -> None:
    """One body may hold a list anywhere; each entry is an event of its own."""
    mapping = {"items": "data.rows", "email": "who", "event": "'Row'", "id": "no"}
    rows = [{"who": "ada@example.org", "no": n} for n in (1, 2)]
    found = read({"data": {"rows": rows}}, mapping=mapping)

    assert [("1", "Row"), ("2", "Row")] == [(event.id, event.name) for event in found]
    assert rows == [event.properties for event in found]
    assert [] == read({"data": {"rows": []}}, mapping=mapping)
    with pytest.raises(Rejected, match=r"^items: must lead to a list of events$"):
        read({"data": {}}, mapping=mapping)


def test_event_carries_what_its_source_is() -> None:
    """Rank, mapping version and region do; what it is for is read from the registry."""
    (event,) = read(ADA, trust=80, revision=7, region="DE", purpose="marketing")

    assert (80, 7) == (event.trust, event.mapping_version)
    assert {"region": "DE"} == event.context
    assert {} == read(ADA)[0].context


def test_feedback_travels_in_the_context() -> None:
    """What somebody said is found by its own expressions; without words or points there is none."""
    feedback = {"text": "said", "rating": "to_number(stars)", "kind": "'review'"}
    mapping = {"feedback": feedback}
    (event,) = read(ADA | {"said": "Ünder ☂", "stars": "4"}, mapping=mapping)

    assert {"text": "Ünder ☂", "rating": 4, "kind": "review"} == event.context["feedback"]
    assert "feedback" not in read(ADA | {"said": ""}, mapping=mapping)[0].context


def test_skipped_items_are_no_events() -> None:
    """A filled honeypot, or an item that the mapping passes over, leaves nothing."""
    assert [] == read(ADA | {"website": "https://spam.example"}, honeypot="website")
    assert 1 == len(read(ADA | {"website": ""}, honeypot="website"))
    skip = {"skip": "type == 'test'"}
    found = read([ADA | {"type": "test"}, ADA | {"type": "sale"}], mapping=skip)

    assert ["sale"] == [event.properties["type"] for event in found]


def test_strict_source_lists_the_fields_it_does_not_know() -> None:
    """Row 13: unknown top-level fields are refused, all at once, by their names."""
    with pytest.raises(Rejected) as caught:
        read(ADA | {"b\u200bx": 1, "a": 2}, strict=True, fields=["email"])

    assert ["a", "b\\u200bx"] == [fault.field for fault in caught.value.fields]
    assert 1 == len(read(ADA | {"trap": ""}, strict=True, fields=["email"], honeypot="trap"))


@pytest.mark.parametrize(
    ("age", "near", "hours", "taken"),
    [
        (timedelta(hours=23), True, 24, True),
        (timedelta(hours=25), True, 24, False),
        (timedelta(hours=25), True, 72, True),
        (timedelta(days=4000), False, 24, True),
        (timedelta(hours=-23), True, 24, True),
        (timedelta(hours=-25), True, 72, False),
        (timedelta(hours=-25), False, 24, False),
    ],
)
def test_age_of_an_event_has_a_bound_at_http_doors(
    age: timedelta, near: bool, hours: int, taken: bool
) -> None:
    """Row 12: a day is the rule, a source may allow more; files and buses bring history."""
    payload = ADA | {"time": (NOW - age).isoformat()}
    if not taken:
        with pytest.raises(Rejected, match=r"^time: must be within"):
            read(payload, near=near, late_hours=hours)
        return

    assert NOW - age == read(payload, near=near, late_hours=hours)[0].occurred_at


def test_time_that_cannot_be_read_is_refused_where_it_was_mapped() -> None:
    """By habit a strange time is passed over; where the mapping names it, it is a fault."""
    assert NOW == read(ADA | {"time": "soon"})[0].occurred_at
    with pytest.raises(Rejected, match=r"^time: must be a time$"):
        read(ADA | {"time": "soon"}, mapping={"time": "time"})


def test_id_of_the_delivery_serves_where_the_event_has_none_by_its_mapping() -> None:
    """A signed id of a delivery is better than a field that is called id by chance."""
    assert "d1" == read(ADA | {"id": "x"}, message_id="d1")[0].id
    assert "x" == read(ADA | {"id": "x"}, message_id="d1", mapping={"id": "id"})[0].id
    both = read([ADA, ADA | {"n": 1}], message_id="d1")

    assert ["d1:0", "d1:1"] == [event.id for event in both]


def test_fault_in_a_list_names_the_item() -> None:
    """Whoever sends a hundred learns which one it was."""
    with pytest.raises(Rejected) as caught:
        read([ADA, {"email": "a@b.example, c@d.example"}])

    assert ["1.email"] == [fault.field for fault in caught.value.fields]


def test_trait_that_does_not_fit_is_left_out_and_an_id_is_a_fault() -> None:
    """A missing last name loses no event; an event without its identity would count twice."""
    full = {"traits": {"full_name": "join(' ', [first, last])", "city": "town"}}
    (event,) = read(ADA | {"first": "Ada", "town": "Turin"}, mapping=full)

    assert ADA | {"city": "Turin"} == event.traits
    with pytest.raises(Rejected, match=r"^id: does not fit its expression$"):
        read(ADA, mapping={"id": "join(':', [a, b])"})
