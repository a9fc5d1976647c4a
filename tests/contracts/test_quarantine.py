"""The quarantine keeps what could not be taken, once, and only its last reader changes it."""

from datetime import UTC, datetime

import pytest

from signet.adapters.dynamodb.quarantine import LARGEST_ROW_BYTES, DynamoQuarantine
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.quarantine import MOST_STEPS, Quarantined, QuarantineStep, quarantined
from signet.errors import Conflict, Rejected
from signet.ports.store import Query

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
