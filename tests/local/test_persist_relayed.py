"""A relay gets each mail at most once, however often the local cloud behind it is killed."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.cloud import LocalCloud
from infra.local.keeper import news
from infra.local.letters import Letter
from infra.local.owed import Account, Owed
from infra.local.relay import Relay
from tests.cli.running import free_port
from tests.local.kept import BUYERS, opened, tell

LETTER = Letter(
    id="l1",
    raw=b"Subject: Hello\r\n\r\nHello",
    sender="hello@example.org",
    identity="example.org",
    to=("ada@example.org",),
    sent_at=datetime(2026, 11, 25, tzinfo=UTC),
)
Entry = dict[str, str]


def taken(owed: Owed) -> Letter:
    """Take the next mail, which must be there."""
    letter = owed.take(patience=0)
    assert letter is not None
    return letter


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, list[str]]:
    """
    Kill a cloud that owes three mails: one is settled, one offered, one not offered.

    Gives its folder and the ids of the mails in this order.
    """
    copy = tmp_path / "copy"
    with opened(tmp_path / "state") as cloud:
        cloud.outbox.relay = lambda letter: cloud.owed.add([letter])
        tell(cloud, BUYERS)
        done, begun = taken(cloud.owed), taken(cloud.owed)
        for letter in (done, begun):
            cloud.owed.offer(letter)
        cloud.owed.settle(done)
        (rest,) = [i for i in cloud.outbox.letters if i not in {done.id, begun.id}]
        shutil.copytree(tmp_path / "state", copy)
    return copy, [done.id, begun.id, rest]


@pytest.mark.parametrize("saved", [False, True], ids=["by the journal", "by the next state"])
def test_each_mail_is_offered_once_over_a_kill(
    killed: tuple[Path, list[str]], saved: bool, tmp_path: Path
) -> None:
    """What waited is offered by the next run; what may have arrived is named and left alone."""
    folder, (_, begun, rest) = killed
    with LocalCloud(persist_dir=folder) as second:
        told = news(second)
        if saved:
            shutil.copytree(folder, tmp_path / "again")
        else:
            waiting = taken(second.owed)
            assert (rest, 0) == (waiting.id, len(second.owed))
    if saved:
        with LocalCloud(persist_dir=tmp_path / "again") as third:
            assert (rest, 0) == (taken(third.owed).id, len(third.owed))

    assert any(f"relay of {begun} was cut off" in line for line in told)


def test_mail_is_not_offered_again_when_a_state_was_kept_meanwhile(tmp_path: Path) -> None:
    """The state knows what was on its way when it was kept, also after its journal is cut."""
    copy = tmp_path / "copy"
    with opened(tmp_path / "state") as cloud:
        cloud.outbox.relay = lambda letter: cloud.owed.add([letter])
        tell(cloud, BUYERS[:2])
        begun = taken(cloud.owed)
        cloud.owed.offer(begun)
        cloud.save()
        shutil.copytree(tmp_path / "state", copy)
        cloud.owed.settle(begun)
        settled = tmp_path / "settled"
        shutil.copytree(tmp_path / "state", settled)
    with LocalCloud(persist_dir=copy) as second:
        assert (1, True) == (len(second.owed), any(begun.id in line for line in news(second)))
    with LocalCloud(persist_dir=settled) as third:
        assert (1, False) == (len(third.owed), any(begun.id in line for line in news(third)))


class Slow:
    """Looks at what was noted while a mail is on its way."""

    def __init__(self, notes: list[Entry]) -> None:
        self._notes = notes
        self.seen: list[list[Entry]] = []

    async def handle_DATA(  # noqa: N802 - the library names it
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        """Take a mail."""
        self.seen.append(list(self._notes))
        return "250 OK"


def relayed(owed: Owed, server: Slow) -> None:
    """Let a relay pass one mail on to a server."""
    controller: Any = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        Relay(f"127.0.0.1:{controller.port}", owed).once()
    finally:
        controller.stop()


def test_mail_is_noted_before_its_bytes_go_and_after_they_arrived() -> None:
    """A kill between the two leaves a mail in doubt, and nowhere else."""
    notes: list[Entry] = []

    def note(entry: Entry, *, lasting: bool) -> None:
        notes.append({**entry, "lasting": str(lasting)})

    owed, server = Owed(), Slow(notes)
    owed.note = note
    owed.add([LETTER])
    relayed(owed, server)

    assert [[{"offered": "l1", "lasting": "True"}]] == server.seen
    assert {"settled": "l1", "lasting": "False"} == notes[-1]


def test_mail_stays_here_when_it_cannot_be_noted(capsys: pytest.CaptureFixture[str]) -> None:
    """A mail that a kill would make us offer twice is not offered at all."""

    def full(_: Entry, *, lasting: bool) -> None:
        raise OSError("no space left on device")

    owed, server = Owed(), Slow([])
    owed.note = full
    owed.add([LETTER])
    relayed(owed, server)

    assert [] == server.seen
    assert "relay of l1 failed: no space left on device" in capsys.readouterr().err


def test_account_tells_what_is_taken_and_not_offered_yet() -> None:
    """A mail in the relay's hand waits, until its bytes may go."""
    owed = Owed()
    owed.add([LETTER])
    letter = taken(owed)
    with owed.standing() as before:
        pass
    owed.offer(letter)
    with owed.standing() as then:
        pass
    owed.settle(letter)
    with owed.standing() as after:
        pass

    assert [Account(("l1",)), Account((), ("l1",)), Account()] == [before, then, after]
