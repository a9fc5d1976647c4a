"""Filter criteria of event source mappings."""

import json
from typing import Any

from infra.local.emulator import Emulator


class Filter:
    """Any of some patterns, matched by the emulator's own matcher of event patterns."""

    def __init__(self, emulator: Emulator, criteria: dict[str, Any] | None) -> None:
        """
        Compile the patterns.

        Raises:
            ValueError: A pattern is not valid.
        """
        self._rules = emulator.modules["eventbridge"]
        self._alternatives: list[Any] = []
        for given in (criteria or {}).get("Filters", []):
            pattern = given["Pattern"]
            text = pattern if isinstance(pattern, str) else json.dumps(pattern)
            alternatives, reason = self._rules._parse_pattern_text(text)
            if reason:
                raise ValueError(f"filter pattern {text}: {reason}")
            self._alternatives += alternatives

    def accepts(self, record: dict[str, Any]) -> bool:
        """Tell whether a record passes; without patterns each does."""
        if not self._alternatives:
            return True
        return any(self._rules._matches_detail(record, one) for one in self._alternatives)
