"""The command that searches for a broken promise: what it prints and how it leaves."""

import json
import subprocess
import sys

import pytest


def signet(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as people would."""
    command = [sys.executable, "-m", "cli.main", "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_kept_promise_is_told_with_how_much_was_searched() -> None:
    """Figures for people, data for programs, and success."""
    shown, data = signet("--schedules", "20"), signet("--schedules", "20", "--json")

    assert (0, 0) == (shown.returncode, data.returncode)
    assert "schedules per minute" in shown.stdout
    told = json.loads(data.stdout)
    assert (20, []) == (told["schedules"], told["broken"])


def test_a_broken_promise_is_told_with_how_to_see_it_again() -> None:
    """Without a guard the command fails; the seed it names fails again, with fewer faults."""
    without = ("--without", "the claim has no condition")
    found = signet("--schedules", "40", "--rate", "0.03", *without)
    again = next(line for line in found.stderr.splitlines() if "again:" in line)
    seed = again.split("--seed ")[1].split()[0]
    seen = signet("--seed", seed, "--rate", "0.03", *without, "--json")

    assert (1, 1) == (found.returncode, seen.returncode)
    assert again.endswith(f"--rate 0.03 --without '{without[1]}'")
    assert "I" == json.loads(seen.stdout)["violations"][0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rate", "2"),
        ("--rate", "much"),
        ("--schedules", "-1"),
        ("--without", "nothing"),
        ("--mutants", "--only", "nothing"),
        ("--nonsense",),
    ],
)
def test_a_wrong_option_is_named(arguments: tuple[str, ...]) -> None:
    """The answer says which option is wrong, and nothing runs."""
    found = signet(*arguments)

    assert 2 == found.returncode
    assert arguments[0].strip("-") in found.stderr or "NAME" in found.stderr
    assert "" == found.stdout


def test_help_is_the_simulators_own() -> None:
    """What may be asked of the search is told by the search."""
    found = signet("--help")

    assert 0 == found.returncode
    assert "--sweep" in found.stdout
