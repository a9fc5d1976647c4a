"""A story: what happened when, as tracking calls and the consents people gave."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Call = dict[str, Any]


@dataclass(frozen=True)
class Word:
    """What one person allowed or withdrew."""

    user_id: str
    topic: str
    status: str = "granted"


@dataclass(frozen=True)
class Moment:
    """What is told at one moment: calls that lie before it, then the consents."""

    at: datetime
    calls: tuple[Call, ...]
    words: tuple[Word, ...] = ()

    @property
    def weight(self) -> int:
        """How much there is to do."""
        return len(self.calls) + len(self.words)

    def after(self, told: int) -> "Moment":
        """Give what is left of the moment when the first so much of its weight was told."""
        return Moment(self.at, self.calls[told:], self.words[max(0, told - len(self.calls)) :])


@dataclass(frozen=True)
class Story:
    """A whole history, oldest moment first."""

    name: str
    moments: tuple[Moment, ...]

    @property
    def weight(self) -> int:
        """How much there is to do."""
        return sum(moment.weight for moment in self.moments)


class Diary:
    """Collects calls and consents in any order, and makes the story of them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._calls: dict[datetime, list[Call]] = defaultdict(list)
        self._words: dict[datetime, list[Word]] = defaultdict(list)

    def tell(self, at: datetime, call: Call) -> None:
        """Note a call that is sent at `at`."""
        self._calls[at].append(call)

    def allow(self, at: datetime, word: Word) -> None:
        """Note a consent that is given at `at`."""
        self._words[at].append(word)

    def story(self, name: str) -> Story:
        """Put everything in order."""
        times = sorted(self._calls.keys() | self._words.keys())
        return Story(name, tuple(self._moment(at) for at in times))

    def _moment(self, at: datetime) -> Moment:
        calls = sorted(
            self._calls.get(at, []), key=lambda call: (call["timestamp"], call["messageId"])
        )
        return Moment(at, tuple(calls), tuple(self._words.get(at, [])))


def call(kind: str, user_id: str, number: int, *, at: datetime, **content: Any) -> Call:
    """Write one tracking call with an id that every run gives it again."""
    return {
        "type": kind,
        "messageId": f"demo-{user_id}-{number}",
        "userId": user_id,
        "timestamp": at.isoformat(),
        **content,
    }
