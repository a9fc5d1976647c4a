"""What people do with their mails: some open, fewer click, a few complain."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from infra.local.letters import Letter
from infra.local.outbox import CannotReact, Outbox

OPEN, CLICK, COMPLAIN = 0.52, 0.3, 0.012
SIMULATOR = "@simulator.amazonses.com"
WATCHERS = frozenset({"you@example.org"})


@dataclass(frozen=True, order=True)
class Reaction:
    """One thing a person will do with one mail."""

    at: datetime
    letter: str
    kind: str


class Readers:
    """Everybody who gets a mail, each with a mind of their own that every run gives again."""

    def __init__(self, outbox: Outbox, *, seed: int = 7) -> None:
        """Read the mails of `outbox`."""
        self._outbox = outbox
        self._seed = seed
        self._seen = 0
        self._had: dict[str, int] = {}
        self._waiting: list[Reaction] = []

    def look(self, until: datetime) -> None:
        """Decide about every new mail that was sent before `until`."""
        letters = self._outbox.letters
        fresh = list(islice(letters.values(), self._seen, None))
        self._seen += len(fresh)
        for letter in fresh:
            if letter.to and letter.sent_at <= until:
                self._waiting += self._decide(letter)
        self._waiting.sort()

    def due(self, moment: datetime) -> list[Reaction]:
        """Take the reactions out whose time has come."""
        found = [reaction for reaction in self._waiting if reaction.at <= moment]
        del self._waiting[: len(found)]
        return found

    def react(self, reaction: Reaction) -> None:
        """Do it."""
        try:
            self._outbox.react(reaction.letter, reaction.kind, {})
        except CannotReact:
            return  # a mail without links cannot be clicked

    def _decide(self, letter: Letter) -> Iterator[Reaction]:
        to = letter.to[0].lower()
        count = self._had[to] = self._had.get(to, 0) + 1
        if to.endswith(SIMULATOR) or to in WATCHERS:
            return
        dice = random.Random(f"{self._seed}:{to}:{count}")  # noqa: S311 - a demo, not a secret
        at = letter.sent_at + timedelta(minutes=dice.randint(5, 2000))
        if dice.random() < COMPLAIN:
            yield Reaction(at, letter.id, "complain")
        elif dice.random() < OPEN:
            yield Reaction(at, letter.id, "open")
            if dice.random() < CLICK:
                yield Reaction(at + timedelta(minutes=2), letter.id, "click")
