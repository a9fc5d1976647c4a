"""What is shipped is whole, small and works where the repository is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra.reading import FUNCTIONS
from tests.package.conftest import Imported


@pytest.mark.parametrize("name", FUNCTIONS)
def test_archive_holds_one_function(name: str, archive: Callable[[str], Path]) -> None:
    """An archive has its own function's folder at the repository's path, and no other."""
    root = archive(name)

    assert ["functions"] == [entry.name for entry in root.iterdir()]
    assert {"__init__.py", name} == {entry.name for entry in (root / "functions").iterdir()}
    assert (root / "functions" / name / "handler.py").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_archive_holds_nothing_compiled(name: str, archive: Callable[[str], Path]) -> None:
    """Equal sources give equal archives: nothing that an interpreter left behind is shipped."""
    assert [] == [path for path in archive(name).rglob("*") if "__pycache__" in path.parts]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_imports_alone(name: str, imported: Callable[[str], Imported]) -> None:
    """Archive and layers are all that a handler needs, with no network."""
    assert imported(name).is_callable


@pytest.mark.parametrize("name", FUNCTIONS)
def test_own_code_comes_from_the_archive(
    name: str, imported: Callable[[str], Imported], staged: Path
) -> None:
    """The proof is of what was staged: no module came from the repository."""
    assert [] == [file for file in imported(name).own if not file.startswith(str(staged))]
