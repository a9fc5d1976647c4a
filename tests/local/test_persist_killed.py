"""A start from a kept state is a restore: what left is learnt before anything leaves again."""

import shutil
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from infra.local import persist
from infra.local.cloud import LocalCloud
from infra.local.keeper import FolderTaken, news, pause_after
from infra.local.letters import Letter
from tests.local.journey import get, identify, open_shop, order, post
from tests.local.kept import (
    BUYERS,
    EVERYBODY,
    Death,
    counted,
    handed_over,
    killed,
    killed_after,
    opened,
    people,
    started,
    statuses,
    tell,
)

BUCKET = "signet-local-datacontent"
SHUT = {"state": "stopped", "reason": "the tables are from a backup"}
OPEN = {"state": "open", "reason": ""}


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> list[Death]:
    """Kill a cloud at every moment that matters."""
    folder = tmp_path_factory.mktemp("killed")
    return killed(folder / "state", folder / "copies")


@pytest.fixture
def late(deaths: list[Death], tmp_path: Path) -> Death:
    """Give the cloud that was killed last, when all mails had left."""
    return again(deaths[-1], tmp_path)


def again(death: Death, to: Path) -> Death:
    """Give a copy of a copy, to start from or to spoil."""
    folder = to / death.folder.name
    shutil.copytree(death.folder, folder)
    return Death(folder, death.where, death.left)


def test_everybody_has_one_mail_wherever_it_was_killed(deaths: list[Death], tmp_path: Path) -> None:
    """A mail that left before the kill does not leave again; all others leave once."""
    assert len(deaths) == 1 + len(EVERYBODY) + 3
    for death in deaths:
        with started(again(death, tmp_path).folder) as (cloud, newly):
            tell(cloud)

            assert EVERYBODY == people([*death.left, *newly]), death.where
            assert EVERYBODY == people(list(cloud.outbox.letters.values())), death.where
            assert {"delivered": len(EVERYBODY)} == statuses(cloud) == counted(cloud)


