"""The benchmark's figures, as its page shows them, out of the result that was kept."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "benchmarks"
PAGE = FOLDER / "README.md"
BLOCK = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


def page() -> str:
    """Write the benchmarks' page with the figures of the kept result."""
    kept: dict[str, Any] = json.loads((FOLDER / "results" / "pipeline.json").read_text("utf-8"))
    rows = [(name, value) for name, value in kept.items() if not isinstance(value, dict)]
    lines = ["| figure | value |", "|---|---|", *(f"| `{n}` | {shown(v)} |" for n, v in rows)]
    costs = kept["write_units_per_message_by_guard"].items()
    lines += ["", "| write units of one message go to | units |", "|---|---|"]
    table = "\n".join([*lines, *(f"| {what} | {shown(units)} |" for what, units in costs)]) + "\n"
    return BLOCK.sub(lambda _: table, PAGE.read_text("utf-8"))


def shown(value: object) -> str:
    """Write a figure for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
