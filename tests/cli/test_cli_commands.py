"""Redrive, doctor and bench: what they print and how they leave."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cli.main import main
from infra.local.cloud import LocalCloud
from infra.local.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve a local cloud on a free port."""
    with LocalCloud() as cloud:
        running = Server(cloud, port=0)
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield running
        running.stop()
        thread.join()


def bury(server: Server, body: str) -> None:
    """Put work that nobody can read on a queue, and wait until it is a dead letter."""
    cloud = server.cloud
    name = next(name for name in cloud.queues.waiting() if name == "PreprocessQueue")
    url = cloud.queues.call("GetQueueUrl", QueueName=name)["QueueUrl"]
    cloud.queues.call("SendMessage", QueueUrl=url, MessageBody=body)
    cloud.drain()


def signet(*arguments: str, url: str, key: str = "local-owner") -> tuple[int, Any, str]:
    """Run the command as people would; give its code, its JSON and its talk."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SIGNET_URL": url, "SIGNET_KEY": key},
    )
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def test_redrive_lists_and_sends_back_when_there_are_dead_letters(server: Server) -> None:
    """A dry run changes nothing; a real one takes the letter off and lets it try again."""
    url = f"http://127.0.0.1:{server.port}"
    bury(server, '{"kind": "nonsense"}')
    code, looked, talk = signet("redrive", "--dry-run", url=url)
    first = looked["data"][0]
    again, sent, _ = signet("redrive", "--queue", "preprocess", "--id", first["id"], url=url)

    assert (0, 0) == (code, again)
    assert ("preprocess", 0) == (first["queue"], looked["redriven"])
    assert first["id"] in talk
    assert first["reason"] in talk
    assert (1, 1) == (sent["listed"], sent["redriven"])


def test_redrive_fails_when_an_id_is_not_listed(server: Server) -> None:
    """An id that is nowhere is not passed over in silence."""
    url = f"http://127.0.0.1:{server.port}"
    code, found, talk = signet("redrive", "--id", "nowhere", url=url)

    assert 1 == code
    assert 0 == found["listed"]
    assert "not every --id" in talk


def test_redrive_tells_why_when_the_key_may_not(server: Server) -> None:
    """The system's own sentence reaches the person, and no trace does."""
    url = f"http://127.0.0.1:{server.port}"
    code, found, talk = signet("redrive", url=url, key="local-editor")

    assert (1, None) == (code, found)
    assert "403" in talk
    assert "Traceback" not in talk


def test_redrive_tells_when_nobody_answers() -> None:
    """An address without a system is named."""
    code, _, talk = signet("redrive", url="http://127.0.0.1:9")

    assert 1 == code
    assert "http://127.0.0.1:9 does not answer" in talk
    assert "Traceback" not in talk


def test_doctor_is_content_when_all_that_is_needed_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is only optional may be missing."""
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    needed = {check["name"] for check in found["checks"] if check["needed"]}

    assert 0 == left.value.code
    assert found["ok"]
    assert {"python", "packages", "template"} == needed


def test_bench_is_a_usage_error_when_the_name_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The names that would do are told."""
    with pytest.raises(SystemExit) as left:
        main(["bench", "nothing"])

    assert 2 == left.value.code
    assert "pipeline" in capsys.readouterr().err
