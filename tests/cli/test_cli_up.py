"""`signet up` from outside: ready, readable, interruptible."""

import json
import shlex
import socket
import subprocess
from pathlib import Path

import pytest

from cli.main import main
from cli.welcome import Welcome
from infra.local.keys import local_secret
from tests.cli.running import ask, free_port, interrupted, read_line, running, until


def test_up_offers_keys_and_a_line_and_ends_well_when_empty() -> None:
    """An empty cloud has no people until the printed line is run, and Ctrl-C is no error."""
    port = free_port()
    with running(port, "--empty") as process:
        told = read_line(process)
        people = ask(port, "/v1/profiles")["data"]
        subprocess.run(shlex.split(told["curl"]), capture_output=True, check=True)
        ask(port, "/_local/drain", method="POST")
        came = ask(port, "/v1/profiles")["data"]
        code = interrupted(process)

    assert f"http://127.0.0.1:{port}/#key=local-owner" == told["console"]
    assert "demo" == told["write_key"]
    assert "local-auditor" in told["bearer_keys"]
    assert ([], 1) == (people, len(came))
    assert 0 == code


@pytest.mark.parametrize("empty", [True, False])
def test_every_key_and_the_line_to_try_are_printed(empty: bool) -> None:
    """No key of the local cloud is a secret to who runs it, and there is always a line to copy."""
    welcome = Welcome("http://127.0.0.1:8080", empty=empty)
    told = welcome.data()

    assert {*told["bearer_keys"], told["write_key"]} == local_secret()["keys"].keys()
    assert all(key in welcome.text().split() for key in told["bearer_keys"])
    assert welcome.curl in welcome.text().splitlines()
    assert empty == ("campaign" in welcome.text())


def test_up_sends_a_mail_when_the_printed_line_is_run() -> None:
    """The line to copy works as it stands, while the demo is still being replayed."""
    port = free_port()
    with running(port) as process:
        line = read_line(process)["curl"]
        done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=True)
        mails = until(lambda: ask(port, "/_local/outbox?to=you@example.org")["data"])
        progress = ask(port, "/_local/counts")["progress"]
        code = interrupted(process)

    assert {"success": True} == json.loads(done.stdout)
    assert ["Thank you for your order, You"] == [mail["subject"] for mail in mails]
    assert "shop" == progress["demo"]
    assert progress["total"] >= progress["done"]
    assert 0 == code


def test_up_tells_the_port_when_it_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """A busy port is named, with what to do about it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as left:
            main(["up", "--port", str(port)])

    assert 1 == left.value.code
    assert f"port {port} is not free" in capsys.readouterr().err


@pytest.mark.parametrize("demo", ["opera", "", "shop:", "shop:0", "shop:-1", "cdnow:many", "shop "])
def test_up_is_a_usage_error_when_the_demo_is_unknown(
    demo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The names that would do are told, and how a number of people is given."""
    with pytest.raises(SystemExit) as left:
        main(["up", "--demo", demo])

    assert 2 == left.value.code
    assert f"--demo: {demo!r} is not one of shop, cdnow" in capsys.readouterr().err


def test_up_refuses_a_state_that_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged state is named and left alone."""
    (tmp_path / "state.bin").write_bytes(b"not a state")
    with pytest.raises(SystemExit) as left:
        main(["up", "--port", str(free_port()), "--persist", str(tmp_path)])

    assert 1 == left.value.code
    assert "--persist" in capsys.readouterr().err
    assert b"not a state" == (tmp_path / "state.bin").read_bytes()
