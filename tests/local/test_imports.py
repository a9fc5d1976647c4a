"""Thousands of rows through the local cloud: once, again, and with a worker that is killed."""

from benchmarks.importing import Load, measure


def test_five_thousand_rows_are_accepted_once() -> None:
    """Each is somebody new; the same file again brings nobody."""
    found = measure(Load(5_000, kills=False))

    assert [] == found["faults"]
    assert (5_000, 0) == (found["first_accepted"], found["first_duplicate"])
    assert (0, 5_000) == (found["again_accepted"], found["again_duplicate"])
    assert found["first_calls_per_row"] < 0.6
    assert found["first_write_units_per_row"] < 8.2


def test_a_killed_import_leaves_what_an_uninterrupted_one_leaves() -> None:
    """The worker dies between its writes, and each row still has one verdict."""
    found = measure(Load(1_200))

    assert [] == found["faults"]
    assert found["kills_in_preprocess"] >= 3
    assert ("done", 1_200) == (found["killed_status"], found["killed_accepted"])
