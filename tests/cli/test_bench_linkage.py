"""The benchmark of linkage, from its rows to its exit code."""

import json
from pathlib import Path

import pytest

from benchmarks import linkage

ROWS = """rec_id, given_name, surname, date_of_birth, postcode, soc_sec_id
rec-1-org, ada, lovelace, 19850314, 4011, 6988048
rec-1-dup-0, adda, lovelace, 19850314, 4011, 6988048
rec-2-org, william, king, 19810221, 4814, 7364009
rec-2-dup-0, king, william, 19810221, 4814, 7364009
rec-3-org, annabella, king, 20130922, 4814, 1264009
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Write a small data set in the place of the public one."""
    (tmp_path / "febrl").mkdir()
    (tmp_path / linkage.FEBRL).write_text(ROWS, "utf-8")
    return tmp_path


def test_figures_are_printed_and_missing_data_is_named(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With and without the national id; what is not there is said, not counted."""
    code = linkage.main(["--corpora", str(corpora), "--json"])
    out, err = capsys.readouterr()
    results = json.loads(out)

    assert 0 == code and "no public data for splink-fake-1000" in err
    assert ["febrl", "febrl without national id"] == [result["data"] for result in results]
    assert [1.0, 1.0] == [result["figures"]["merge"]["f1"] for result in results]


def test_missed_figure_is_a_fault(corpora: Path) -> None:
    """A promise is watched, not only printed."""
    result = linkage.measure(linkage.DATA_SETS[0], corpora)
    result["figures"]["merge"]["precision"] = 0.9

    assert 1 == len(linkage.faults([result]))


def test_cloud_finds_what_the_rules_find(corpora: Path) -> None:
    """The same rows as identify calls give the same pairs in the API."""
    ways = [way(linkage.DATA_SETS[0], corpora)["figures"]["merge"]
            for way in (linkage.measure, linkage.measure_through_cloud)]  # fmt: skip

    assert ways[0] == ways[1] and 2 == ways[0]["pairs"]
