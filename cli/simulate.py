"""`signet simulate`: search for a schedule of faults that breaks the promise."""

import os
import subprocess
import sys
from pathlib import Path

import typer

from cli.output import Stop

ROOT = Path(__file__).parents[1]


def simulate(context: typer.Context) -> None:
    """
    Search for a schedule that breaks the promise; `--help` tells how.

    The handlers and use cases are the real ones, the world around them is in memory and fails as
    often as is asked. Exit code 1 means that a promise was broken, or that a guard was not missed.
    """
    if not (ROOT / "tests" / "simulator").is_dir():
        raise Stop("there is no simulator here; this is no checkout")
    command = [sys.executable, "-m", "tests.simulator", *context.args]
    # One seed for hashes, so that a schedule is the same in every process.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=ROOT, check=False, env=environment)  # noqa: S603
    raise typer.Exit(done.returncode)
