"""Time, chance, objects, facts, mails and the send epoch in memory."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from signet.errors import Missing
from signet.ports import Outgoing

_PIECE = 1 << 20


class SetClock:
    """A clock that stands where it was set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Give the present moment."""
        return self.moment

    def advance(self, delta: timedelta) -> None:
        """Move on."""
        self.moment += delta


class SeededRandom:
    """Chance that is the same for the same seed: the hash of the seed and a number."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._drawn = 0

    def token(self, size_bytes: int) -> bytes:
        """Draw bytes that look unpredictable."""
        self._drawn += 1
        made = b""
        while len(made) < size_bytes:
            place = f":{self._drawn}:{len(made)}".encode()
            made += hashlib.sha256(self._seed + place).digest()
        return made[:size_bytes]


class MemoryObjects:
    """Objects by key."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> None:
        """Write an object; with `if_absent`, an existing one is kept and that is success."""
        if not (if_absent and key in self.bodies):
            self.bodies[key] = body

    def get(self, key: str) -> bytes:
        """
        Read an object.

        Raises:
            Missing: There is no such object.
        """
        if key not in self.bodies:
            raise Missing(f"there is no object {key}")
        return self.bodies[key]

    def stream(self, key: str, *, start: int = 0, tag: str = "") -> Iterator[bytes]:
        """Read an object piece by piece, from one of its bytes on."""
        body = self.get(key)
        if tag and tag != tag_of(body):
            raise Missing(f"the object {key} is another by now")
        for at in range(start, len(body), _PIECE):
            yield body[at : at + _PIECE]

    def upload_link(self, key: str, lifetime: timedelta) -> str:
        """Give a link that says what it is for."""
        return f"memory:{quote(key)}?seconds={lifetime // timedelta(seconds=1)}"

    def names(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """Give the keys that begin with a prefix, in order, from behind one on."""
        yield from sorted(key for key in self.bodies if key.startswith(prefix) and key > after)


def tag_of(body: bytes) -> str:
    """Give the entity tag of an object's bytes, as S3 does for one that was written at once."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class MemoryFacts:
    """Facts, in the order of their publication."""

    def __init__(self) -> None:
        self.published: list[Mapping[str, object]] = []

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """Put CloudEvents on the bus."""
        self.published += events


class MemoryEpoch:
    """The send epoch, which no restored table takes back."""

    def __init__(self) -> None:
        self.value = 0

    def read(self) -> int:
        """Give the epoch; 0 before the first beat."""
        return self.value

    def advance(self, before: int, after: int) -> bool:
        """Write the next epoch over the one that was read; False when it is another."""
        if self.value != before:
            return False
        self.value = after
        return True


class MemoryMailer:
    """A provider that takes every mail and keeps it."""

    def __init__(self, rate: float = 100.0) -> None:
        self.taken: list[Outgoing] = []
        self.rate = rate

    def send(self, outgoing: Outgoing) -> str:
        """Take one mail and give its id."""
        self.taken.append(outgoing)
        return f"provider-{len(self.taken)}"

    def quota(self) -> float:
        """Tell how many mails a second are taken."""
        return self.rate


class MemoryAccountList:
    """The provider's list: whoever is on it, and whether they complained."""

    def __init__(self) -> None:
        self.listed: dict[str, bool] = {}

    def add(self, address: str, *, complained: bool) -> None:
        """Put an address on the list."""
        self.listed[address] = complained

    def remove(self, address: str) -> None:
        """Take an address off the list, if it is there."""
        self.listed.pop(address, None)
