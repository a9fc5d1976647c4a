"""The benchmark's own sums, and the limits that make it fail."""

import json
from typing import Any

import pytest

from benchmarks.pipeline import RESULTS, Limits, Load, Mark, grown, main, measure, of_a_message

GOOD: dict[str, Any] = {
    "sent_once": True,
    "mails_sent": 1000,
    "seconds": 60.0,
    "half_2_unexplained_mib": 5.0,
    "write_units_per_message": 8.0,
}


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Run a small slice of the benchmark."""
    return measure(Load(events=500, mails=50))


def test_load_spreads_the_mails_evenly_for_every_size() -> None:
    """Exactly as many events trigger a mail as were asked for."""
    for events, mails in ((500, 50), (10, 10), (7, 3), (100, 1)):
        names = [call["event"] for call in Load(events, mails).tracked()]

        assert (events, mails) == (len(names), names.count("Order Completed"))


def test_every_mail_is_sent_once_when_the_slice_is_through(result: dict[str, Any]) -> None:
    """Fifty orders make fifty mails, each exactly once, and nothing dies."""
    assert 50 == result["mails_sent"]
    assert result["sent_once"]
    assert 0 == result["dead_letters"]


def test_counters_equal_the_load_when_the_slice_is_through(result: dict[str, Any]) -> None:
    """Five hundred people, their consents and their events are counted, and fifty deliveries."""
    assert 1500 == result["counted_events"]
    assert 50 == result["counted_messages"] == result["counted_delivered"]


def test_figures_tell_time_calls_and_memory(result: dict[str, Any]) -> None:
    """The shares make a whole, and every figure that people ask for is there."""
    shares = [result[f"share_{who}"] for who in ("emulator", "sdk", "handlers")]

    assert 1 == pytest.approx(sum(shares), abs=0.01)
    assert result["events_per_second"] > 0
    assert result["write_units_per_event"] >= 1
    assert result["peak_mib"] > result["half_1_stored_mib"] > 0


def test_every_write_unit_of_a_message_is_named(result: dict[str, Any]) -> None:
    """The ledger's guards cost a unit each, a cap one more, and the sum has nothing left over."""
    found = of_a_message(result, measure(Load(events=500, mails=0)))
    guards = found["write_units_per_message_by_guard"]

    assert [1.0] * 7 == [units for units in guards.values() if units >= 1]
    assert {"the claim", "a place under the cap", "the first look"} <= set(guards)
    assert found["write_units_per_message"] == pytest.approx(sum(guards.values()), abs=0.01)
    assert "others" not in guards


def test_limits_pass_a_result_that_reaches_them() -> None:
    """Sixty seconds and five mebibytes are allowed, and not more."""
    assert [] == Limits().faults(GOOD)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"seconds": 60.01}, "more than 60 s"),
        ({"half_2_unexplained_mib": 5.1}, "5.1 MiB beyond the stored rows"),
        ({"write_units_per_message": 8.01}, "more than 8"),
        ({"sent_once": False, "mails_sent": 999}, "999 mails left"),
    ],
)
def test_limits_name_what_a_result_breaks(bad: dict[str, Any], told: str) -> None:
    """A slow run, a leak and a lost mail each fail by themselves."""
    (fault,) = Limits().faults(GOOD | bad)

    assert told in fault


def test_memory_that_no_row_explains_is_seen() -> None:
    """What is kept for nothing shows as growth, and what was stored does not."""
    mib = 1024 * 1024
    marks = [Mark(100 * mib, 10 * mib), Mark(130 * mib, 20 * mib), Mark(140 * mib, 30 * mib)]

    assert 20.0 == grown(marks)["half_1_unexplained_mib"]
    assert 0.0 == grown(marks)["half_2_unexplained_mib"]


def test_benchmark_fails_when_a_limit_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that takes longer than it may prints its figures all the same, and exits 1."""
    code = main(["--events", "20", "--mails", "2", "--seconds", "0.001", "--json"])
    told = capsys.readouterr()

    assert 1 == code
    assert "more than 0.001 s" in told.err
    assert 2 == json.loads(told.out)["mails_sent"]


def test_kept_result_is_of_the_standard_load_and_breaks_no_limit() -> None:
    """What the page shows is a whole run that passed."""
    kept = json.loads((RESULTS / "pipeline.json").read_text("utf-8"))

    assert (10_000, 1_000) == (kept["events"], kept["mails"])
    assert [] == Limits().faults(kept)
