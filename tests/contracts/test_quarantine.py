"""The quarantine keeps what could not be taken, once, and only its last reader changes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.quarantine import LARGEST_ROW_BYTES, DynamoQuarantine
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.quarantine import MOST_STEPS, Quarantined, QuarantineStep, quarantined
from signet.errors import Conflict, Rejected, Transient
from signet.ports.store import Item, Key, Query, Value

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _store() -> DynamoQuarantine:
    return DynamoQuarantine(MemoryTable(), RootSealer(b"r" * 64, SeededRandom("q")))


def _item(place: str, sample: str = "no") -> Quarantined:
    error = Rejected.field("email", "must be exactly one e-mail address")
    return quarantined(
        error,
        workspace="main",
        door="import",
        source="source:shop",
        sample={"email": sample},
        received_at=NOW,
        place=place,
    )


def test_a_repeated_reading_makes_no_second_item() -> None:
    """The id is derived from origin, moment and place, so a retry changes nothing."""
    store = _store()
    for _ in range(2):
        store.add([_item("1"), _item("2")])

    page = store.page("main", status=None, limit=10, position=None)

    assert {_item("1").id, _item("2").id} == {item.id for item in page.items}  # type: ignore[attr-defined]
    assert store.get("main", _item("1").id) == _item("1")
    assert store.get("other", _item("1").id) is None


def _known(place: str, name: str, *, later: int = 0, **fields: str) -> Quarantined:
    error = Rejected.field("email", "must be there")
    item = quarantined(
        error,
        workspace=fields.get("workspace", "main"),
        door="source",
        source=fields.get("source", "source:shop"),
        sample={"name": name},
        received_at=NOW + timedelta(hours=later),
        place=place,
    )
    return item.model_copy(update={"known_as": name})


def _names(table: MemoryTable, workspace: str = "main") -> list[tuple[str, str]]:
    store = DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q")))
    page = store.page(workspace, status=None, limit=99, position=None)
    return sorted((item.id, item.sample["name"]) for item in page.items)  # type: ignore[attr-defined]


def test_what_its_sender_repeats_is_kept_once_whenever_it_comes() -> None:
    """Among others that are new, and whatever became of the item in between."""
    table = MemoryTable()
    store = DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q")))
    first = _known("0", "a")
    store.add([first])
    store.save(first.model_copy(update={"status": "discarded"}), expected_version=0)

    store.add([_known("0", "a", later=5), _known("1", "b", later=5), _known("2", "b", later=5)])

    kept = store.get("main", first.id)
    assert [(first.id, "a"), (_known("1", "b", later=5).id, "b")] == _names(table)
    assert kept is not None
    assert "discarded" == kept.status


def test_same_name_of_another_sender_is_another_thing() -> None:
    """Names are a source's own, and a workspace's."""
    table = MemoryTable()
    store = DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q")))
    other = _known("0", "a", workspace="other")
    store.add([_known("0", "a"), _known("0", "a", source="source:crm"), other])

    assert (2, [(other.id, "a")]) == (len(_names(table)), _names(table, "other"))


class _Falling(MemoryTable):
    """A table that fails after so many inserts, and counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.left = 99

    def insert(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """Write rows, or fail."""
        self.calls.append("insert")
        self.left -= 1
        if self.left < 0:
            raise Transient("the table is away")
        return super().insert(items)

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Read rows."""
        self.calls.append("get_many")
        return super().get_many(keys, consistent=consistent)


def test_repeat_heals_what_was_cut_off() -> None:
    """Where a name is noted and its item is missing, the item is written under its first id."""
    table = _Falling()
    store = DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q")))
    table.left = 1
    with pytest.raises(Transient):
        store.add([_known("0", "a"), _known("1", "b")])
    missing = _names(table)
    table.left = 99

    for later in (1, 2):
        store.add([_known("0", "a", later=later), _known("1", "b", later=later)])

    assert [] == missing
    assert sorted([(_known("0", "a").id, "a"), (_known("1", "b").id, "b")]) == _names(table)


def test_items_with_names_cost_one_call_more_and_a_repeat_two() -> None:
    """However many they are; items without names cost what they did."""
    table = _Falling()
    store = DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q")))
    costs = []
    for items in ([_item("1"), _item("2")], [_known("0", "a"), _known("1", "b")]) * 2:
        table.calls.clear()
        store.add(items)
        costs.append(list(table.calls))

    once = ["insert", "insert"]
    assert [["insert"], once, ["insert"], ["insert", "get_many", "insert"]] == costs


def test_only_one_of_two_writers_changes_an_item() -> None:
    """Whoever saves names the version that was read."""
    store = _store()
    store.add([_item("1")])
    changed = _item("1").model_copy(update={"status": "discarded"})
    store.save(changed, expected_version=0)

    with pytest.raises(Conflict):
        store.save(changed, expected_version=0)

    waiting = store.page("main", status="waiting", limit=10, position=None)
    assert () == waiting.items


def test_a_sample_too_large_for_a_row_is_said_to_be_left_out() -> None:
    """The reason is kept even where the payload is not."""
    store = _store()
    noise = "".join(chr(0x4E00 + (n * 7919 + n * n) % 20000) for n in range(400_000))
    store.add([_item("1", noise)])

    found = store.get("main", _item("1").id)

    assert found is not None
    assert (found.truncated, found.sample) == (True, None)


def test_listing_reads_on_over_what_is_not_wanted() -> None:
    """A page is full however many others lie in between, and the next one goes on behind it."""
    store = _store()
    store.add([_item(str(n)) for n in range(250)])
    wanted = sorted(_item(str(n)).id for n in range(0, 250, 40))
    for item_id in wanted:
        found = store.get("main", item_id)
        assert found is not None
        store.save(found.model_copy(update={"status": "discarded"}), expected_version=0)

    first = store.page("main", status="discarded", limit=4, position=None, source="source:shop")
    rest = store.page("main", status="discarded", limit=4, position=first.next_position)
    ids = [item.id for item in (*first.items, *rest.items)]  # type: ignore[attr-defined]

    assert (4, 3, None) == (len(first.items), len(rest.items), rest.next_position)
    assert wanted[::-1] == ids
    assert () == store.page("main", status=None, limit=4, position=None, source="none").items


def test_row_stays_within_its_table_however_long_its_history() -> None:
    """The largest sample with the longest history and texts that do not shrink fits a row."""
    noise = SeededRandom("noise")
    codes = (int.from_bytes(noise.token(2), "big") % 20000 for _ in range(99_000))
    text = "".join(chr(0x4E00 + code) for code in codes)
    item = _item("1", text)
    for number in range(MOST_STEPS + 3):
        note = text[number * 300 : (number + 1) * 300]
        step = QuarantineStep(at=NOW, actor="k1", action="refused", note=note)
        item = item.after(step, correction=text[:5000])
    table = MemoryTable()
    DynamoQuarantine(table, RootSealer(b"r" * 64, SeededRandom("q"))).add([item])
    (row,) = table.query(Query("main#quarantine#0", 1)).items

    assert not item.truncated
    assert 200_000 < len(row["sealed"]) < LARGEST_ROW_BYTES
