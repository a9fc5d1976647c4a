"""
Run by itself in a bare interpreter: imports one handler as Lambda would, and tells the cost.

Arguments: the module, the folder of installed packages, then the folders Lambda would look in.
"""

import importlib
import json
import sys
from time import perf_counter


def main() -> None:
    """Import the module and print what was loaded from where, and how long it took."""
    module, packages, *folders = sys.argv[1:]
    sys.path[:0] = [*folders, packages]
    begun = perf_counter()
    handler = importlib.import_module(module).handler
    milliseconds = (perf_counter() - begun) * 1000
    sys.stdout.write(
        json.dumps(
            {
                "callable": callable(handler),
                "milliseconds": round(milliseconds),
                "roots": sorted(_roots(packages)),
                "own": sorted(_own()),
            }
        )
    )


def _roots(packages: str) -> set[str]:
    """Return the top-level names loaded from the folder of installed packages."""
    return {
        name.partition(".")[0]
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(packages)
    }


def _own() -> set[str]:
    """Return the files of our own modules."""
    return {
        file
        for name, module in sys.modules.items()
        if name.partition(".")[0] in ("functions", "signet")
        and (file := getattr(module, "__file__", None))
    }


if __name__ == "__main__":
    main()
