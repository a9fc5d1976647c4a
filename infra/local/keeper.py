"""Keeps one local cloud in a folder: its state of some seconds ago, and what left since."""

import fcntl
import threading
from datetime import timedelta
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import persist, reopening
from infra.local.journal import Journal, Left, Tail
from infra.local.letters import Letter
from infra.local.reopening import Reopened

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

# How old the state on disk may become, and the least time between two of them, in seconds.
OLDEST = 5.0
SHORTEST = 0.5
# The tag of a mail that names its message, as the functions set it.
TAG = "signet_msg"


class FolderTaken(RuntimeError):
    """Another local cloud keeps its state in this folder."""


class Keeper:
    """
    One local cloud's folder.

    Args:
        folder: It holds `state.bin`, the folder `journal`, and `lock`, which one process has.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "state.bin"
        self.journal = Journal(folder / "journal")
        self.reopened: Reopened | None = None
        self._lock = folder / "lock"
        self._held: FileIO | None = None
        self._saving = threading.Lock()
        self._saved = -1
        self._follows = False
        self._kept: dict[str, Any] | None = None
        self._tail = Tail()

    def put_back(self, cloud: "LocalCloud") -> None:
        """
        Take the folder, and give a cloud the state of an earlier run, if there was one.

        Its clock goes on from the last moment at which anything left.

        Raises:
            FolderTaken: Another process has it.
            BadState: The state cannot be read.
        """
        self._take()
        kept = self._kept = persist.load(self.file)
        if kept is None:
            self.journal.begin()
            return
        self._tail = self.journal.tail(kept["journal"])
        self.journal.begin(after=kept["journal"])
        persist.restore_data(cloud, kept)
        behind = max(kept["moment"], self._tail.latest) - cloud.clock.timestamp()
        cloud.clock.advance(timedelta(seconds=max(0.0, behind)))

    def _take(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        held = FileIO(self._lock, "a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            where = self._lock.parent
            raise FolderTaken(f"another local cloud keeps its state in {where}") from None
        self._held = held

    def shut_gates(self, cloud: "LocalCloud") -> None:
        """Let schedules and streams go on where they were, behind gates that are shut."""
        if self._kept is not None:
            persist.restore_progress(cloud, self._kept)
            reopening.shut(cloud)

    def open_gates(self, cloud: "LocalCloud") -> None:
        """Learn what the state does not know, and write down from now on whatever leaves."""
        if self._kept is not None:
            self.reopened = reopening.reopen(cloud, self._kept, self._tail)
            self._kept, self._tail = None, Tail()
        cloud.outbox.keep = lambda letter: self._left(cloud, letter)
        cloud.owed.note = self.journal.note
        self._follows = True
        self.save(cloud)

    def _left(self, cloud: "LocalCloud", letter: Letter) -> None:
        row = cloud.streams.naming(letter.tags.get(TAG, ""))
        relayed = cloud.outbox.relay is not None
        self.journal.note(Left(letter, cloud.ses.numbered, relayed, row).written())

    def moved(self, moment: float) -> None:
        """Note that the clock was moved, so that it is never behind that moment again."""
        self.journal.note({"moment": moment})

    def dirty(self, cloud: "LocalCloud") -> bool:
        """Tell whether anything changed since the state was kept."""
        return self._follows and cloud.wire.changes != self._saved

    def save(self, cloud: "LocalCloud") -> bool:
        """
        Replace the state on disk if anything changed, then cut the journal before it.

        Returns:
            Whether it was written.
        """
        with self._saving:
            if not self.dirty(cloud):
                return False
            changes, first, state = self.capture(cloud)
            persist.write(self.file, state)
            self.journal.cut(first)
            self._saved = changes
            return True

    def capture(self, cloud: "LocalCloud") -> tuple[int, int, bytes]:
        """Take the state, and begin the file of the journal that tells what leaves after it."""
        # At the door, so that work makes way: a lock alone goes to whoever asks most often.
        cloud.doors += 1
        try:
            with cloud.lock, cloud.owed.standing() as account:
                first = self.journal.turn()
                return cloud.wire.changes, first, persist.capture(cloud, account, journal=first)
        finally:
            cloud.doors -= 1

    def close(self) -> None:
        """Let others have the folder."""
        self.journal.close()
        if self._held:
            self._held.close()
        self._held = None


def pause_after(seconds: float) -> float:
    """Tell how long to wait when keeping the state took so many seconds, and may again."""
    return max(SHORTEST, OLDEST - SHORTEST - 2 * seconds)


def news(cloud: "LocalCloud") -> list[str]:
    """Tell people what a start from a kept state found."""
    found = cloud.keeper.reopened if cloud.keeper else None
    return list(found.lines()) if found else []
