"""The functions in a worker process: the same as in one process, until somebody kills it."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.apart import Call
from infra.local.cloud import LocalCloud
from infra.local.function import FunctionError
from tests.cli.running import until
from tests.local import worker_mini
from tests.local.worker_mini import ask, gone, rows

PACKAGE = "worker_functions"


@pytest.fixture(scope="module", autouse=True)
def _handlers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    root = tmp_path_factory.mktemp("worker")
    worker_mini.write_handlers(root, PACKAGE)
    sys.path.insert(0, str(root))
    yield
    sys.path.remove(str(root))


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Run the small stack with a worker, on a clock that stands still."""
    with LocalCloud(worker_mini.template(PACKAGE), frozen=True, worker=True) as running:
        yield running


def once(function: str, *, applied: bool) -> Callable[[Call], bool]:
    """Kill at the first call of a function, before or after it is applied."""
    left = [applied]

    def kill(call: Call) -> bool:
        return call.function == function and [call.applied] == left and left.pop() is applied

    return kill


def test_request_travels_to_the_stream_when_functions_run_apart(cloud: LocalCloud) -> None:
    """What functions write from their own process is in the local cloud's tables and queues."""
    ask(cloud, "work", {"id": "a"})
    counts = cloud.drain()

    assert {"Worker": 1, "Reader": 2} == counts
    assert ["a"] == [row["pk"] for row in rows("read")]
    assert cloud.worker is not None
    assert cloud.worker.pid == ask(cloud, "about")["pid"] != os.getpid()
    assert {"started": 1, "deaths": {}} == cloud.stats()["worker"]


def test_each_function_sees_its_own_environment_only(cloud: LocalCloud) -> None:
    """Variables are in place at import and at each call, and never those of another function."""
    ask(cloud, "work", {"id": "a"})
    cloud.drain()
    told = ask(cloud, "about")

    assert ("Door", None) == (told["name"], told["born"]["table"])
    assert told["born"]["queue"].endswith("/Work")
    assert ["none"] == [row["queue"] for row in rows("message")]
    assert ["none"] == [row["table"] for row in rows("read")]
    assert "WORK_QUEUE_URL" not in os.environ


def test_record_comes_back_with_its_count_grown_when_the_worker_dies(cloud: LocalCloud) -> None:
    """A death is no answer: the record shows again after its visibility timeout."""
    ask(cloud, "work", {"id": "a", "deaths": 1})
    cloud.drain()
    hidden = cloud.queues.waiting()["Work"]
    cloud.advance(timedelta(seconds=61))

    assert 1 == hidden
    assert ["2"] == [row["receives"] for row in rows("message")]
    assert 0 == cloud.queues.waiting()["Work"]
    assert {"started": 2, "deaths": {"between": 1}} == cloud.stats()["worker"]


def test_record_is_a_dead_letter_when_every_worker_dies_with_it(cloud: LocalCloud) -> None:
    """The queue's own redrive ends what kills its function again and again."""
    ask(cloud, "work", {"id": "a", "deaths": 9})
    cloud.advance(timedelta(minutes=10))

    assert (0, 1) == (cloud.queues.waiting()["Work"], cloud.queues.waiting()["Dead"])
    assert [] == rows("message")


@pytest.mark.parametrize("applied", [False, True])
def test_stream_batch_is_read_again_when_the_worker_dies(cloud: LocalCloud, applied: bool) -> None:
    """A death fails a batch of the stream, whether or not its write was applied."""
    cloud.set_kill(once("Reader", applied=applied))
    ask(cloud, "work", {"id": "a"})
    cloud.drain()
    first = [row["pk"] for row in rows("read")]
    cloud.advance(timedelta(seconds=5))

    assert ["a"] * applied == first
    assert ["a"] == [row["pk"] for row in rows("read")]
    assert {"after" if applied else "before": 1} == cloud.stats()["worker"]["deaths"]


