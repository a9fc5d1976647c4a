"""Who may import whom."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, files, parsed, relative, report


def imported(path: Path) -> Iterator[str]:
    """Give the modules that a file imports, wherever in the file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_import_contracts_are_kept() -> None:
    """The directions of imports are those written down in pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 == run.returncode, run.stdout + run.stderr


def test_command_line_knows_only_the_local_cloud_and_the_errors() -> None:
    """The command line starts the local cloud and otherwise speaks HTTP."""
    allowed = ("infra.local", "signet.errors")
    offences = [
        f"{relative(path)} imports {name}"
        for path in files(ROOT / "cli", suffix=".py")
        for name in imported(path)
        if name.split(".")[0] in {"functions", "infra", "signet", "tests"}
        and not name.startswith(allowed)
    ]

    assert [] == offences, report(offences, "cli imports infra.local and signet.errors only")
