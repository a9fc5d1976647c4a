"""The mails that a relay has not passed on yet: kept, so that each is offered once."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from infra.local.letters import Letter


class Note(Protocol):
    """Where it is written down what becomes of a mail."""

    def __call__(self, entry: dict[str, str], *, lasting: bool) -> None:
        """Write an entry; a lasting one must be on disk before this returns."""


@dataclass(frozen=True)
class Account:
    """The ids of the mails that wait, and of those that may have arrived."""

    waiting: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


class Owed:
    """
    What a relay still has to do, oldest first.

    Before a mail's own bytes go out it is noted as offered: whoever finds it so after a kill
    cannot know whether it arrived, and does not offer it again.
    """

    def __init__(self) -> None:
        """Owe nothing."""
        self.note: Note | None = None
        self._waiting: dict[str, Letter] = {}
        self._taken: dict[str, bool] = {}
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """Count the mails that nobody has taken."""
        return len(self._waiting)

    def add(self, letters: Iterable[Letter]) -> None:
        """Owe these mails too."""
        with self._changed:
            self._waiting |= {letter.id: letter for letter in letters}
            self._changed.notify()

    def take(self, *, patience: float) -> Letter | None:
        """Take the next mail, or give up after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, timeout=patience):
                return None
            letter = self._waiting.pop(next(iter(self._waiting)))
            self._taken[letter.id] = False
            return letter

    def offer(self, letter: Letter) -> None:
        """
        Note that a taken mail may arrive from now on.

        Raises:
            OSError: It could not be noted, so it must not go.
        """
        with self._changed:
            if self.note:
                self.note({"offered": letter.id}, lasting=True)
            self._taken[letter.id] = True

    def settle(self, letter: Letter) -> None:
        """Be done with a taken mail, whether it arrived or not."""
        with self._changed:
            if self.note:
                # Without this entry the mail is in doubt, and not offered again either.
                with suppress(OSError):
                    self.note({"settled": letter.id}, lasting=False)
            self._taken.pop(letter.id, None)

    @contextmanager
    def standing(self) -> Iterator[Account]:
        """Tell what is owed, and let nothing change meanwhile."""
        with self._changed:
            waiting = [ident for ident, offered in self._taken.items() if not offered]
            offered = [ident for ident, offered in self._taken.items() if offered]
            yield Account((*waiting, *self._waiting), tuple(offered))
