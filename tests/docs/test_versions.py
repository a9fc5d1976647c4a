"""Pages name the versions of Python that the package allows."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_a_page_names_the_versions_that_can_be_installed(page: str) -> None:
    """Who follows the page gets no refusal from pip."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    allowed = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
    assert allowed is not None
    versions = f"Python 3.{allowed[1]} to 3.{int(allowed[2]) - 1} "

    assert versions in (ROOT / page).read_text("utf-8")
