"""How much memory this process has, and how much of it are the rows and mails it keeps."""

import gc
import os
import resource
import sys
from pathlib import Path
from typing import Any

_STATM = Path("/proc/self/statm")
KIB, MIB = 1024, 1024 * 1024


def resident() -> int:
    """Tell the bytes of memory in use now; where the system does not say, those ever used."""
    gc.collect()
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak()


def peak() -> int:
    """Tell the most bytes of memory that were ever in use."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * KIB


def stored(cloud: Any) -> int:
    """Tell the bytes that a local cloud's tables, buckets, queues and mails take as objects."""
    stores = [
        store._data  # noqa: SLF001 - the stores of the emulator have no other door
        for module in cloud.emulator.modules.values()
        for store in vars(module).values()
        if hasattr(store, "_data")
    ]
    mails = [vars(letter) for letter in cloud.outbox.letters.values()]
    return size([stores, mails])


def size(root: object) -> int:
    """Add up an object and all it holds, each once."""
    seen: set[int] = set()
    stack, total = [root], 0
    while stack:
        found = stack.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        total += sys.getsizeof(found)
        if isinstance(found, dict):
            stack += [*found.keys(), *found.values()]
        elif isinstance(found, list | tuple | set | frozenset):
            stack += found
    return total
