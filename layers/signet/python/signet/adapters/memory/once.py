"""One answer per idempotency key, in memory."""

import json
from collections.abc import Callable
from typing import Any

from signet.domain.request import Unprocessable
from signet.errors import Conflict, FieldError


class MemoryOnce:
    """Gives the same answer to the same key, for ever, with its keys sorted as the table does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[str, dict[str, Any] | None]] = {}

    def __call__(
        self, key: str, *, scope: str, fingerprint: str, work: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """
        Do the work unless it was done under this key, and give its answer.

        Raises:
            Unprocessable: The key was used with another body.
            Conflict: The first call under the key is still in flight.
        """
        place = (scope, key)
        if place not in self.kept:
            self.kept[place] = (fingerprint, None)
            try:
                self.kept[place] = (fingerprint, json.loads(json.dumps(work(), sort_keys=True)))
            except BaseException:
                del self.kept[place]
                raise
        known, answer = self.kept[place]
        if known != fingerprint:
            fault = FieldError("Idempotency-Key", "was used with another body")
            raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))
        if answer is None:
            raise Conflict("the first call with this Idempotency-Key is in flight")
        return answer
