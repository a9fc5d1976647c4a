"""What many rows in one call promise, and what streams and links of objects do."""

from datetime import timedelta

import pytest

from signet.adapters import aws
from signet.adapters.dynamodb.events import DynamoEvents
from signet.adapters.dynamodb.imports import DynamoImports
from signet.adapters.dynamodb.inserts import inserted, inserting
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.memory.world import tag_of
from signet.adapters.s3 import S3Objects
from signet.adapters.sealer import RootSealer
from signet.domain.events import TRACKED, Event
from signet.domain.importing import ImportedFile, RowFault, Rows, Verdict
from signet.domain.lineage import Lineage
from signet.domain.profile import Profile
from signet.errors import Conflict, Missing, Transient
from signet.ports import TimelineEntry
from signet.ports.store import Query
from tests.contracts.conftest import Emulator, Memory
from tests.contracts.test_stores import NOW

Ports = Memory | Emulator


@pytest.fixture
def written(emulator: Ports) -> Ports:
    """Give the ports where inserts by statement work."""
    if emulator.name == "moto":
        pytest.skip("moto takes no parameters in an insert by statement")
    return emulator


def test_rows_are_inserted_each_by_itself(written: Ports) -> None:
    """One that is there is left alone and told, and the others are written all the same."""
    table = written.table("inserts")
    rows = [
        {"pk": f"p'{n}\"", "sk": "s", "n": n, "raw": b"\x00\xff", "list": ["x", {"a": None}]}
        for n in range(60)
    ]
    table.put(dict(rows[30], n=-1))

    assert [n != 30 for n in range(60)] == table.insert(rows)
    assert [False] * 60 == table.insert(rows)
    assert rows[59] == table.get(("p'59\"", "s"))
    assert -1 == (table.get(("p'30\"", "s")) or {})["n"]
    assert [] == table.insert([])
    assert [True] == table.insert([{"pk": "one", "sk": "s"}])


def test_an_inserted_row_is_in_its_index(written: Ports) -> None:
    """A row with the keys of an index is found by it."""
    table = written.table("inserts")
    table.insert(
        [{"pk": f"p{n}", "sk": "s", "timeline_pk": "t", "timeline_sk": str(n)} for n in range(3)]
    )

    found = table.query(Query("t", 10, index="timeline")).items
    assert ["p0", "p1", "p2"] == [row["pk"] for row in found]


def test_calls_hold_so_many_rows_and_so_many_bytes() -> None:
    """Twenty-five rows or four megabytes are one call."""
    small = [{"pk": {"S": str(n)}} for n in range(60)]
    large = [{"pk": {"S": str(n)}, "b": {"B": bytes(1_500_000)}} for n in range(5)]

    assert [25, 25, 10] == [len(call) for call in inserting("t", small)]
    assert [2, 2, 1] == [len(call) for call in inserting("t", large)]


def test_an_insert_that_fails_for_another_reason_passes() -> None:
    """Whoever asked tries again; what was written then is seen as a row that is there."""
    throttled = {"Error": {"Code": "ThrottlingError"}}

    assert [True, False] == inserted([{}, {"Error": {"Code": "DuplicateItem"}}])
    with pytest.raises(Transient, match="ThrottlingError"):
        inserted([{}, throttled])


def test_many_handles_belong_to_whoever_came_first(written: Ports, sealer: RootSealer) -> None:
    """Whoever links many learns whose each of them is."""
    store = DynamoProfiles(written.table("people"), sealer)
    store.link("main", "h1", "p1")

    wanted = {f"h{n}": "p2" for n in range(30)}
    assert {**wanted, "h1": "p1"} == store.link_many("main", wanted)


def test_many_profiles_and_lineages_are_written_over_what_was_read(
    written: Ports, sealer: RootSealer
) -> None:
    """New ones and known ones together; one that somebody else wrote is a conflict."""
    store = DynamoProfiles(written.table("people"), sealer)
    people = [
        Profile(workspace="main", id=f"p{n}", created_at=NOW, updated_at=NOW) for n in range(30)
    ]
    lines = [Lineage(workspace="main", profile_id=person.id) for person in people]
    store.save_many(people[:20])
    store.save_lineages(lines[:20])
    store.save_many([people[3].model_copy(update={"version": 1}), *people[20:]])
    store.save_lineages([lines[3].model_copy(update={"version": 1}), *lines[20:]])

    ids = [person.id for person in people]
    expected = [2 if n == 3 else 1 for n in range(30)]
    assert expected == [store.get_many("main", ids)[one].version for one in ids]
    assert expected == [store.lineages("main", ids)[one].version for one in ids]
    for stale in (people[:1], [people[3].model_copy(update={"version": 1})]):
        with pytest.raises(Conflict):
            store.save_many(stale)
    with pytest.raises(Conflict):
        store.save_lineages(lines[:1])