@pytest.mark.parametrize("applied", [False, True])
def test_request_is_answered_500_when_the_worker_dies_at_a_call(
    cloud: LocalCloud, applied: bool
) -> None:
    """Killed before its call nothing was queued, killed after it the work is there."""
    cloud.set_kill(once("Door", applied=applied))
    answer = cloud.http("POST", "/work", body={"id": "a"})

    assert 500 == answer.status
    assert int(applied) == cloud.queues.waiting()["Work"]
    assert cloud.worker is not None
    death = cloud.worker.deaths[0]
    assert ("Door", "after" if applied else "before") == (death.function, death.moment)
    assert death.call is not None
    assert ("SendMessage", 1) == (death.call.asked.operation, death.call.number)
    ask(cloud, "work", {"id": "b"})


@pytest.mark.parametrize("trick", ["sleep", "spin"])
def test_worker_is_killed_when_a_function_overruns(cloud: LocalCloud, trick: str) -> None:
    """A function has its timeout and no more, whether it waits or asks without end."""
    old = ask(cloud, "about")["pid"]
    cloud.invoker.functions["Door"].timeout = 1
    began = time.monotonic()
    answer = cloud.http("POST", f"/{trick}", body=60)
    took = time.monotonic() - began

    assert 500 == answer.status
    assert 1 <= took < 30
    assert gone(old)
    assert 1 == cloud.stats()["functions"]["Door"]["overruns"]
    assert "timed out after 1.00 seconds" in cloud.invoker.functions["Door"].last_error
    assert old != ask(cloud, "about")["pid"]


def test_function_may_overrun_when_timeouts_are_off() -> None:
    """Whoever looks at a function step by step has all the time of the world."""
    described = worker_mini.template(PACKAGE, timeout=1)
    with LocalCloud(described, worker=True, timeouts=False) as cloud:
        assert None is ask(cloud, "sleep", 1.1)
        assert 1 == cloud.stats()["functions"]["Door"]["overruns"]


def test_worker_sees_the_time_of_the_cloud(cloud: LocalCloud) -> None:
    """The clock that functions see stands, jumps and comes back with the local cloud's."""
    assert cloud.clock.now().isoformat() == ask(cloud, "about")["now"]
    cloud.advance(timedelta(days=400))
    assert cloud.clock.now().isoformat() == ask(cloud, "about")["now"]
    past = cloud.clock.now() - timedelta(days=30)
    with cloud.at(past):
        assert past.isoformat() == ask(cloud, "about")["now"]
    cloud.set_fault(lambda *_: cloud.clock.advance(timedelta(hours=1)))

    assert 3600 == ask(cloud, "tick")


def test_errors_of_the_sdk_are_those_of_one_process(cloud: LocalCloud) -> None:
    """Refusals keep their code, faults are repeated by the SDK, and nothing reaches the network."""
    left = [503, 503]
    cloud.set_fault(lambda service, _: left.pop() if left and service == "sqs" else None)
    unknown = ["sqs", "get_queue_url", {"QueueName": "Nobody"}]

    assert "NonExistentQueue" in ask(cloud, "ask", unknown)
    assert [] == left
    refused = ask(cloud, "ask", ["sns", "list_topics", {}])
    assert refused.startswith("LookupError: the local cloud does not answer for")
    assert 1 == cloud.meter.calls["sqs.GetQueueUrl"]


def test_error_of_a_function_has_its_kind_and_trace(cloud: LocalCloud) -> None:
    """What a function raises is told as if it had been raised here, and the worker lives on."""
    with pytest.raises(FunctionError, match="KeyError: 'rawPath'") as caught:
        cloud.invoker.call("Door", {})

    assert "handler.py" in caught.value.trace
    assert {"started": 1, "deaths": {}} == cloud.stats()["worker"]
    assert 1 == cloud.stats()["functions"]["Door"]["failures"]


def test_exit_of_a_function_is_an_error_of_its_runtime(cloud: LocalCloud) -> None:
    """A handler that ends its process fails, and the next invocation has a new one."""
    with pytest.raises(FunctionError, match=r"Runtime\.ExitError: the worker ended: exit status 3"):
        cloud.invoker.call("Door", {"rawPath": "/leave"})

    assert ask(cloud, "about")["pid"]


def test_thread_that_outlives_its_invocation_is_not_answered(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    """Between invocations a worker is frozen as far as AWS is concerned."""
    heard = tmp_path / "heard"
    ask(cloud, "outlive", {"heard": str(heard)})

    assert until(heard.exists)
    assert "no function runs that could ask AWS" == heard.read_text()
