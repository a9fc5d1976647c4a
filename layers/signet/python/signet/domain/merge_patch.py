"""JSON merge patches (RFC 7386)."""

from collections.abc import Mapping
from typing import Any


def patched(target: object, patch: object) -> Any:  # noqa: ANN401 - any JSON value
    """
    Give a value as a merge patch wants it; neither of the two is changed.

    The patch is no deeper than any body that is read, so recursion is bounded.
    """
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = patched(found.get(name), value)
    return found
