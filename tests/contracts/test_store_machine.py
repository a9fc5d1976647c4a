"""The same random operations on a table in memory and on an emulator's give the same answers."""

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from signet.adapters.memory.table import MemoryTable
from signet.errors import Conflict
from signet.ports.store import (
    NEW,
    Absent,
    Change,
    Condition,
    Either,
    Equal,
    Every,
    Key,
    OneOf,
    Present,
    Put,
    Query,
    Store,
    Update,
    UpTo,
    pages,
)
from tests.contracts.conftest import running

NUMBERS = count(1)
LETTERS = ("a", "b", "c")
keys = st.tuples(st.sampled_from(("p", "q")), st.sampled_from(LETTERS))
texts = st.sampled_from(("", "x", "y", "2026-01-01", "2026-06-01"))
numbers = st.integers(-3, 3)
moments = st.sampled_from(("2026-01-01", "2026-03-01", "2026-06-01"))


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a row; some are in an index."""
    pk, sk = draw(keys)
    row: dict[str, Any] = {"pk": pk, "sk": sk}
    parts: dict[str, st.SearchStrategy[Any]] = {
        "s": texts,
        "n": numbers,
        "l": st.lists(texts, max_size=2),
        "m": st.fixed_dictionaries({"at": moments, "n": st.none() | st.booleans()}),
        "b": st.binary(min_size=1, max_size=4),
    }
    row |= {name: draw(part) for name, part in parts.items() if draw(st.booleans())}
    if draw(st.booleans()):
        row |= {"due_pk": draw(st.sampled_from(("d1", "d2"))), "due_sk": draw(moments)}
    return row


simple: st.SearchStrategy[Condition] = st.one_of(
    st.just(NEW),
    st.builds(Present, st.sampled_from(("pk", "s", "n"))),
    st.builds(Absent, st.sampled_from(("s", "l", ("m", "at"), ("m", "gone")))),
    st.builds(Equal, st.just("n"), numbers),
    st.builds(Equal, st.just("s"), texts),
    st.builds(OneOf, st.just("s"), st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(UpTo, st.sampled_from(("s", ("m", "at"), "due_sk")), moments),
)
conditions: st.SearchStrategy[Condition | None] = st.one_of(
    st.none(),
    simple,
    st.builds(Every, st.lists(simple, min_size=1, max_size=3).map(tuple)),
    st.builds(Either, st.lists(simple, min_size=1, max_size=3).map(tuple)),
)
updates = st.builds(
    Update,
    sets=st.fixed_dictionaries({}, optional={"s": texts, "c:news": numbers, "due_sk": moments}),
    adds=st.fixed_dictionaries({"n": numbers}),
    appends=st.fixed_dictionaries({}, optional={"l": st.lists(texts, min_size=1, max_size=2)}),
    removes=st.sampled_from(((), ("m",), ("b", "due_pk"))),
    condition=conditions,
)
writes = st.builds(Put, rows(), conditions) | st.builds(Change, keys, updates)


def key_of(write: Put | Change) -> Key:
    """Give the key that a write of a transaction is about."""
    return (str(write.item["pk"]), str(write.item["sk"])) if isinstance(write, Put) else write.key


def _sorted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


def tried(store: Store, parts: list[Put | Change]) -> bool:
    """Try a transaction; False when it was refused."""
    try:
        store.transact(parts)
    except Conflict:
        return False
    return True


class BothTables(RuleBasedStateMachine):
    """Does everything twice and compares."""

    table_of: ClassVar[Any] = None

    def __init__(self) -> None:
        super().__init__()
        self.memory: Store = MemoryTable()
        self.other: Store = type(self).table_of(f"machine-{next(NUMBERS)}")

    @rule(row=rows(), condition=conditions)
    def put(self, row: dict[str, Any], condition: Condition | None) -> None:
        """Write a row."""
        first = self.memory.put(row, condition=condition)

        assert first == self.other.put(row, condition=condition)

    @rule(many=st.lists(rows(), max_size=4))
    def put_many(self, many: list[dict[str, Any]]) -> None:
        """Write rows, some of them under the same key."""
        for store in (self.memory, self.other):
            store.put_many(many)

    @rule(key=keys, change=updates)
    def update(self, key: Key, change: Update) -> None:
        """Change a row."""
        assert self.memory.update(key, change) == self.other.update(key, change)

    @rule(key=keys)
    def delete(self, key: Key) -> None:
        """Delete a row."""
        assert self.memory.delete(key) == self.other.delete(key)

    @rule(parts=st.lists(writes, min_size=1, max_size=3, unique_by=key_of))
    def transact(self, parts: list[Put | Change]) -> None:
        """Write several rows or none."""
        assert tried(self.memory, parts) == tried(self.other, parts)

    @rule(
        partition=st.sampled_from(("d1", "d2", "p", "q")),
        limit=st.integers(1, 3),
        up_to=st.none() | moments | st.just("b"),
        newest=st.booleans(),
    )
    def query(self, *, partition: str, limit: int, up_to: str | None, newest: bool) -> None:
        """Read a partition of the table or of the index, page by page, to its end."""
        index = "due" if partition.startswith("d") else ""
        query = Query(partition, limit, index=index, up_to=up_to, newest_first=newest)
        found = [list(pages(store, query)) for store in (self.memory, self.other)]
        order = "due_sk" if index else "sk"

        assert [row[order] for row in found[0]] == [row[order] for row in found[1]]
        assert _sorted(found[0]) == _sorted(found[1])

    @invariant()
    def every_row_is_the_same(self) -> None:
        """Whatever was done, both tables hold the same."""
        every = [(pk, sk) for pk in ("p", "q") for sk in LETTERS]

        assert self.memory.get_many(every) == self.other.get_many(every)


@pytest.fixture(params=["moto", "ministack"])
def machine(request: pytest.FixtureRequest, emulated: None) -> Iterator[type[BothTables]]:
    """Give the machine with one emulator as the other side."""
    with running(request.param) as emulator:
        yield type("Machine", (BothTables,), {"table_of": emulator.table})


def test_memory_and_emulator_agree_on_random_operations(machine: type[BothTables]) -> None:
    """The simulator's table behaves as DynamoDB's emulators do."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # shrinking against an emulator takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
