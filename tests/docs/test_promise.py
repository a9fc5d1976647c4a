"""The page on the promise says what the code can do, and has no table of its own making."""

import json
import re
from pathlib import Path

import pytest

from signet.domain.message import CODES, RANK, settles
from tests.docs import proof
from tests.simulator.marks import MOVES
from tests.simulator.mutants import BY_NAME

ARROW = re.compile(r"^ {2}(\w+|\[\*\]) --> (\w+)(?:: .*)?$", re.MULTILINE)
GATHERED = re.compile(r'^ {2}state ".*" as (\w+)$', re.MULTILINE)
# It stands in the log of a row only: the claim enters it together with itself.
NEVER_PRESENT = {"rendered"}
Move = tuple[str, str]


def arrows() -> set[Move]:
    """Read the moves off the page's diagram, through the boxes that only gather arrows."""
    text = proof.PAGE.read_text("utf-8")
    drawn, gathered = set(ARROW.findall(text)), set(GATHERED.findall(text))
    through = {
        (start, end) for start, box in drawn for out, end in drawn if box == out and box in gathered
    }
    return {move for move in drawn | through if not gathered & set(move)}


def test_every_move_that_the_simulator_reached_is_drawn() -> None:
    """What messages were seen to do is in the picture."""
    assert set() == set(MOVES) - arrows()


def test_every_move_by_a_report_is_drawn() -> None:
    """A provider's report moves a message wherever the rules let it."""
    told = ("sent", "delayed", "delivered", "bounced", "complained", "rejected", "failed")
    wanted = {(old, new) for old in RANK for new in told if settles(old, new)}

    assert set() == {move for move in wanted if move[0] not in NEVER_PRESENT} - arrows()


def test_every_status_is_drawn_and_no_other() -> None:
    """The picture has the statuses of the code."""
    drawn = {status for move in arrows() for status in move} - {"[*]"}

    assert CODES.keys() - NEVER_PRESENT == drawn


def test_every_invariant_of_the_checker_is_explained() -> None:
    """What is checked is said in words."""
    folder = proof.ROOT / "tests" / "simulator"
    checkers = [
        (folder / name).read_text("utf-8")
        for name in ("checker.py", "bans.py", "waits.py", "origins.py")
    ]
    checked = re.findall(r"\bI\d+\b", "".join(checkers))
    explained = re.findall(r"^\| (I\d+) \|", proof.PAGE.read_text("utf-8"), re.MULTILINE)

    assert {*checked, "I14"} == set(explained)


def test_every_mutant_has_a_row_with_what_became_of_it(tmp_path: Path) -> None:
    """Kept results join the table; a mutant without any says so."""
    name = next(iter(BY_NAME))
    kept = {"mutant": name, "alone": "schedule 3: I2", "backed by": "", "together": ""}
    (tmp_path / "mutants.json").write_text(json.dumps([kept]))
    rows = [{"rate": 0.001, "protocol": "claim, once", "messages": 12_000, "lost": 0}]
    (tmp_path / "table.json").write_text(json.dumps(rows))
    text = proof.page(tmp_path)

    assert f"| {name} | `ledger.claiming` | - | schedule 3: I2 | - |" in text
    assert all(f"| {mutant} |" in text for mutant in BY_NAME)
    assert "| 0.1 % | claim, once | 12,000 | 0 |" in text


def test_without_results_the_page_says_how_to_make_them(tmp_path: Path) -> None:
    """Nothing is claimed that was not run."""
    text = proof.page(tmp_path)

    assert "noticed alone" not in text
    assert "signet simulate --table` makes one" in text


def test_a_block_that_is_gone_is_missed() -> None:
    """A table cannot drop out of the page unseen."""
    with pytest.raises(LookupError, match="no block of guards"):
        proof.filled("nothing", "guards", "")
