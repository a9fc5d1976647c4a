"""What a table does by itself: its stream is read and trimmed, its expired items go."""

from itertools import islice
from typing import Any

from infra.local.emulator import Emulator
from infra.local.journal import Row

# A message's claim is a few records behind its hand-over.
NEAR = 1_000


class Streams:
    """Reads the change records of tables by absolute position."""

    def __init__(self, emulator: Emulator) -> None:
        """Read from the emulator's tables."""
        self._tables = emulator.modules["dynamodb"]

    def start(self, table: str) -> int:
        """Tell the oldest position that can still be read."""
        return int(self._tables.stream_start_position(table))

    def end(self, table: str) -> int:
        """Tell the position behind the newest record."""
        return int(self._tables.stream_end_position(table))

    def read(self, table: str, position: int, limit: int) -> list[dict[str, Any]]:
        """Give up to `limit` records from `position` on."""
        records = self._tables.stream_live_records(table)
        offset = max(0, position - self.start(table))
        found: list[dict[str, Any]] = records[offset : offset + limit]
        return found

    def trim(self, table: str, position: int) -> None:
        """Forget the records before `position`, which every mapping has read."""
        drop = position - self.start(table)
        if drop > 0:
            del self._tables.stream_live_records(table)[:drop]
            trimmed = self._tables._stream_trimmed
            trimmed[table] = trimmed.get(table, 0) + drop

    def naming(self, ident: str) -> Row | None:
        """Give a row with this `id` as a stream told of it last, if that was just now."""
        for table, records in self._tables._stream_records.items():
            for record in islice(reversed(records), NEAR):
                image = record["dynamodb"].get("NewImage", {})
                if ident and image.get("id") == {"S": ident}:
                    return Row(table, image)
        return None

    def tell(self, row: Row) -> None:
        """Let the readers of a table's stream hear of a row as one that stood so already."""
        table = self._tables._tables[row.table]
        record = self._tables._build_change_record(
            table, "MODIFY", row.image, row.image, table["StreamSpecification"]["StreamViewType"]
        )
        self._tables._stream_records.setdefault(row.table, []).append(record)

    def forget(self, read: list[tuple[str, int]]) -> None:
        """
        Forget the records that every reader has read.

        Args:
            read: The table and the position of each reader.
        """
        for table in list(self._tables._stream_records.keys()):
            self.trim(
                table, min((at for name, at in read if name == table), default=self.end(table))
            )


def expire(emulator: Emulator) -> int:
    """
    Delete the items whose time to live has passed, as the stream's readers would see it.

    Returns:
        How many items went.
    """
    module, now, gone = emulator.modules["dynamodb"], emulator.clock.timestamp(), 0
    for table, setting in list(module._ttl_settings.items()):
        if setting.get("TimeToLiveStatus") == "ENABLED":
            gone += _expire_table(module, table, attribute=setting["AttributeName"], now=now)
    return gone


def _expire_table(module: Any, name: str, *, attribute: str, now: float) -> int:
    table, gone = module._tables[name], 0
    for pk, rows in list(table["items"].items()):
        for sk, item in list(rows.items()):
            number = item.get(attribute, {}).get("N")
            if number is None or float(number) > now:
                continue
            old = module._remove_item(table, pk, sk)
            module._emit_stream_event(name, "REMOVE", old, None)
            _sign(module, name)
            gone += 1
    return gone


def _sign(module: Any, name: str) -> None:
    records = module.stream_live_records(name)
    if records:
        records[-1]["userIdentity"] = {
            "type": "Service",
            "principalId": "dynamodb.amazonaws.com",
        }
