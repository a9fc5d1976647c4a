"""A local cloud that is killed: what stands on its disk at a moment, and a start from there."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from infra.local import persist
from infra.local.cloud import LocalCloud
from infra.local.letters import Letter
from infra.local.streams import StreamMapping
from tests.local.journey import OWNER, get, identify, open_shop, order, post

NOTE = {"name": "note", "subject": "Hello {{ data.name }}", "text": "Hello.", "activate": True}
BUYERS = ("ada", "ben", "cyd")
READERS = ("dan", "eve")
EVERYBODY = {f"{name}@example.org": 1 for name in (*BUYERS, *READERS)}


@dataclass(frozen=True)
class Death:
    """A copy of the folder as a kill would have left it, and the mails that had left by then."""

    folder: Path
    where: str
    left: tuple[Letter, ...]


@dataclass
class Undertaker:
    """
    Takes a copy of a cloud's folder whenever it is told to.

    A folder changes only where a mail is written down and where the state is kept: a copy after
    each of these is a copy of all that a kill at any moment could leave.
    """

    folder: Path
    copies: Path
    deaths: list[Death] = field(default_factory=list)
    left: list[Letter] = field(default_factory=list)

    def take(self, where: str) -> None:
        """Take a copy."""
        to = self.copies / f"{len(self.deaths):03d}"
        shutil.copytree(self.folder, to)
        self.deaths.append(Death(to, where, tuple(self.left)))

    def watch(self, cloud: LocalCloud) -> None:
        """Take a copy now, and after each mail that was written down."""
        self.take("before the first mail")
        keep = cloud.outbox.keep
        assert keep is not None

        def kept(letter: Letter) -> None:
            keep(letter)
            self.left.append(letter)
            self.take(f"after mail {len(self.left)}")

        cloud.outbox.keep = kept

    def save(self, cloud: LocalCloud) -> None:
        """Keep the state step by step, with a copy after each."""
        keeper = cloud.keeper
        assert keeper is not None
        _, first, state = keeper.capture(cloud)
        self.take("before the state was written")
        persist.write(keeper.file, state)
        self.take("before the journal was cut")
        keeper.journal.cut(first)
        self.take("after the journal was cut")


def tell(cloud: LocalCloud, names: Sequence[str] = (*BUYERS, *READERS)) -> None:
    """Let people do what makes them get a mail; a repeat is the same again."""
    ask(cloud, names)
    cloud.drain()


def ask(cloud: LocalCloud, names: Sequence[str] = (*BUYERS, *READERS)) -> None:
    """Let people do it, and let nothing move yet."""
    for name in names:
        if name in BUYERS:
            identify(cloud, name, email=f"{name}@example.org", first_name=name.title())
            order(cloud, name, number=name)
            continue
        body = {"template": "note", "to": {"email": f"{name}@example.org"}, "data": {"name": name}}
        post(cloud, "/v1/messages", body, headers=OWNER | {"idempotency-key": name})


@contextmanager
def opened(folder: Path) -> Iterator[LocalCloud]:
    """Run a cloud that may send, with its state kept before anybody asks for anything."""
    with LocalCloud(persist_dir=folder) as cloud:
        open_shop(cloud)
        post(cloud, "/v1/templates", NOTE)
        cloud.drain()
        cloud.save()
        yield cloud


def killed(folder: Path, copies: Path) -> list[Death]:
    """Live through a story, with a copy of whatever a kill could leave."""
    undertaker = Undertaker(folder, copies)
    with opened(folder) as cloud:
        undertaker.watch(cloud)
        tell(cloud, BUYERS)
        undertaker.save(cloud)
        tell(cloud, READERS)
    return undertaker.deaths


def killed_after(visits: int, folder: Path, copies: Path) -> list[Death]:
    """Keep the state when so many mappings were visited, and give the deaths that follow."""
    undertaker = Undertaker(folder, copies)
    with opened(folder) as cloud:
        ask(cloud)
        mappings = cycle(cloud.wired.mappings)
        for mapping in islice(mappings, visits):
            if isinstance(mapping, StreamMapping):
                mapping.step(cloud.sources)
            else:
                mapping.step(cloud.queues, cloud.invoker)
        cloud.save()
        undertaker.left.extend(cloud.outbox.letters.values())
        undertaker.watch(cloud)
        cloud.drain()
        undertaker.take("when all was done")
    return undertaker.deaths


@contextmanager
def started(folder: Path) -> "Iterator[tuple[LocalCloud, list[Letter]]]":
    """Start from a copy, and note what leaves from now on."""
    newly: list[Letter] = []
    with LocalCloud(persist_dir=folder) as cloud:
        cloud.outbox.relay = newly.append
        yield cloud, newly


def people(letters: list[Letter]) -> Counter[str]:
    """Count the mails of each person."""
    return Counter(address for letter in letters for address in letter.to)


def statuses(cloud: LocalCloud) -> Counter[str]:
    """Count the ledger's own rows by their status."""
    return Counter(row["status"]["S"] for row in rows(cloud))


def rows(cloud: LocalCloud) -> list[dict[str, Any]]:
    """Give every message row of the ledger."""
    return messages_of(persist.read(cloud.snapshot()))


def messages_of(kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every message row of a state."""
    tables = kept["services"]["dynamodb"]["_tables"].values()
    items = [item for table in tables for rows in table["items"].values() for item in rows.values()]
    return [item for item in items if item.get("sk", {}).get("S") == "message"]


def handed_over(kept: dict[str, Any]) -> set[str]:
    """Give the messages that are on their way, or more, in the ledger of a state."""
    waiting = {"planned", "rendered", "held"}
    return {row["id"]["S"] for row in messages_of(kept) if row["status"]["S"] not in waiting}


def counted(cloud: LocalCloud) -> dict[str, int]:
    """Give the counters of the statuses that there are."""
    found: dict[str, int] = get(cloud, "/v1/reports/overview")["statuses"]
    return {name: count for name, count in found.items() if count}
