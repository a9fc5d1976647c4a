"""What people do with their mails: some open, fewer click, a few complain."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from infra.local.letters import Letter
from infra.local.outbox import CannotReact, Outbox

# A complaint rate that a provider would still bear with.
OPEN, CLICK, COMPLAIN = 0.52, 0.3, 0.002
SIMULATOR = "@simulator.amazonses.com"
AN_HOUR = timedelta(hours=1)
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

    def look(self, moment: datetime) -> None:
        """Decide about every new mail that was sent up to an hour after a moment."""
        until = moment + AN_HOUR
        fresh = list(islice(self._outbox.letters.values(), self._seen, None))
        old = [place for place, letter in enumerate(fresh) if letter.sent_at <= until]
        for place in old:
            if fresh[place].to:
                self._waiting += self._decide(fresh[place])
        # What follows the last of them was sent in the present, or is of a moment half told.
        self._seen += old[-1] + 1 if old else 0
        self._waiting.sort()

    def remember(self, moment: datetime) -> None:
        """Take a moment of an earlier run as lived: its mails are read, what was due is done."""
        self.due(moment)
        self.look(moment)

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
