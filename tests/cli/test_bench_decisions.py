"""A broadcast to a hundred people: everybody is counted, explained, and costs little."""

from typing import Any

import pytest

from benchmarks.decisions import LARGEST_ROW, faults, laid_out, measure

# Half of the people agreed, and have an address that nobody suppressed.
REASONS = {"suppressed": 20, "consent_withdrawn": 10, "no_address": 10, "no_consent": 10}


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Run a small slice of the benchmark."""
    return measure(100)


def test_counts_by_reason_add_up_to_everybody(result: dict[str, Any]) -> None:
    """Who was sent it and who was not are a hundred together."""
    assert REASONS == result["by_reason"]
    assert (50, 100, 100) == (result["gone"], result["sum"], result["considered"])
    assert result["adds_up"]


def test_each_person_is_explained_with_words_and_rules(result: dict[str, Any]) -> None:
    """No answer is without a sentence or without a rule."""
    assert 100 == result["explained"] == sum(result["words"].values())
    assert 50 == result["words"]["Sent and delivered"]


def test_a_decision_costs_no_row_of_its_own(result: dict[str, Any]) -> None:
    """A person has two rows more, the event and the message, which is at most a kilobyte."""
    rows = result["rows_per_person"]

    assert (100, 1.0, 1.0) == (result["message_rows"], rows["message"], rows["event"])
    assert 0 < result["row_bytes_median"] <= result["row_bytes_most"] <= LARGEST_ROW
    assert result["write_units_per_person"]["events"] > 1


def test_figures_are_printed_and_nothing_is_wrong(result: dict[str, Any]) -> None:
    """The page for people has the sum, and the limits pass it."""
    assert [] == faults(result)
    assert "sum" in laid_out(result)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"sum": 99}, "99 of 100 people are counted"),
        ({"adds_up": False}, "people are counted"),
        ({"explained": 99}, "99 of 100 people are explained"),
        ({"row_bytes_most": 1025}, "1025 bytes"),
        ({"rows_per_person": {"message": 1.0, "event": 1.0, "rule": 3.0}}, "rows more"),
    ],
)
def test_limits_name_what_a_result_breaks(
    result: dict[str, Any], bad: dict[str, Any], told: str
) -> None:
    """A person who is lost, and a row that grew, each fail by themselves."""
    (fault,) = faults(result | bad)

    assert told in fault
