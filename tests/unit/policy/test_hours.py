"""Hours on the recipient's own clock, in cases that a person can check."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from signet.domain.hours import closing, next_opening, open_at
from signet.domain.policy import Hours, PolicyDraft
from signet.domain.zones import is_zone, zone_named

BERLIN = ("Europe/Berlin",)
NIGHT = (Hours.model_validate({"start": "21:00", "end": "08:00"}),)
OFFICE = (
    Hours.model_validate(
        {"start": "09:00", "end": "17:00", "days": ["mon", "tue", "wed", "thu", "fri"]}
    ),
)


def _local(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone), fold=fold).astimezone(UTC)


def _hours(start: str, end: str) -> tuple[Hours, ...]:
    return (Hours.model_validate({"start": start, "end": end}),)


def test_the_night_ends_at_its_end_and_not_before() -> None:
    """The start is closed, the end is open."""
    at = [_local(f"2026-11-29T{time}") for time in ("20:59:59", "21:00", "07:59:59", "08:00")]

    assert [True, False, False, True] == [open_at(NIGHT, (), zones=BERLIN, at=one) for one in at]
    assert _local("2026-11-30T08:00") == next_opening(NIGHT, (), zones=BERLIN, at=at[1])
    assert at[0] == next_opening(NIGHT, (), zones=BERLIN, at=at[0])
    assert _local("2026-11-29T21:00") == closing(NIGHT, (), zones=BERLIN, at=at[0])
    assert at[1] == closing(NIGHT, (), zones=BERLIN, at=at[1])


def test_a_window_waits_for_its_day() -> None:
    """On a Friday evening the next office hour is Monday's."""
    friday = _local("2026-11-27T17:00")

    assert _local("2026-11-30T09:00") == next_opening(NIGHT, OFFICE, zones=BERLIN, at=friday)


def test_a_night_belongs_to_the_day_on_which_it_starts() -> None:
    """Friday's night goes into Saturday, Saturday's own is none."""
    friday = (Hours.model_validate({"start": "22:00", "end": "06:00", "days": ["fri"]}),)
    at = [_local(f"2026-11-{text}") for text in ("27T05:00", "27T23:00", "28T05:00", "28T23:00")]

    assert [True, False, False, True] == [open_at(friday, (), zones=BERLIN, at=one) for one in at]


def test_an_end_that_is_the_start_closes_the_whole_day() -> None:
    """From a Sunday's ten o'clock to a Monday's."""
    day = (Hours.model_validate({"start": "10:00", "end": "10:00", "days": ["sun"]}),)
    at = [_local(f"2026-11-{text}") for text in ("29T09:59", "29T10:00", "30T09:59", "30T10:00")]

    assert [True, False, False, True] == [open_at(day, (), zones=BERLIN, at=one) for one in at]


def test_an_end_that_the_clock_leaves_out_comes_when_the_clock_jumps() -> None:
    """At two it is three: the night that ends at half past two is over."""
    closed = _hours("22:00", "02:30")
    opening = next_opening(closed, (), zones=BERLIN, at=_local("2026-03-29T00:00"))

    assert datetime(2026, 3, 29, 1, tzinfo=UTC) == opening


def test_a_window_that_the_clock_leaves_out_opens_the_day_after() -> None:
    """There is no quarter past two on that day."""
    windows = _hours("02:15", "02:45")
    opening = next_opening((), windows, zones=BERLIN, at=_local("2026-03-29T00:00"))

    assert _local("2026-03-30T02:15") == opening


def test_an_hour_that_comes_twice_is_closed_twice() -> None:
    """What opened at half past two shuts when the clock goes back to two."""
    closed = _hours("22:00", "02:30")
    opening = next_opening(closed, (), zones=BERLIN, at=_local("2026-10-25T00:00"))
    assert opening is not None
    shutting = closing(closed, (), zones=BERLIN, at=opening)
    assert shutting is not None

    assert (_local("2026-10-25T02:30"), datetime(2026, 10, 25, 1, tzinfo=UTC)) == (
        opening,
        shutting,
    )
    assert _local("2026-10-25T02:30", fold=1) == next_opening(closed, (), zones=BERLIN, at=shutting)


def test_several_zones_have_the_hours_that_they_share() -> None:
    """From Honolulu's morning to New York's evening."""
    zones = ("America/New_York", "Pacific/Honolulu")
    opening = next_opening(NIGHT, (), zones=zones, at=datetime(2026, 11, 30, 3, tzinfo=UTC))
    assert opening is not None

    assert _local("2026-11-30T08:00", "Pacific/Honolulu") == opening
    assert _local("2026-11-30T21:00", "America/New_York") == closing(
        NIGHT, (), zones=zones, at=opening
    )


def test_zones_that_share_no_hour_have_no_opening() -> None:
    """Nobody waits for what never comes."""
    zones = ("Europe/Berlin", "Pacific/Honolulu")

    assert next_opening(NIGHT, OFFICE, zones=zones, at=_local("2026-11-29T12:00")) is None
    assert next_opening(
        (), OFFICE, zones=BERLIN, at=_local("2026-11-27T17:00"), horizon=timedelta(days=1)
    ) is None  # fmt: skip


def test_what_never_closes_has_no_end() -> None:
    """Without hours everything is open for good."""
    at = _local("2026-11-29T12:00")

    assert (at, None) == (
        next_opening((), (), zones=BERLIN, at=at),
        closing((), (), zones=BERLIN, at=at),
    )


@pytest.mark.parametrize("text", [8, 8.5, "8", "28800", "24:00", "21:00Z", "21:00+01:00", None])
def test_hours_that_are_no_times_of_a_wall_clock_are_refused(text: object) -> None:
    """A bare number would be seconds past midnight, an offset another's clock."""
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate({"start": text, "end": "09:00"})

    assert [("start",)] == [fault["loc"] for fault in caught.value.errors()]


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "europe/berlin", "", "localtime", "../x", "Factory"]
)
def test_a_policy_with_an_unknown_zone_is_refused(name: str) -> None:
    """Who writes it learns it, not the first message that needs it."""
    with pytest.raises(ValidationError) as caught:
        PolicyDraft.model_validate({"unknown_zone": name})

    assert [("unknown_zone",)] == [fault["loc"] for fault in caught.value.errors()]


def test_a_zone_or_refuse_is_taken() -> None:
    """Both are policies."""
    drafts = [PolicyDraft(unknown_zone=name) for name in ("Europe/Berlin", "UTC", "refuse")]

    assert ["Europe/Berlin", "UTC", "refuse"] == [draft.unknown_zone for draft in drafts]


def test_zones_are_those_of_the_locked_database() -> None:
    """The machine's own setting is none, whatever the machine has."""
    assert [True, True, False, False] == [
        is_zone(name) for name in ("Asia/Kathmandu", "US/Eastern", "localtime", "posix/UTC")
    ]
