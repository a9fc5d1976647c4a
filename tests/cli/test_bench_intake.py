"""What an ordinary event costs, counted."""

from benchmarks.intake import KINDS, ORDINARY, faults, measure


def test_an_ordinary_event_costs_two_write_units_and_few_calls() -> None:
    """A track by somebody known writes its own row and its place on the timeline, nothing else."""
    results = measure(300)
    by_kind = {result["kind"]: result for result in results}

    assert [kind.name for kind in KINDS] == list(by_kind)
    assert [] == faults(results)
    assert 2 <= by_kind[ORDINARY]["write_units_per_event"] <= 2.1
    assert 0 == by_kind["the same track again"]["write_units_per_event"]


def test_a_dearer_event_is_a_fault() -> None:
    """The limits are watched, not only printed."""
    dear = {"kind": ORDINARY, "calls_per_event": 3.5, "write_units_per_event": 3.0}

    assert 2 == len(faults([dear]))
