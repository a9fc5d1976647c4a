"""The benchmark's own sums."""

from typing import Any

import pytest

from benchmarks.pipeline import Load, measure, of_a_message


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
    """Five hundred people and five hundred events are counted, and fifty deliveries."""
    assert 1000 == result["counted_events"]
    assert 50 == result["counted_messages"] == result["counted_delivered"]


def test_figures_tell_time_calls_and_memory(result: dict[str, Any]) -> None:
    """The shares make a whole, and every figure that people ask for is there."""
    shares = [result[f"share_{who}"] for who in ("emulator", "sdk", "handlers")]

    assert 1 == pytest.approx(sum(shares), abs=0.01)
    assert result["events_per_second"] > 0
    assert result["write_units_per_event"] >= 1
    assert 0 < of_a_message(result, measure(Load(events=500, mails=0)))["write_units_per_message"]
    assert result["peak_mib"] > result["half_1_stored_mib"] > 0
