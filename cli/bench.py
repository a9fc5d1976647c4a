"""`signet bench`: run the benchmarks of a checkout."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.output import FAILED, PARTLY, USAGE, Stop, say

# What a module may not be called.
ALIASES = {"import": "importing"}
FOLDER = Path(__file__).parents[1] / "benchmarks"


def bench(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Argument(help="One of them; all if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each.")] = False,
) -> None:
    """Run the benchmarks; what follows the name goes to the benchmark."""
    name, known = ALIASES.get(name or "", name), names()
    if not known:
        raise Stop("there are no benchmarks here; this is no checkout")
    if name is not None and name not in known:
        raise Stop(f"{name}: is not one of {', '.join(known)}", code=USAGE)
    chosen = known if name is None else [name]
    flags = [*context.args, *(["--json"] if as_json else [])]
    failed = [one for one in chosen if run(one, flags) != 0]
    if failed:
        say(f"failed: {', '.join(failed)}")
        raise typer.Exit(FAILED if len(failed) == len(chosen) else PARTLY)


def names() -> list[str]:
    """Name every benchmark of the checkout."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(name: str, flags: list[str]) -> int:
    """Run one benchmark in a process of its own, so that its memory is its own."""
    say(f"benchmark {name}")
    command = [sys.executable, "-m", f"benchmarks.{name}", *flags]
    return subprocess.run(command, cwd=FOLDER.parent, check=False).returncode  # noqa: S603
