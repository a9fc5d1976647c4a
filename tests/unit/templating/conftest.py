"""Fixtures for the tests of templates."""

import json
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "blns" / "blns.json"


@pytest.fixture(scope="session")
def naughty_strings() -> list[str]:
    """Give the big list of naughty strings, or skip where it is not at hand."""
    if not CORPUS.exists():
        pytest.skip("the corpus blns is not beside the repository")
    strings: list[str] = json.loads(CORPUS.read_text(encoding="utf-8"))
    return strings
