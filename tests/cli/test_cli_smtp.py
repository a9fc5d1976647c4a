"""`signet up --smtp`: a real SMTP server gets every mail as it is; a dead one harms nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.main import main
from tests.cli.running import ask, fetch, free_port, interrupted, running, until

# A line that begins with a dot, letters beyond ASCII, and a line longer than SMTP allows.
TEMPLATE = {
    "name": "note",
    "subject": "Grüße an {{ data.name }}",
    "html": "<p>Hello {{ data.name }}</p><p>" + "A long line. " * 100 + "</p>",
    "text": "Hello {{ data.name }}\n.a line with a dot\n..two dots\n.\nand no end",
    "activate": True,
}
WRITTEN = ("ada@example.org", "zoe@bücher.example", "bob@example.org")
PEOPLE = ("ada@example.org", "zoe@xn--bcher-kva.example", "bob@example.org")
Mail = tuple[str, str, bytes]


@dataclass
class Postbox:
    """Takes every mail, and keeps who sent it, who gets it, and its bytes."""

    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the library names it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take one mail."""
        assert isinstance(envelope.content, bytes)
        (recipient,) = envelope.rcpt_tos
        self.mails.append((str(envelope.mail_from), recipient, envelope.content))
        return "250 OK"


@contextmanager
def serving(port: int) -> Iterator[Postbox]:
    """Serve SMTP on a port of this machine."""
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield postbox
    finally:
        controller.stop()


@contextmanager
def silent() -> Iterator[tuple[int, list[socket.socket]]]:
    """Accept connections and never say a word; give the port and the connections."""
    taken: list[socket.socket] = []
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()

        def accept() -> None:
            while True:
                try:
                    taken.append(door.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield door.getsockname()[1], taken
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in taken:
                one.close()


def send(port: int, *people: str) -> None:
    """Send each person one message, and wait until nothing moves any more."""
    for to in people:
        body = {"template": "note", "to": {"email": to}, "data": {"name": to.partition("@")[0]}}
        ask(port, "/v1/messages", body, method="POST")
    ask(port, "/_local/drain", {}, method="POST")


def outbox(port: int) -> set[Mail]:
    """Give every mail of the outbox as a relay would get it."""
    mails: list[dict[str, Any]] = ask(port, "/_local/outbox")["data"]
    return {
        ("hello@example.org", mail["to"], fetch(port, f"/api/v1/message/{mail['id']}/raw"))
        for mail in mails
    }


def statuses(port: int) -> dict[str, int]:
    """Count the messages of each status that there is."""
    found = ask(port, "/v1/reports/overview")["statuses"]
    return {name: count for name, count in found.items() if count}


def test_relay_gets_the_very_bytes_of_each_mail() -> None:
    """What a real server receives is letter by letter what the outbox shows, each mail once."""
    port, relay = free_port(), free_port()
    with serving(relay) as postbox, running(port, "--empty", "--smtp", f"127.0.0.1:{relay}") as up:
        ask(port, "/v1/templates", TEMPLATE, method="POST")
        send(port, *WRITTEN)
        until(lambda: len(postbox.mails) >= len(PEOPLE))
        kept = outbox(port)
        assert 0 == interrupted(up)

    assert set(PEOPLE) == {to for _, to, _ in kept}
    assert kept == set(postbox.mails)
    assert len(PEOPLE) == len(postbox.mails)


def test_relay_gets_the_last_mail_when_the_local_cloud_ends_at_once() -> None:
    """Ctrl-C right after a mail left does not lose its copy."""
    port, relay = free_port(), free_port()
    with serving(relay) as postbox, running(port, "--empty", "--smtp", f"127.0.0.1:{relay}") as up:
        ask(port, "/v1/templates", TEMPLATE, method="POST")
        send(port, *(f"person-{number}@example.org" for number in range(20)))
        assert 0 == interrupted(up)

    assert 20 == len({to for _, to, _ in postbox.mails})


def test_mails_stay_in_the_outbox_when_nobody_serves_the_relay() -> None:
    """A dead relay stops nothing: the mails are delivered, and a relay that comes gets the next."""
    port, relay = free_port(), free_port()
    with running(port, "--empty", "--smtp", f"127.0.0.1:{relay}") as up:
        ask(port, "/v1/templates", TEMPLATE, method="POST")
        send(port, *WRITTEN)
        kept, before = outbox(port), statuses(port)
        with serving(relay) as postbox:
            send(port, "late@example.org")
            until(lambda: [m for m in postbox.mails if m[1] == "late@example.org"])
        assert 0 == interrupted(up)

    assert set(PEOPLE) == {to for _, to, _ in kept}
    assert {"delivered": len(PEOPLE)} == before


def test_mails_go_on_when_the_relay_says_nothing() -> None:
    """The local cloud does not wait for a server that accepts and then keeps silent."""
    port = free_port()
    with silent() as (relay, taken), running(port, "--empty", "--smtp", f"127.0.0.1:{relay}"):
        ask(port, "/v1/templates", TEMPLATE, method="POST")
        send(port, *WRITTEN)
        kept, tried = outbox(port), len(taken)

    assert set(PEOPLE) == {to for _, to, _ in kept}
    assert tried < len(PEOPLE)


@pytest.mark.parametrize(
    "address",
    ["nowhere", "", ":1025", "127.0.0.1:", "127.0.0.1:smtp", "127.0.0.1:0", "127.0.0.1:65536"],
)
def test_up_is_a_usage_error_when_the_relay_is_no_host_and_port(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A relay to which no mail could ever go is refused before anything is served."""
    with pytest.raises(SystemExit) as left:
        main(["up", "--port", str(free_port()), "--empty", "--smtp", address])

    assert 2 == left.value.code
    assert f"--smtp: {address!r} is not HOST:PORT" in capsys.readouterr().err
