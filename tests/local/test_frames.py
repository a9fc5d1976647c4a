"""Frames between the local cloud and its worker: whole, in time, or nothing."""

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from infra.local.apart import Call
from infra.local.frames import Gone, Line
from infra.local.kills import Drawn, strayed
from infra.local.wire import Asked

ASKED = Asked("sqs", "SendMessage", method="POST", url="https://x/", headers={}, body=b"")


@pytest.fixture
def pair() -> Iterator[tuple[Line, socket.socket]]:
    """Give a line and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    line = Line(ours)
    with theirs:
        yield line, theirs
    line.close()


def test_frame_arrives_as_it_was_sent_whatever_its_size() -> None:
    """Heads and bytes come whole, however the system cuts them."""
    ours, theirs = socket.socketpair()
    sender, receiver = Line(ours), Line(theirs)
    sent = [({"n": size, "text": "\u00fc" * size}, bytes(size)) for size in (0, 1, 3_000_000)]
    thread = threading.Thread(target=lambda: [sender.send(*frame) for frame in sent])
    thread.start()
    got = [receiver.receive() for _ in sent]
    thread.join()
    sender.close()

    assert sent == got
    with pytest.raises(Gone):
        receiver.receive()
    with pytest.raises(Gone):
        receiver.send({})
    receiver.close()


@pytest.mark.parametrize(
    "said",
    [
        struct.pack(">II", 2**31, 2**31),
        struct.pack(">II", 4, 0) + b"\x80\x04N.",
        struct.pack(">II", 2, 0) + b"[]",
    ],
    ids=["too-large", "pickle", "list"],
)
def test_what_is_no_frame_ends_the_line(pair: tuple[Line, socket.socket], said: bytes) -> None:
    """Nothing that the other end says is ever more than JSON and bytes."""
    line, other = pair
    other.sendall(said)

    with pytest.raises(Gone):
        line.receive()


def test_waiting_ends_at_its_moment(pair: tuple[Line, socket.socket]) -> None:
    """Half a frame is no reason to wait longer, nor is an end that does not read."""
    line, other = pair
    other.sendall(b"\0\0")
    with pytest.raises(TimeoutError):
        line.receive(until=time.monotonic() + 0.05)
    with pytest.raises(TimeoutError):
        line.send({}, bytes(8_000_000), until=time.monotonic() + 0.05)
    with pytest.raises(TimeoutError):
        line.receive(until=time.monotonic())


def test_drawn_kills_fall_at_the_same_calls_for_a_seed() -> None:
    """Twenty kills are twenty different calls, some before and some after they are applied."""
    struck = []
    for _ in range(2):
        drawn = Drawn(7, kills=20, calls=500)
        calls = [
            Call(n, "f", ASKED, applied=applied) for n in range(1, 501) for applied in (False, True)
        ]
        struck.append([call for call in calls if drawn(call)])
        assert {} == drawn.left

    assert struck[0] == struck[1]
    assert 20 == len({call.number for call in struck[0]})
    assert 0 < sum(call.applied for call in struck[0]) < 20


def test_strayed_kills_go_on_until_the_block_ends() -> None:
    """Pauses are drawn, and no kill comes after the block."""
    killed = threading.Semaphore(0)

    def kill() -> bool:
        killed.release()
        return True

    with strayed(kill, seed=1, mean=0.001):
        found = [killed.acquire(timeout=5) for _ in range(3)]
    while killed.acquire(blocking=False):
        pass
    time.sleep(0.01)

    assert [True, True, True] == found
    assert not killed.acquire(blocking=False)
