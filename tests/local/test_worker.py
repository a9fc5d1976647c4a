"""The functions in a worker process: the same as in one process, until somebody kills it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.apart import Call
from infra.local.cloud import LocalCloud
from infra.local.function import FunctionError
from tests.local import worker_mini

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


def ask(cloud: LocalCloud, trick: str, body: Any = "") -> Any:
    """Let the door play a trick, and give its answer."""
    answer = cloud.http("POST", f"/{trick}", body=body)
    assert 200 == answer.status, answer.text
    return answer.json()


def rows(sk: str) -> list[dict[str, str]]:
    """Give the rows of one kind as plain values."""
    found = boto3.client("dynamodb").scan(TableName="Table")["Items"]
    plain = [{name: next(iter(value.values())) for name, value in row.items()} for row in found]
    return [row for row in plain if row["sk"] == sk]


def once(function: str, *, applied: bool) -> Callable[[Call], bool]:
    """Kill at the first call of a function, before or after it is applied."""
    left = [applied]

    def kill(call: Call) -> bool:
        return call.function == function and [call.applied] == left and left.pop() is applied

    return kill


def gone(pid: int | None) -> bool:
    """Tell whether a process has ended and was seen to."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return True
    return False


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
    assert 1 <= took < 5
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


def test_thread_that_outlives_its_invocation_is_not_answered(cloud: LocalCloud) -> None:
    """Between invocations a worker is frozen as far as AWS is concerned."""
    ask(cloud, "outlive")
    time.sleep(0.2)

    assert ["no function runs that could ask AWS"] == ask(cloud, "about")["later"]


def test_numbers_of_invocations_go_on_when_the_worker_is_another(cloud: LocalCloud) -> None:
    """A request id is never used twice in one local cloud."""
    told = []
    for _ in range(3):
        told.append(ask(cloud, "about"))
        assert cloud.kill_worker()
        assert not cloud.kill_worker()

    assert 3 == len({one["request_id"] for one in told}) == len({one["pid"] for one in told})
    assert {} == cloud.stats()["worker"]["deaths"]


def test_request_ends_when_somebody_kills_the_worker_meanwhile(cloud: LocalCloud) -> None:
    """A kill at any time ends the invocation at once, from whatever thread it comes."""
    cloud.invoker.functions["Door"].timeout = 60
    ask(cloud, "about")
    killer = threading.Timer(0.2, cloud.kill_worker)
    killer.start()
    answer = cloud.http("POST", "/sleep", body=60)
    killer.join()

    assert 500 == answer.status
    assert {"between": 1} == cloud.stats()["worker"]["deaths"]


def test_requests_of_many_threads_take_turns(cloud: LocalCloud) -> None:
    """One worker serves whoever comes, one after the other."""
    with ThreadPoolExecutor(8) as threads:
        pids = set(threads.map(lambda _: ask(cloud, "about")["pid"], range(40)))

    assert 1 == len(pids)


def test_nothing_is_left_when_clouds_come_and_go() -> None:
    """Two local clouds in turn have two workers, and leave no process, thread or socket."""
    described = worker_mini.template(PACKAGE)
    with LocalCloud(described, worker=True) as warm:
        ask(warm, "about")
    before = len(list(Path("/dev/fd").iterdir())), threading.active_count()
    pids = []
    for number in range(2):
        with LocalCloud(described, worker=True) as running:
            ask(running, "work", {"id": str(number)})
            running.drain()
            pids.append(ask(running, "about")["pid"])
            assert [str(number)] == [row["pk"] for row in rows("read")]
        with pytest.raises(FunctionError, match="the local cloud is closed"):
            running.invoker.call("Door", {"rawPath": "/about"})

    assert before == (len(list(Path("/dev/fd").iterdir())), threading.active_count())
    assert [True, True] == [gone(pid) for pid in pids]
    assert 2 == len(set(pids))


def test_worker_ends_by_itself_when_the_cloud_is_killed(tmp_path: Path) -> None:
    """A worker whose local cloud is gone has nobody to serve, and goes."""
    described = tmp_path / "template.json"
    described.write_text(json.dumps(worker_mini.template(PACKAGE)))
    program = (
        "import os, pathlib, sys\n"
        "from infra.local.cloud import LocalCloud\n"
        "cloud = LocalCloud(pathlib.Path(sys.argv[1]), worker=True).start()\n"
        "print(cloud.http('POST', '/about').json()['pid'], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program, str(described)]
    run = subprocess.run(command, env=paths, stdout=subprocess.PIPE, check=False)
    until = time.monotonic() + 10
    while not gone(int(run.stdout)) and time.monotonic() < until:
        time.sleep(0.02)

    assert -9 == run.returncode
    assert gone(int(run.stdout))


def test_kill_is_refused_when_there_is_no_worker() -> None:
    """A test that forgot the worker learns it, instead of passing."""
    with LocalCloud(worker_mini.template(PACKAGE)) as cloud:
        for kill in (cloud.kill_worker, lambda: cloud.set_kill(None)):
            with pytest.raises(RuntimeError, match="worker=True"):
                kill()
