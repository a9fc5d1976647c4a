"""What commands print: data on stdout, talk on stderr, colour only where it is welcome."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

OK, FAILED, USAGE, PARTLY = 0, 1, 2, 3


class Stop(Exception):
    """A command ends here, with a sentence for people and an exit code for programs."""

    def __init__(self, message: str, *, code: int = FAILED) -> None:
        """Say why, and with which exit code."""
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """Talk to people."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def give(data: Any, *, text: str, as_json: bool) -> None:
    """Print a result: one JSON document for programs, or the text for people."""
    sys.stdout.write((json.dumps(data) if as_json else text) + "\n")
    sys.stdout.flush()


def bold(text: str) -> str:
    """Make text bold on a terminal that shows it."""
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out in columns as wide as their widest cell."""
    lines = [tuple(str(cell) for cell in row) for row in (head, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    laid = ("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in laid)


def rewrite(text: str) -> None:
    """Write over the current line of a terminal; elsewhere write nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()
