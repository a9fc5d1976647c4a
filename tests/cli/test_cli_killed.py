"""`signet up --persist` under SIGKILL, SIGTERM and Ctrl-C: nobody gets a mail twice, or none."""

import json
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.local import persist
from infra.local.cloud import LocalCloud
from infra.local.journal import Journal
from tests.cli.running import SIGNET, ask, free_port, interrupted, running, until
from tests.cli.test_cli_smtp import Postbox, serving
from tests.local.journey import post
from tests.local.kept import handed_over, messages_of

pytestmark = pytest.mark.slow

SEED = 20261125
KILLS, SHARE = 2, 25
PEOPLE = KILLS * SHARE
NOTE = {"name": "note", "subject": "Hello", "text": "Hello {{ data.name }}.", "activate": True}
CROWD = [f"person-{number}@example.org" for number in range(1_000)]
EVERYBODY = Counter(CROWD[:PEOPLE])
FEW = 20
DONE = (200, 202)


@dataclass
class Client:
    """
    Asks for a message to each person, again and again until it was heard.

    `accepted` are the people whose message was accepted, by any run of the system.
    """

    port: int
    accepted: set[str] = field(default_factory=set)

    def run(self, people: list[str], *, ended: threading.Event) -> None:
        """Ask for them in this order, until nobody answers any more."""
        for address in people:
            if ended.is_set() or not self.ask(address):
                return

    def ask(self, address: str) -> bool:
        """Ask for one person's message under their own key; tell whether somebody answered."""
        body = {"template": "note", "to": {"email": address}, "data": {"name": address}}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/messages",
            data=json.dumps(body).encode(),
            headers={
                "authorization": "Bearer local-owner",
                "content-type": "application/json",
                "idempotency-key": address,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                if answer.status in DONE:
                    self.accepted.add(address)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


@contextmanager
def asking(client: Client, people: list[str]) -> Iterator[threading.Thread]:
    """Let a client ask while something else happens."""
    ended = threading.Event()
    thread = threading.Thread(target=client.run, args=(people,), kwargs={"ended": ended})
    thread.start()
    try:
        yield thread
    finally:
        ended.set()
        thread.join()


@dataclass
class Killer:
    """Runs the system again and again on one folder, and looks at the folder after each kill."""

    port: int
    folder: Path
    flags: tuple[str, ...]
    drawn: random.Random
    doubtful: set[str] = field(default_factory=set)
    oldest: float = 0.0

    def live(self, client: Client, *, number: int) -> None:
        """
        Start, let the client ask for a share more of the people, and kill in the midst of sending.

        In every other life the state is kept between the first and the last mails.
        """
        people = list(EVERYBODY)[: (number + 1) * SHARE]
        with running(self.port, *self.flags) as up:
            if number % 2:
                for one in people[: -SHARE // 2]:
                    client.ask(one)
                asked = time.time()
                until(lambda: self.kept()["moment"] > asked)
            enough = count(self.port) + self.drawn.randint(1, SHARE // 2)
            self.drawn.shuffle(people)
            with asking(client, people):
                until(lambda: count(self.port) >= enough)
                time.sleep(self.drawn.uniform(0, 0.05))
                up.kill()
                up.wait()
        self.look()

    def kept(self) -> dict[str, Any]:
        """Read the state on disk."""
        found = persist.load(self.folder / "state.bin")
        assert found is not None
        return found

    def look(self) -> None:
        """Read what the kill left: one moment, and every mail that left after it."""
        kept = self.kept()
        tail = Journal(self.folder / "journal").tail(kept["journal"])
        assert handed_over(kept) == {mail["tags"]["signet_msg"] for mail in kept["mails"]}
        assert tail.whole
        assert not {m["id"] for m in kept["mails"]} & {left.letter.id for left in tail.mails}
        offered = {*kept["owed"]["offered"], *tail.offered} - {*tail.settled}
        self.doubtful |= offered
        self.oldest = max(self.oldest, tail.latest - kept["moment"])


def begun(folder: Path) -> None:
    """Keep a state in which there is a template."""
    with LocalCloud(persist_dir=folder) as cloud:
        post(cloud, "/v1/templates", NOTE)
        cloud.save()


def mails(port: int) -> list[dict[str, Any]]:
    """Give every mail of the outbox."""
    found: list[dict[str, Any]] = ask(port, "/_local/outbox")["data"]
    return found


def count(port: int) -> int:
    """Count the mails of the outbox."""
    return int(ask(port, "/api/v1/messages?limit=1")["total"])


def statuses(port: int) -> dict[str, int]:
    """Count the messages of each status that there is."""
    found = ask(port, "/v1/reports/overview")["statuses"]
    return {name: count for name, count in found.items() if count}


def ledger(folder: Path) -> dict[str, int]:
    """Count the ledger's own rows on disk by their status."""
    kept = persist.load(folder / "state.bin")
    assert kept is not None
    return Counter(row["status"]["S"] for row in messages_of(kept))


@pytest.mark.parametrize("relayed", [False, True], ids=["outbox", "smtp"])
def test_everybody_gets_one_mail_when_it_is_killed_again_and_again(
    relayed: bool, tmp_path: Path, show: Callable[[str], None]
) -> None:
    """Two kills among 50 mails: each is once in the outbox, at the relay and in the ledger."""
    port, relay = free_port(), free_port()
    drawn = random.Random(SEED + relayed)  # noqa: S311 - the same kills for the same seed
    flags = ("--empty", "--persist", str(tmp_path))
    flags += ("--smtp", f"127.0.0.1:{relay}") if relayed else ()
    client, killer = Client(port), Killer(port, tmp_path, flags, drawn)
    begun(tmp_path)
    with ExitStack() as stack:
        postbox = stack.enter_context(serving(relay)) if relayed else Postbox()
        for number in range(KILLS):
            killer.live(client, number=number)
        with running(port, *flags) as up:
            gate = ask(port, "/v1/sending")
            client.run(list(EVERYBODY), ended=threading.Event())
            ask(port, "/_local/drain", {}, method="POST")
            found, counted = mails(port), statuses(port)
            assert 0 == interrupted(up)

    arrived = Counter(to for _, to, _ in postbox.mails)
    missing = {mail["id"] for mail in found if relayed and not arrived[mail["to"]]}
    assert {"state": "open", "reason": ""} == gate
    assert set(EVERYBODY) == client.accepted
    assert EVERYBODY == Counter(mail["to"] for mail in found)
    assert {"delivered": PEOPLE} == counted == ledger(tmp_path)
    assert set(arrived.values()) <= {1}
    assert missing <= killer.doubtful
    show(
        f"killed {KILLS} times among {PEOPLE} mails: the last mail before a kill was at most "
        f"{killer.oldest:.1f} s younger than the state, {len(missing)} did not reach the relay"
    )


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_nothing_is_lost_when_it_is_ended_politely(polite: signal.Signals, tmp_path: Path) -> None:
    """Whatever was accepted before the end is sent after the next start, once."""
    port, flags = free_port(), ("--empty", "--persist", str(tmp_path))
    client = Client(port)
    begun(tmp_path)
    for _ in range(2):
        with running(port, *flags) as up:
            enough = len(client.accepted) + FEW
            waiting = [one for one in CROWD if one not in client.accepted]
            with asking(client, waiting):
                until(lambda enough=enough: len(client.accepted) >= enough)
                up.send_signal(polite)
                assert 0 == up.wait(timeout=60)
    with running(port, *flags) as up:
        ask(port, "/_local/drain", {}, method="POST")
        found, counted = mails(port), statuses(port)
        assert 0 == interrupted(up)

    assert 2 * FEW <= len(client.accepted) < len(CROWD)
    assert Counter(client.accepted) == Counter(mail["to"] for mail in found)
    assert {"delivered": len(client.accepted)} == counted == ledger(tmp_path)


def test_second_run_is_refused_when_the_first_has_the_folder(tmp_path: Path) -> None:
    """Two runs on one folder would undo each other's work; the second says who has it."""
    port, flags = free_port(), ("--empty", "--persist", str(tmp_path))
    with running(port, *flags):
        second = subprocess.run(
            [*SIGNET, "up", "--port", str(free_port()), *flags],
            capture_output=True,
            text=True,
            check=False,
        )

    assert 1 == second.returncode
    assert f"another local cloud keeps its state in {tmp_path}" in second.stderr
