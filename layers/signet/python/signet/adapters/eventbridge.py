"""Facts on the EventBridge bus."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.errors import Transient

_ENTRIES_PER_CALL = 10


class EventBridgeFacts:
    """Put CloudEvents on one bus: the whole envelope is the detail."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """Put CloudEvents on the bus, ten to a call."""
        for start in range(0, len(events), _ENTRIES_PER_CALL):
            self._put(events[start : start + _ENTRIES_PER_CALL])

    def _put(self, events: Sequence[Mapping[str, object]]) -> None:
        entries = [
            {
                "EventBusName": self._bus,
                "Source": event["source"],
                "DetailType": event["type"],
                "Detail": json.dumps(event, ensure_ascii=False),
            }
            for event in events
        ]
        try:
            answer = self._client.put_events(Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error
        if answer.get("FailedEntryCount"):
            raise Transient(f"{answer['FailedEntryCount']} facts were not taken")
