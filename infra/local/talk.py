"""Words for people, on the terminal's other stream: the first belongs to data."""

import sys


def say(text: str) -> None:
    """Talk to people."""
    print(text, file=sys.stderr)  # noqa: T201 - what else would hear of it
