"""Calls of tracking clients as events."""

from datetime import UTC, datetime
from typing import Any

import pytest

from signet.domain.calls import Door, moment, read_batch, read_call
from signet.errors import Rejected

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DOOR = Door(workspace="main", source="segment:k", received_at=NOW)


def call(**fields: Any) -> dict[str, Any]:
    """Write a track call."""
    return {"type": "track", "event": "e", "userId": "u", "messageId": "m", **fields}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("u1", "u1"), (42, "42"), (42.0, "42"), ("", None), ("  ", None), (None, None), (True, None),
     ({}, None), (["u"], None)],
)  # fmt: skip
def test_user_id_is_read_tolerantly(given: Any, kept: str | None) -> None:
    """Numbers become text; empty and odd values are as if they were not there."""
    event = read_call(call(userId=given, anonymousId="a"), DOOR)

    assert (kept, "a") == (event.identifiers.external_id, event.identifiers.anonymous_id)


def test_traits_under_context_are_traits() -> None:
    """RudderStack's Python client puts them there."""
    event = read_call(
        call(type="identify", context={"traits": {"email": "a@b.example", "n": 1}, "ip": "x"}), DOOR
    )

    assert {"email": "a@b.example", "n": 1} == event.traits
    assert ("a@b.example", {"ip": "x"}) == (event.identifiers.email, event.context)


def test_address_that_is_not_one_mailbox_is_no_identifier() -> None:
    """The trait stays as it was said, but nobody is found by it."""
    event = read_call(call(type="identify", traits={"email": "a@b, c@d"}), DOOR)

    assert (None, "a@b, c@d") == (event.identifiers.email, event.traits["email"])


def test_traits_of_a_group_are_not_the_persons() -> None:
    """A company's phone is not the employee's."""
    event = read_call(call(type="group", groupId="g", traits={"email": "x@y.example"}), DOOR)

    assert ({}, None) == (event.traits, event.identifiers.email)
    assert {"group_id": "g", "traits": {"email": "x@y.example"}} == event.properties


def test_long_id_is_hashed() -> None:
    """An id of any length stays an identity."""
    first, second = (read_call(call(messageId="x" * 200 + end), DOOR) for end in "ab")

    assert len(first.id) <= 100
    assert first.id != second.id


def test_id_from_content_ignores_the_time_of_sending() -> None:
    """A retry is sent later and is still the same call."""
    first, second = (read_call(call(messageId=None, sentAt=at), DOOR) for at in ("2026", "2027"))

    assert first.id == second.id
    assert first.id != read_call(call(messageId=None, event="f"), DOOR).id


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"type": "dance"}, "type"), ({"type": None}, "type"), ({"event": " "}, "event"),
     ({"event": 7}, "event"), ({"userId": None}, "userId"), ({"userId": "x" * 1025}, "userId"),
     ({"properties": {"a": "\x00"}}, "properties.a"),
     ({"context": {"b": ["\ud800"]}}, "context.b.0")],
)  # fmt: skip
def test_bad_call_names_the_field(fields: dict[str, Any], field: str) -> None:
    """Whoever sends a single bad call learns what is wrong with it."""
    with pytest.raises(Rejected) as caught:
        read_call(call(**fields), DOOR)

    assert field == caught.value.fields[0].field


def test_batch_keeps_the_good_and_tells_the_bad() -> None:
    """One bad call fails alone."""
    good, bad = read_batch({"batch": [call(), "no", call(type=1)]}, DOOR)

    assert (["m"], [1, 2]) == ([event.id for event in good], [one.index for one in bad])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-03-01T12:00:00Z", NOW), ("2026-03-01T13:00:00.000000+01:00", NOW),
     ("2026-03-01T12:00:00.000", NOW), ("2026-03-01T12:00:00", NOW), (1772366400, NOW),
     (1772366400000, NOW), ("soon", None), (None, None), (True, None), (1e300, None), ({}, None),
     (float("1e18"), None)],
)  # fmt: skip
def test_times_are_read_as_clients_write_them(text: object, expected: datetime | None) -> None:
    """With and without zone, fractions, or as a number since 1970."""
    assert expected == moment(text)


@pytest.mark.parametrize(
    ("timestamp", "sent", "expected"),
    [("2026-03-01T11:00:00Z", None, "2026-03-01T11:00:00+00:00"),
     ("2026-03-01T10:00:00Z", "2026-03-01T10:30:00Z", "2026-03-01T11:30:00+00:00"),
     ("2026-03-03T12:00:00Z", None, "2026-03-01T12:00:00+00:00"),
     ("1997-06-01T00:00:00Z", None, "1997-06-01T00:00:00+00:00"),
     (None, "2026-03-01T10:30:00Z", "2026-03-01T12:00:00+00:00"),
     ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T12:00:00+00:00")],
)  # fmt: skip
def test_time_of_occurrence_is_corrected(
    timestamp: str | None, sent: str | None, expected: str
) -> None:
    """The client's clock error is taken out where the client told its time of sending."""
    event = read_call(call(timestamp=timestamp, sentAt=sent), DOOR)

    assert expected == event.occurred_at.isoformat()


def test_claimed_time_is_the_clients_own() -> None:
    """It is the same in every repeat, however late the repeat arrives."""
    event = read_call(call(originalTimestamp="2026-03-01T10:00:00Z", sentAt="2026-03-01"), DOOR)

    assert datetime(2026, 3, 1, 10, tzinfo=UTC) == event.claimed_at
