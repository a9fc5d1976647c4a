"""A date has one reading, or it is refused with the reason."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.cleaning.dates import Order, read

THIRD_OF_APRIL = date(2026, 4, 3)


@pytest.mark.parametrize(
    "written",
    ["2026-04-03", "20260403", "2026/04/03", "3 April 2026", "3rd of April 2026", "3. Apr. 2026",
     "April 3, 2026", "Apr 3rd 2026", " 3  april  2026 "],
)  # fmt: skip
def test_date_with_one_reading_is_read(written: str) -> None:
    """ISO dates and months with a name need no setting."""
    assert THIRD_OF_APRIL == read(written).day


@pytest.mark.parametrize("written", ["03/04/2026", "3.4.2026", "3-4-2026"])
def test_two_small_numbers_need_the_setting(written: str) -> None:
    """Without it nobody can tell, and nothing is guessed."""
    unclear = read(written)

    assert (None, "may have the day or the month first") == (unclear.day, unclear.reason)
    assert THIRD_OF_APRIL == read(written, order="day_first").day
    assert date(2026, 3, 4) == read(written, order="month_first").day


@pytest.mark.parametrize(
    ("written", "day"),
    [("25/12/2026", date(2026, 12, 25)), ("12/25/2026", date(2026, 12, 25)),
     ("5.5.2026", date(2026, 5, 5))],
)  # fmt: skip
def test_numbers_that_leave_no_doubt_need_no_setting(written: str, day: date) -> None:
    """There is no month 25, and a fifth of May is one either way."""
    assert day == read(written).day


@pytest.mark.parametrize(
    ("written", "order", "reason"),
    [
        ("25/12/2026", "month_first", "is no day of the calendar"),
        ("31.02.2026", None, "is no day of the calendar"),
        ("2026-02-29", None, "is no day of the calendar"),
        ("03/04/26", "day_first", "has a year of two digits"),
        ("3 Smarch 2026", None, "names no month that we know"),
        ("tomorrow", None, "is no date that we can read"),
        ("", None, "is no date that we can read"),
        ("3" * 100, None, "is too long for a date"),
    ],
)
def test_what_has_no_reading_is_refused(written: str, order: Order | None, reason: str) -> None:
    """The reason goes into the quarantine beside the row."""
    found = read(written, order=order)

    assert (None, None, reason) == (found.day, found.at, found.reason)


@pytest.mark.parametrize(
    "written",
    ["2026-07-01T10:00:00Z", "2026-07-01 12:00+02:00", "1 July 2026 12:00:00 +0200",
     "July 1, 2026 at 5:30 am -0430", "2026-07-01T10:00:00.123Z", "2026-07-01 10:00 UTC"],
)  # fmt: skip
def test_time_of_day_with_an_offset_is_a_moment(written: str) -> None:
    """What is kept is UTC."""
    assert datetime(2026, 7, 1, 10, tzinfo=UTC) == read(written).at


def test_time_of_day_without_an_offset_needs_a_zone() -> None:
    """The day is known all the same."""
    bare, placed = read("2026-07-01 12:00"), read("2026-07-01 12:00", zone="Europe/Berlin")

    assert (date(2026, 7, 1), None) == (bare.day, bare.at)
    assert "names a time of day without a time zone" == bare.reason
    assert datetime(2026, 7, 1, 10, tzinfo=UTC) == placed.at


@pytest.mark.parametrize("written", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_hour_of_the_change_of_clocks_is_refused(written: str) -> None:
    """It was never, or twice."""
    found = read(written, zone="Europe/Berlin")

    assert found.at is None
    assert "names an hour that the change of clocks leaves out or repeats" == found.reason


@pytest.mark.parametrize(
    ("written", "zone", "reason"),
    [
        ("2026-07-01 25:00Z", None, "has an hour that no clock shows"),
        ("2026-07-01 13:00 pm Z", None, "has an hour that no clock shows"),
        ("2026-07-01 12:00+99:00", None, "has an offset that no clock has"),
        ("2026-07-01 12:00", "Mars/Olympus", "has a time zone that is not known"),
        ("2026-07-01 12:00", "../../etc/passwd", "has a time zone that is not known"),
        ("0001-01-01 00:00+05:00", None, "is no day of the calendar"),
    ],
)
def test_impossible_time_is_refused(written: str, zone: str | None, reason: str) -> None:
    """The day stays, the moment does not."""
    found = read(written, zone=zone)

    assert (None, reason) == (found.at, found.reason)


@given(text=st.text(max_size=40), zone=st.none() | st.text(max_size=10))
def test_any_text_is_read_or_refused(text: str, zone: str | None) -> None:
    """Nothing breaks the reader, and what says nothing says why."""
    found = read(text, zone=zone, order="day_first")

    assert (found.day is None) <= bool(found.reason)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_iso_moment_is_read_to_the_second(moment: datetime) -> None:
    """What machines write comes back."""
    assert moment.replace(microsecond=0) == read(moment.isoformat()).at
