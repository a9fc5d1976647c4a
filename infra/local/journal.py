"""What has left since the state was kept last: on disk before anybody is told that it left."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from infra.local.letters import Letter

DIGITS = 10
FULL = "the disk took a part of it only"


@dataclass(frozen=True)
class Row:
    """A table's row as it stood when a mail left, in the table's own JSON."""

    table: str
    image: dict[str, Any]


@dataclass(frozen=True)
class Left:
    """One mail that left: `number` is how many had left by then, `row` the row that says of it."""

    letter: Letter
    number: int
    relayed: bool
    row: Row | None = None

    def written(self) -> dict[str, Any]:
        """Write it as an entry."""
        shown = dict(vars(self.letter))
        shown |= {
            "raw": base64.b64encode(self.letter.raw).decode(),
            "to": list(self.letter.to),
            "sent_at": self.letter.sent_at.isoformat(),
        }
        row = vars(self.row) if self.row else None
        return {"left": shown, "number": self.number, "relayed": self.relayed, "row": row}

    @classmethod
    def read(cls, entry: dict[str, Any]) -> "Left":
        """Read it back."""
        shown = dict(entry["left"])
        shown |= {
            "raw": base64.b64decode(shown["raw"]),
            "to": tuple(shown["to"]),
            "sent_at": datetime.fromisoformat(shown["sent_at"]),
        }
        row = Row(**entry["row"]) if entry["row"] else None
        return cls(Letter(**shown), entry["number"], entry["relayed"], row)


@dataclass
class Tail:
    """
    What a journal knows that a state does not.

    `whole` tells whether nothing is missing; `latest` is the last moment of the cloud's clock in
    it. `offered` and `settled` are the mails that a relay began to pass on, and is done with.
    """

    whole: bool = True
    mails: list[Left] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    latest: float = 0.0

    def take(self, entry: dict[str, Any]) -> None:
        """Take one entry in."""
        if "left" in entry:
            self.mails.append(Left.read(entry))
            self.latest = max(self.latest, self.mails[-1].letter.sent_at.timestamp())
        elif "offered" in entry:
            self.offered.append(entry["offered"])
        elif "settled" in entry:
            self.settled.append(entry["settled"])
        else:
            self.latest = max(self.latest, entry["moment"])


class Journal:
    """
    Numbered files of entries, a line each, which only grow.

    A state names the first file that it does not hold; the files before it are cut when the state
    is on disk. So whatever breaks off in between, a state and its journal know all that left.
    """

    def __init__(self, folder: Path) -> None:
        """Read and write in `folder`, from `begin` on."""
        self._folder = folder
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        self._number = 0
        self._size = 0

    def tail(self, first: int) -> Tail:
        """Read the files from `first` on; without that one, something is missing."""
        files = self._files()
        found = Tail(whole=first in files)
        for number in sorted(files):
            if number >= first:
                self._read(files[number], found)
        return found

    def begin(self, after: int = 0) -> None:
        """Begin a file that follows all that are there, and `after`."""
        with self._lock:
            self._begin(max(after, *self._files(), 0) + 1)

    def turn(self) -> int:
        """Begin the next file, and give its number."""
        with self._lock:
            self._begin(self._number + 1)
            return self._number

    def cut(self, first: int) -> None:
        """Remove the files before `first`."""
        for number, path in self._files().items():
            if number < first:
                path.unlink(missing_ok=True)

    def note(self, entry: dict[str, Any], *, lasting: bool = True) -> None:
        """
        Write an entry; one that must outlast a power cut is waited for.

        Raises:
            OSError: It could not be written; nothing of it is left behind.
        """
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._file is None:
                raise OSError("the journal is closed")
            try:
                if self._file.write(line) != len(line):
                    raise OSError(FULL)
                if lasting:
                    os.fsync(self._file.fileno())
            except OSError:
                self._take_back(self._file)
                raise
            self._size += len(line)

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            if self._file:
                self._file.close()
            self._file = None

    def _take_back(self, file: FileIO) -> None:
        """Leave no part of a line: what would follow it could not be read."""
        with suppress(OSError):
            file.truncate(self._size)

    def _begin(self, number: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        following = FileIO(self._folder / f"{number:0{DIGITS}d}", "a")
        settle_folder(self._folder)
        if self._file:
            self._file.close()
        self._file, self._number, self._size = following, number, 0

    def _files(self) -> dict[int, Path]:
        if not self._folder.is_dir():
            return {}
        return {int(p.name): p for p in self._folder.iterdir() if p.name.isdecimal()}

    def _read(self, path: Path, found: Tail) -> None:
        for line in whole_lines(path.read_bytes()):
            try:
                found.take(json.loads(line))
            except (ValueError, LookupError, TypeError):
                found.whole = False


def whole_lines(text: bytes) -> Iterator[bytes]:
    """Give the lines that were written to their end; what broke off was told to nobody."""
    return iter(text.split(b"\n")[:-1])


def settle_folder(folder: Path) -> None:
    """Let the names in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
