"""The tables of the page on the promise: figures, guards, and how they were put to the test."""

import inspect
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from signet.domain import gate, pace, waiting
from signet.usecases import canary, deliver
from tests.simulator.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promise.md"
RESULTS = ROOT / "tests" / "simulator" / "results"
Rows = Sequence[Mapping[str, Any]]


def page(results: Path = RESULTS) -> str:
    """Write the page with its tables as the code and the kept results have them."""
    blocks = {
        "figures": figures(),
        "guards": guards(_kept(results / "mutants.json")),
        "comparison": comparison(_kept(results / "table.json")),
    }
    text = PAGE.read_text("utf-8")
    for name, content in blocks.items():
        text = filled(text, name, content)
    return text


def filled(text: str, name: str, content: str) -> str:
    """
    Write a block between its two marks.

    Raises:
        LookupError: The marks are not there.
    """
    block = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)
    if block.search(text) is None:
        raise LookupError(f"there is no block of {name}")
    return block.sub(lambda _: content, text)


def figures() -> str:
    """Write every figure that the promise depends on."""
    quiet = waiting.QUIET
    rows = {
        "how long a claim is good for": waiting.LEASE,
        "how long one hand-over may take": waiting.CALL,
        "a claim is doubted so long after its lease, because clocks differ": waiting.SKEW,
        "silence that ends a doubt, class `once`": quiet["once"],
        "silence that ends a doubt, class `assured`": quiet["assured"],
        "hand-overs of a message of class `assured`, at most": waiting.MOST_HAND_OVERS,
        "messages that are claimed together, at most": deliver.LOT,
        "a canary leaves at most every": canary.EVERY,
        "the first look at a message that waits comes after": waiting.FIRST_LOOK,
        "two looks on the first day lie apart, at most": waiting.LONGEST_LOOK,
        "later looks lie apart by this part of the time waited": f"1/{waiting.PATIENCE}",
        "what is refused for a while is tried again after": waiting.BACK_OFF,
        "the message of a paused campaign is looked at again after": waiting.PAUSED,
        "a message whose event never came is given up after": waiting.GIVEN_UP,
        "sending stops above this rate of bounces": share(gate.MOST_BOUNCES),
        "and not before so many": gate.FEWEST_BOUNCES,
        "sending stops above this rate of complaints": share(gate.MOST_COMPLAINTS),
        "and not before so many complaints": gate.FEWEST_COMPLAINTS,
        "the smallest share of the provider's rate that is used": share(pace.SMALLEST_SHARE),
    }
    return table(("figure", "value"), ((name, shown(value)) for name, value in rows.items()))


def guards(kept: Rows) -> str:
    """Write each mutant with the guard that it takes away; with results, who noticed it."""
    known = {row["mutant"]: row for row in kept}
    head = ["what the mutant does", "the guard that it takes away", "backed up by"]
    if known:
        head += ["noticed alone", "noticed together"]
    rows = [_guard(mutant, known) for mutant in MUTANTS]
    return f"There are {len(MUTANTS)} mutants.\n\n" + table(head, rows)


def _guard(mutant: Mutant, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    taken = ", ".join(f"`{place(target, name)}`" for target, name, _ in mutant.patches)
    row = [mutant.name, taken, mutant.backed_by or "-"]
    if known:
        found = known.get(mutant.name, {})
        row += [str(found.get(how) or "-") for how in ("alone", "together")]
    return row


def place(target: Any, name: str) -> str:
    """Say where something is that is replaced: the class, or the last part of the module."""
    if not inspect.ismodule(target):
        return f"{target.__name__}.{name}"
    parts = target.__name__.split(".")
    return ".".join([*parts[-2 if parts[-1] == "wiring" else -1 :], name])


def comparison(kept: Rows) -> str:
    """Write what the kept comparison of protocols found."""
    if not kept:
        return "No comparison is kept; `signet simulate --table` makes one.\n"
    head = list(kept[0])
    rows = ([share(v) if n == "rate" else shown(v) for n, v in row.items()] for row in kept)
    return table(head, rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table as Markdown."""
    lines = [f"| {' | '.join(line)} |" for line in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]]) + "\n"


def shown(value: object) -> str:
    """Write a figure for people."""
    if isinstance(value, timedelta):
        return span(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def share(part: float) -> str:
    """Write a part of one in per cent."""
    return f"{100 * part:g} %"


def span(length: timedelta) -> str:
    """Write a span in the largest unit that fits whole; minutes up to an hour."""
    seconds = int(length.total_seconds())
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds % unit == 0 and seconds > unit:
            return f"{seconds // unit} {name}"
    return f"{seconds // 60} minutes" if seconds > 60 else f"{seconds} seconds"


def _kept(path: Path) -> Rows:
    """Read kept results; where there are none, nothing."""
    found: Rows = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found
