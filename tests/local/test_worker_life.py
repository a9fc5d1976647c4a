"""The worker's life: whoever kills it, it is replaced, and nothing of it is left at the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from infra.local.function import FunctionError
from tests.local import worker_mini
from tests.local.worker_mini import ask, gone, rows

PACKAGE = "living_functions"


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

    def kill() -> None:
        while cloud.invoker.functions["Door"].invocations < 2:
            time.sleep(0.001)
        time.sleep(0.1)
        cloud.kill_worker()

    killer = threading.Thread(target=kill)
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


def test_served_worker_is_told_of_and_goes_with_its_server(tmp_path: Path) -> None:
    """Ctrl-C ends the server and then its worker, without a trace of either."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    described = tmp_path / "template.json"
    described.write_text(json.dumps(worker_mini.template(PACKAGE)))
    command = [sys.executable, "-m", "infra.local", "serve", "--worker"]
    command += ["--port", url.rpartition(":")[2], "--template", str(described)]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=paths, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        ready = serving.stderr.readline()
        request = urllib.request.Request(f"{url}/about", data=b"")
        with urllib.request.urlopen(request) as answer:
            pid = json.load(answer)["pid"]
        with urllib.request.urlopen(f"{url}/_local/counts") as answer:
            told = json.load(answer)["worker"]
        serving.send_signal(signal.SIGINT)
        rest = serving.stderr.read()

    assert f"ready on {url}\n" == ready
    assert {"started": 1, "deaths": {}} == told
    assert (0, "") == (serving.returncode, rest.replace("stopping\n", ""))
    assert gone(pid)
    assert pid != serving.pid
