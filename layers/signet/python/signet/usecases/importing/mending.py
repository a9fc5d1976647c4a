"""Text that was decoded wrongly on its way into a file, mended where that is beyond doubt."""

from typing import Any

from signet.cleaning.text import repaired


def mended(value: Any) -> Any:
    """Mend every text of a JSON value; keys stay as they are."""
    if isinstance(value, str):
        return repaired(value).text
    if isinstance(value, dict):
        return {name: mended(part) for name, part in value.items()}
    return [mended(part) for part in value] if isinstance(value, list) else value