def test_events_tell_what_brought_them(written: Ports, sealer: RootSealer) -> None:
    """Of two that say the same the first one's origin stays."""
    store = DynamoEvents(written.table("events"), sealer)
    events = [_event(n, f"i1/{n}") for n in range(30)]
    store.add("p", _event(7, ""), messages=())

    written_keys = store.add_many([TimelineEntry("p", event, ()) for event in events])

    assert {event.key for event in events} - written_keys == {events[7].key}
    assert {e.key: "" if n == 7 else f"i1/{n}" for n, e in enumerate(events)} == store.origins(
        [*events, _event(99, "")]
    )
    assert "i1/3" == store.get_many("main", [events[3].key])[events[3].key].event.origin


def _event(number: int, origin: str) -> Event:
    return Event(
        workspace="main", id=f"e{number}", source="s", type=TRACKED, occurred_at=NOW,
        received_at=NOW, origin=origin,
    )  # fmt: skip


def test_an_object_is_read_as_a_stream_from_any_byte(emulator: Ports) -> None:
    """The pieces are the object; behind its end there are none."""
    objects = emulator.objects("streamed")
    body = bytes(range(256)) * 40_000
    objects.put("a/ö b", body)
    objects.put("empty", b"")

    for start in (0, 1, 5_000_000, len(body) - 1, len(body), len(body) + 9):
        pieces = list(objects.stream("a/ö b", start=start))
        assert body[start:] == b"".join(pieces)
        assert max(map(len, pieces), default=0) <= 1 << 22
    assert [] == list(objects.stream("empty"))


def test_a_stream_of_another_state_is_missing(emulator: Ports) -> None:
    """Who names the state of an object reads that one or none."""
    objects = emulator.objects("streamed")
    objects.put("a", b"one")

    assert [b"one"] == list(objects.stream("a", tag=tag_of(b"one")))
    for key, tag in (("a", tag_of(b"two")), ("b", "")):
        with pytest.raises(Missing):
            list(objects.stream(key, tag=tag))


def test_a_link_leads_to_one_object(emulator: Ports) -> None:
    """It names the object, and it ends."""
    link = emulator.objects("linked").upload_link("imports/main/a.csv", timedelta(minutes=5))

    assert "imports/main/a.csv" in link
    assert emulator.name != "memory" or "300" in link


def test_a_link_of_the_deployed_client_is_signed_as_encrypted_buckets_demand() -> None:
    """The older signature is refused where a key of ours encrypts the bucket."""
    link = S3Objects(aws.client.__wrapped__("s3"), "b").upload_link("a", timedelta(minutes=5))
    aws._session.cache_clear()  # noqa: SLF001 - the next local cloud makes its own

    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "X-Amz-Expires=300" in link


def test_an_import_counts_each_part_once(emulator: Ports, sealer: RootSealer) -> None:
    """Its rows are the sum of its verdicts, and its status moves on only."""
    book = DynamoImports(emulator.table("events"), sealer)
    file = ImportedFile(
        workspace="main", id="i1", source_name="crm", source=None, name="ö.csv", key="k",
        created_at=NOW,
    )  # fmt: skip
    fault = RowFault(row=7, field="email", message="must be there")
    verdicts = [
        Verdict(part=n, rows=Rows(read=10, accepted=9, quarantined=1), faults=(fault,) if n else ())
        for n in (1, 0)
    ]

    assert [True, False] == [book.open(file), book.open(file)]
    assert [True, False] == [book.begin(file, "t1"), book.begin(file, "t2")]
    assert [True, True, False] == [book.count("main", "i1", v) for v in (*verdicts, verdicts[0])]
    book.cut(file, 2)
    book.refuse(file, "too late")

    found = book.get("main", "i1")
    assert found is not None
    assert found.done
    assert (Rows(read=20, accepted=18, quarantined=2), "t1", "", "ö.csv") == (
        found.rows, found.tag, found.reason, found.name
    )  # fmt: skip
    assert verdicts[::-1] == list(book.verdicts("main", "i1"))
    assert (found,) == book.page("main", limit=5, position=None).items
    assert book.get("other", "i1") is None
    assert not book.count("main", "gone", verdicts[0])


def test_a_refused_import_says_why(emulator: Ports, sealer: RootSealer) -> None:
    """The reason stays with it, and it is never begun again."""
    book = DynamoImports(emulator.table("events"), sealer)
    file = ImportedFile(
        workspace="main", id="i1", source_name="crm", source=None, name="a", key="k",
        created_at=NOW,
    )  # fmt: skip
    book.open(file)
    book.refuse(file, "file: is empty")

    assert not book.begin(file, "t")
    found = book.get("main", "i1")
    assert found is not None
    assert ("refused", "file: is empty") == (found.status, found.reason)