@pytest.mark.parametrize("visits", [0, 2, 3, 13, 16, 17])
def test_everybody_has_one_mail_whatever_the_state_knew(visits: int, tmp_path: Path) -> None:
    """Messages not accepted, planned, rendered, sent or settled yet: each leaves once in all."""
    deaths = killed_after(visits, tmp_path / "state", tmp_path / "copies")
    for death in (deaths[len(deaths) // 2], deaths[-1]):
        with started(death.folder) as (cloud, newly):
            cloud.drain()

            assert EVERYBODY == people([*death.left, *newly]), death.where
            assert EVERYBODY == people(list(cloud.outbox.letters.values())), death.where
            assert {"delivered": len(EVERYBODY)} == statuses(cloud) == counted(cloud)


def test_gates_are_shut_before_the_replay_and_open_after_it(late: Death) -> None:
    """Whatever starts from a kept state stands behind the gate of a restored backup."""
    cloud = LocalCloud(persist_dir=late.folder)
    cloud.start(gates=False)
    try:
        shut = get(cloud, "/v1/sending")
        cloud.open_gates()

        assert SHUT == shut
        assert OPEN == get(cloud, "/v1/sending")
    finally:
        cloud.close()


def test_gates_are_shut_as_well_when_it_ended_politely(tmp_path: Path) -> None:
    """The last state of a clean end passes the same door, again and again, and loses nothing."""
    with LocalCloud(persist_dir=tmp_path) as first:
        open_shop(first)
        identify(first, "ada", email="ada@example.org", first_name="Ada")
        order(first, "ada", number="1")
        first.drain()
        first.save()
    seen = []
    for _ in range(3):
        cloud = LocalCloud(persist_dir=tmp_path)
        cloud.start(gates=False)
        seen.append(get(cloud, "/v1/sending"))
        cloud.open_gates()
        seen.append(get(cloud, "/v1/sending"))
        seen.append(people(list(cloud.outbox.letters.values())))
        cloud.close()

    assert [SHUT, OPEN, {"ada@example.org": 1}] * 3 == seen


def test_readers_get_a_second_mail_when_the_journal_is_emptied(late: Death) -> None:
    """The journal keeps mails from leaving twice, and these tests would see it missing."""
    for path in (late.folder / "journal").iterdir():
        path.write_bytes(b"")
    with started(late.folder) as (cloud, newly):
        tell(cloud)

        assert people(list(late.left[len(BUYERS) :])) == people(newly)


def test_readers_get_a_second_mail_when_the_gates_are_forced(late: Death) -> None:
    """So does the replay behind the gate."""
    cloud = LocalCloud(persist_dir=late.folder)
    cloud.start(gates=False)
    try:
        newly: list[Letter] = []
        cloud.outbox.relay = newly.append
        boto3.client("s3").put_object(Bucket=BUCKET, Key="send-epoch", Body=b"0")
        tell(cloud)

        assert people(list(late.left[len(BUYERS) :])) == people(newly)
    finally:
        cloud.close()


@pytest.mark.parametrize("fault", ["it is gone", "a line of it cannot be read"])
def test_nothing_leaves_when_the_journal_has_a_gap(late: Death, fault: str) -> None:
    """What left is not known then, so the gates stay shut until somebody says otherwise."""
    if fault == "it is gone":
        shutil.rmtree(late.folder / "journal")
    else:
        path = max(p for p in (late.folder / "journal").iterdir() if p.stat().st_size)
        path.write_bytes(path.read_bytes()[9:])
    with started(late.folder) as (cloud, newly):
        tell(cloud)
        stopped, told = get(cloud, "/v1/sending"), news(cloud)
        body = {"since": cloud.clock.now().isoformat()}
        post(cloud, "/v1/sending/replay", body)
        cloud.drain()

        assert (SHUT, []) == (stopped, newly)
        assert any("POST /v1/sending/replay" in line for line in told)
        assert OPEN == get(cloud, "/v1/sending")


def test_mail_that_was_written_in_part_leaves_after_the_start(
    deaths: list[Death], tmp_path: Path
) -> None:
    """An entry that broke off was told to nobody: its mail has not left."""
    early = again(next(d for d in deaths if d.where == "after mail 1"), tmp_path)
    path = max(p for p in (early.folder / "journal").iterdir() if p.stat().st_size)
    path.write_bytes(path.read_bytes()[:-7])
    with started(early.folder) as (cloud, newly):
        tell(cloud)

        assert EVERYBODY == people(newly)


def test_each_state_is_one_moment(deaths: list[Death]) -> None:
    """In every state on disk, the mails of the outbox are those that its ledger says were sent."""
    for death in deaths:
        kept = persist.load(death.folder / "state.bin")
        assert kept is not None

        assert handed_over(kept) == {mail["tags"]["signet_msg"] for mail in kept["mails"]}


def test_clock_does_not_go_back_when_it_was_moved_after_the_last_state(tmp_path: Path) -> None:
    """No mail that left is from the future of the cloud that starts."""
    copy = tmp_path / "copy"
    with LocalCloud(persist_dir=tmp_path / "state", frozen=True) as first:
        first.save()
        first.advance(timedelta(days=3))
        moved = first.clock.now()
        shutil.copytree(tmp_path / "state", copy)
    with LocalCloud(persist_dir=copy) as second:
        assert moved <= second.clock.now() < moved + timedelta(minutes=5)


def test_journal_is_cut_when_a_state_holds_its_mails(tmp_path: Path) -> None:
    """What is kept twice is kept once after the next state."""
    with LocalCloud(persist_dir=tmp_path) as cloud:
        open_shop(cloud)
        identify(cloud, "ada", email="ada@example.org", first_name="Ada")
        order(cloud, "ada", number="1")
        cloud.drain()
        before = [p.stat().st_size > 0 for p in (tmp_path / "journal").iterdir()]
        cloud.save()
        after = [p.stat().st_size for p in (tmp_path / "journal").iterdir()]

    assert any(before)
    assert [0] == after


def test_journal_stays_when_the_state_cannot_be_written(tmp_path: Path) -> None:
    """The journal is cut behind a state on disk only, whatever becomes of the disk."""
    folder, copy = tmp_path / "state", tmp_path / "copy"
    with opened(folder) as cloud:
        tell(cloud)
        (folder / "state.tmp").mkdir()
        with pytest.raises(OSError, match=r"state\.tmp"):
            cloud.save()
        shutil.copytree(folder, copy)
    (copy / "state.tmp").rmdir()
    with started(copy) as (second, newly):
        tell(second)

        assert [] == newly
        assert EVERYBODY == people(list(second.outbox.letters.values()))


def test_mail_waits_when_it_cannot_be_written_down(tmp_path: Path) -> None:
    """A full disk stops mails, and makes nobody doubt whether they left."""

    def full(_: object) -> None:
        raise OSError("no space left on device")

    with LocalCloud(persist_dir=tmp_path, frozen=True) as cloud:
        open_shop(cloud)
        keep, cloud.outbox.keep = cloud.outbox.keep, full
        identify(cloud, "ada", email="ada@example.org", first_name="Ada")
        order(cloud, "ada", number="1")
        cloud.drain()
        held, left = statuses(cloud), list(cloud.outbox.letters)
        cloud.outbox.keep = keep
        cloud.advance(timedelta(minutes=5))

        assert ({"held": 1}, []) == (held, left)
        assert {"delivered": 1} == statuses(cloud)


def test_second_cloud_is_refused_when_one_has_the_folder(tmp_path: Path) -> None:
    """Two clouds that keep one state would each undo the other's."""
    with LocalCloud(persist_dir=tmp_path):
        pass
    with LocalCloud(persist_dir=tmp_path) as first:
        second = LocalCloud(persist_dir=tmp_path)
        assert second.keeper is not None and first.keeper is not None
        with pytest.raises(FolderTaken):
            second.keeper.put_back(second)


def test_nothing_is_written_when_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder there is no journal, and no wait for a disk."""
    monkeypatch.chdir(tmp_path)
    with LocalCloud() as cloud:
        open_shop(cloud)

        assert not cloud.save()
        assert cloud.outbox.keep is None
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("took", "pause"), [(0.0, 4.5), (0.1, 4.3), (1.0, 2.5), (2.0, 0.5), (9.0, 0.5)]
)
def test_pause_is_shorter_when_keeping_takes_longer(took: float, pause: float) -> None:
    """The state on disk is at most five seconds old just before the next one replaces it."""
    assert pytest.approx(pause) == pause_after(took)
    assert took > 2 or pause + 2 * took <= 5
