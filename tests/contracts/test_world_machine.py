"""The same random operations on queues and objects in memory and on emulators give the same."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from botocore.session import get_session
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from infra.local.cloud import LocalCloud
from signet.adapters.memory.queue import Entry, MemoryQueue
from signet.adapters.memory.world import MemoryObjects, SetClock
from signet.adapters.s3 import S3Objects
from signet.adapters.sqs import SqsWorkQueue
from signet.domain.work import NoteEngagement
from signet.errors import Missing
from signet.ports import ObjectStore
from tests.contracts.conftest import running

NUMBERS = count(1)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)
HIDDEN, MOST_RECEIVES, MOST = timedelta(seconds=60), 3, 10
names = st.sampled_from(("a", "a/1", "a/2", "b/2"))
Given = tuple[str, str, str]


class Queues:
    """A queue of an emulator with its dead letters, as Lambda's poller uses it."""

    def __init__(self) -> None:
        self.client = get_session().create_client("sqs")
        number = next(NUMBERS)
        self.dead = self.client.create_queue(QueueName=f"dead-{number}")["QueueUrl"]
        told = self.client.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])
        policy = {
            "deadLetterTargetArn": told["Attributes"]["QueueArn"],
            "maxReceiveCount": MOST_RECEIVES,
        }
        attributes = {
            "VisibilityTimeout": str(int(HIDDEN.total_seconds())),
            "RedrivePolicy": json.dumps(policy),
        }
        made = self.client.create_queue(QueueName=f"work-{number}", Attributes=attributes)
        self.url = made["QueueUrl"]
        self.work = SqsWorkQueue(self.client, self.url)

    def receive(self, url: str) -> list[Given]:
        """Receive whatever can be seen: its body, its receipt, and how often it was received."""
        answer = self.client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=MOST, AttributeNames=["ApproximateReceiveCount"]
        )
        return sorted(
            (one["Body"], one["Attributes"]["ApproximateReceiveCount"], one["ReceiptHandle"])
            for one in answer.get("Messages", [])
        )


class BothQueues(RuleBasedStateMachine):
    """Sends, receives, deletes and waits twice, and compares."""

    advance: ClassVar[Callable[[timedelta], object] | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock(START)
        self.dead = MemoryQueue(self.clock)
        self.memory = MemoryQueue(
            self.clock, visibility=HIDDEN, dead=self.dead, most_receives=MOST_RECEIVES
        )
        self.other = Queues()
        self.sent = 0
        self.held: dict[str, tuple[Entry, str]] = {}

    @precondition(lambda self: len(self.memory.entries) < MOST - 3)
    @rule(size=st.integers(1, 3), seconds=st.sampled_from((0, 0, 30, 90)))
    def send(self, size: int, seconds: int) -> None:
        """Send work, some of it hidden at first."""
        items = [
            NoteEngagement(workspace="main", message_id=f"m{n}", engagement="opened", at=START)
            for n in range(self.sent, self.sent + size)
        ]
        self.sent += size
        for queue in (self.memory, self.other.work):
            queue.send(items, delay=timedelta(seconds=seconds))

    @rule()
    def receive(self) -> None:
        """Receive whatever can be seen; bodies and receive counts agree."""
        ours = sorted(self.memory.receive(), key=lambda entry: entry.body)
        theirs = self.other.receive(self.other.url)

        assert [(one.body, str(one.receives)) for one in ours] == [one[:2] for one in theirs]
        self.held |= {e.body: (e, t[2]) for e, t in zip(ours, theirs, strict=True)}

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete something that was received, perhaps long ago."""
        body = data.draw(st.sampled_from(sorted(self.held)))
        entry, receipt = self.held.pop(body)
        self.memory.delete(entry.id)
        self.other.client.delete_message(QueueUrl=self.other.url, ReceiptHandle=receipt)

    @precondition(lambda self: type(self).advance is not None)
    @rule(seconds=st.sampled_from((1, 31, 61, 91)))
    def wait(self, seconds: int) -> None:
        """Let time pass, where it can be made to pass."""
        assert type(self).advance is not None
        type(self).advance(timedelta(seconds=seconds))
        self.clock.advance(timedelta(seconds=seconds))

    def teardown(self) -> None:
        """In the end both have the same dead letters."""
        dead = [entry.body for entry in self.dead.receive(MOST)]

        assert sorted(dead) == [one[0] for one in self.other.receive(self.other.dead)]


class BothObjects(RuleBasedStateMachine):
    """Writes and reads twice, and compares."""

    def __init__(self) -> None:
        super().__init__()
        client, bucket = get_session().create_client("s3"), f"things-{next(NUMBERS)}"
        client.create_bucket(Bucket=bucket)
        self.both: tuple[ObjectStore, ObjectStore] = (MemoryObjects(), S3Objects(client, bucket))

    @rule(name=names, body=st.binary(max_size=5), if_absent=st.booleans())
    def put(self, *, name: str, body: bytes, if_absent: bool) -> None:
        """Write an object."""
        for store in self.both:
            store.put(name, body, if_absent=if_absent)

    @rule(prefix=st.sampled_from(("", "a", "a/", "b", "c")))
    def names(self, prefix: str) -> None:
        """List by prefix, in order."""
        first, second = ([*store.names(prefix)] for store in self.both)

        assert first == second

    @invariant()
    def every_object_is_the_same(self) -> None:
        """Whatever was done, both hold the same."""
        for name in ("a", "a/1", "a/2", "b/2"):
            first, second = (_read(store, name) for store in self.both)
            assert first == second


def _read(store: ObjectStore, name: str) -> bytes | None:
    try:
        return store.get(name)
    except Missing:
        return None


@pytest.fixture(params=["moto", "ministack"])
def waiting(request: pytest.FixtureRequest, emulated: None) -> Iterator[Any]:
    """Run an emulator, and give what lets its time pass: moto's does not."""
    if request.param == "moto":
        with running("moto"):
            yield None
    else:
        with LocalCloud({"Resources": {}}, frozen=True) as cloud:
            yield staticmethod(cloud.advance)


@pytest.mark.parametrize("machine", [BothQueues, BothObjects])
def test_memory_and_emulator_agree(machine: type[RuleBasedStateMachine], waiting: Any) -> None:
    """The simulator's queues and objects behave as the emulators' do."""
    run_machine(
        type("Machine", (machine,), {"advance": waiting}),
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # shrinking against an emulator takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
