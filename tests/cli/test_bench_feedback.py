"""What feedback costs, counted, and the limits that make the benchmark fail."""

from benchmarks.feedback import LEAST_CORRELATION, faults, laid_out, measure


def test_a_document_costs_a_unit_for_each_of_its_marks() -> None:
    """Words and marks are what is paid for; a search reads few units and opens what it shows."""
    result = measure(60)
    searches = {search["question"]: search for search in result["searches"]}

    assert [] == faults(result)
    assert 0 <= result["write_units_per_document"] - result["marks_per_document"] < 0.5
    assert 1 == searches["a rare word"]["found"] == searches["a rare word"]["objects_opened"]
    assert 0 == searches["two words that never meet"]["objects_opened"]
    assert 50 == searches["no word: the newest"]["found"]
    assert "read_units" in laid_out(result)


def test_a_dear_document_and_a_bad_model_are_faults() -> None:
    """The limits are watched, not only printed."""
    bad = {"write_units_per_document": 30.0, "marks_per_document": 20.0}
    bad["correlation_with_ratings"] = LEAST_CORRELATION - 0.01

    assert 2 == len(faults(bad))
