"""What the alarms wait for in the logs is what the functions write there."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import snapshot

ROOT = Path(__file__).parents[2]
EQUAL = re.compile(r'\{ \$\.message = "(.*)" \}')
# Each line with the functions whose log groups are watched for it.
LINES = {
    "dead letter kept": {"UpkeepLogs"},
    "ledger behind the beat": {"UpkeepLogs"},
    "quarantined": {"IngestLogs", "PreprocessLogs", "ReportLogs"},
    "sending stopped": {"ReportLogs"},
    "signature refused": {"IngestLogs"},
    "stop requested": {"PreprocessLogs"},
}


@pytest.fixture(scope="module")
def logged() -> list[dict[str, Any]]:
    """Let everything that must wake somebody happen, and give the log."""
    command = [sys.executable, "-m", "tests.local.alarming"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_watched_line_is_watched_where_it_is_written() -> None:
    """The template counts these lines, each in the log of the function that writes it."""
    template = json.loads(snapshot.SNAPSHOT.read_text("utf-8"))["Resources"].values()
    filters = [r["Properties"] for r in template if r["Type"] == "AWS::Logs::MetricFilter"]
    watched: dict[str, set[str]] = {}
    for one in filters:
        found = EQUAL.fullmatch(one["FilterPattern"])
        assert found is not None
        watched.setdefault(found[1], set()).add(one["LogGroupName"]["Ref"])

    assert watched == LINES
    assert len(filters) == sum(len(places) for places in LINES.values())


@pytest.mark.parametrize("line", LINES)
def test_a_watched_line_is_written_once_when_it_happens(
    line: str, logged: list[dict[str, Any]]
) -> None:
    """A dead letter, a stop that nobody pressed, a restored ledger, a forgery are heard of."""
    assert 1 == [entry["message"] for entry in logged].count(line)


def test_the_line_of_a_dead_letter_says_where_to_look(logged: list[dict[str, Any]]) -> None:
    """Queue, workspace and kind of error are there; the body is not."""
    (line,) = [entry for entry in logged if entry["message"] == "dead letter kept"]

    assert ("main", "preprocess", "Poison") == (line["workspace"], line["queue"], line["kind"])
    assert "nonsense" not in json.dumps(line)


def test_the_line_of_a_quarantine_says_how_much_and_where(logged: list[dict[str, Any]]) -> None:
    """One line for a batch, with the count that the alarm adds up, and nothing that was said."""
    (line,) = [entry for entry in logged if entry["message"] == "quarantined"]

    assert (2, "call", "main", 1) == (
        line["count"], line["kind"], line["workspace"], line["accepted"],
    )  # fmt: skip
    assert "secret" not in json.dumps(line)
