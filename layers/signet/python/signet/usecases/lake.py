"""The lake's files of transitions: where they lie, and their lines."""

import gzip
import json
from typing import Any

from signet.ports import ObjectStore

PREFIX = "transitions/"


def lines_of(name: str, lake: ObjectStore) -> list[dict[str, Any]]:
    """Read the lines of a file, each a message after a change, in the order of the changes."""
    # JSON's own line ends are the only ones: a reason may hold whatever else ends a line.
    texts = gzip.decompress(lake.get(name)).decode().split("\n")
    return [json.loads(text) for text in texts if text]
