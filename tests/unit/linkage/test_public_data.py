"""The figures that were promised on public data, with default settings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import linkage


@pytest.mark.parametrize("data", linkage.DATA_SETS, ids=lambda data: data.name)
def test_promised_figures_hold(data: linkage.DataSet, corpora: Callable[[str], Path]) -> None:
    """The rule alone reaches them; what waits for a look only adds to what is found."""
    folder = corpora(data.file.partition("/")[0]).parent
    result = linkage.measure(data, folder)
    merge, both = (result["figures"][zone] for zone in ("merge", "merge and review"))

    assert [] == linkage.faults([result])
    assert merge["precision"] >= 0.995 and both["precision"] >= 0.99
    assert both["recall"] > merge["recall"]
