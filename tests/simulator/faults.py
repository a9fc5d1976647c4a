"""What may go wrong, where, and how often."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# What may happen to one call, by what kind of call it is.
KINDS: dict[str, tuple[str, ...]] = {
    "read": ("refused", "crash_before", "slow", "freeze"),
    "index": ("refused", "crash_before", "slow", "stale"),
    "write": (
        "refused", "lost", "late", "repeated", "crash_before", "crash_after", "slow", "freeze",
    ),
    "enqueue": ("refused", "lost", "late", "partial", "crash_before", "crash_after"),
    "mail": (
        "refused", "throttled", "rejected", "lost", "late", "dropped", "slow", "crash_before",
        "crash_after", "freeze",
    ),
    # What may happen to one queue message, to one delete, to one provider event.
    "message": ("doubled", "delayed", "corrupted"),
    "delete": ("undeleted",),
    "event": ("event_lost", "event_doubled", "event_late"),
}  # fmt: skip
# These happen a tenth as often as the others: each of them is the end of a process or of a mail.
RARE = frozenset({"rejected", "corrupted", "freeze"})
EVERY = tuple(sorted({kind for kinds in KINDS.values() for kind in kinds}))


@dataclass(frozen=True)
class Injected:
    """One fault that happened: the number of the decision, what it was about, and what."""

    number: int
    where: str
    kind: str


@dataclass
class Plan:
    """
    Decides what goes wrong; every decision has a number.

    `script` names the faults by number, for replays; without it they are drawn.
    """

    rate: float = 0.0
    kinds: frozenset[str] = frozenset(EVERY)
    seed: str = ""
    script: Mapping[int, str] | None = None
    made: int = 0
    injected: list[Injected] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    calm: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(f"faults:{self.seed}")
        self._shares = {
            about: [(k, self.rate / 10 if k in RARE else self.rate) for k in own if k in self.kinds]
            for about, own in KINDS.items()
        }
        # Most draws are beyond all shares, and by more than sums of fractions are wrong by.
        self._certain = {
            about: sum(share for _, share in shares) + 1e-9
            for about, shares in self._shares.items()
        }

    def decide(self, about: str, where: str) -> str | None:
        """Decide about one call, message, delete or event; None means that it goes well."""
        number, self.made = self.made, self.made + 1
        if self.calm:
            return None
        self.asked.append((about, where))
        # Drawn in a replay too: what else is drawn after it is then the same as in the first run.
        drawn = self._random.random()
        kind = self._drawn(about, drawn) if self.script is None else self._scripted(about, number)
        if kind is not None:
            self.injected.append(Injected(number, where, kind))
        return kind

    def between(self, low: float, high: float) -> float:
        """Draw how long, how late, how much."""
        return self._random.uniform(low, high)

    def chance(self, probability: float) -> bool:
        """Draw whether."""
        return self._random.random() < probability

    def _scripted(self, about: str, number: int) -> str | None:
        assert self.script is not None
        kind = self.script.get(number)
        return kind if kind in KINDS[about] else None

    def _drawn(self, about: str, drawn: float) -> str | None:
        if drawn > self._certain[about]:
            return None
        for kind, share in self._shares[about]:
            drawn -= share
            if drawn < 0:
                return kind
        return None


def swarm(seed: str, rate: float) -> Plan:
    """Make a plan with a random half of the kinds: some faults hide others."""
    chosen = random.Random(f"swarm:{seed}").sample(EVERY, len(EVERY) // 2)
    return Plan(rate=rate, kinds=frozenset(chosen), seed=seed)


def scripted(faults: Sequence[Injected]) -> Plan:
    """Make a plan of exactly these faults."""
    return Plan(script={fault.number: fault.kind for fault in faults})
