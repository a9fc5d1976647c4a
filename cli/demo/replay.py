"""Replays a story through the real doors, in slices of the moved clock, behind live requests."""

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cli.demo import cdnow, shop
from cli.demo.content import CAMPAIGNS, TEMPLATES, WATCHER
from cli.demo.doors import Doors
from cli.demo.reactions import Readers
from cli.demo.story import Moment, Story, Word
from cli.output import rewrite, say

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

FIRST_SLICE, MOST = 10, 100
TARGET_SECONDS = 0.3
PATIENCE = 0.5
Act = Callable[[], None]
Item = TypeVar("Item")


def chosen(name: str, now: datetime, *, purchases: Path = cdnow.FILE) -> Story:
    """Give the story of that name; without its file of purchases, cdnow becomes the shop."""
    if name == "cdnow":
        if purchases.exists():
            return cdnow.story(now, cdnow.read(purchases))
        say("demo: the cdnow purchases are not beside this checkout; the shop is shown instead")
    return shop.story(now)


class Replay:
    """One story on its way through one local cloud."""

    def __init__(
        self, cloud: "LocalCloud", name: str, *, prepared: Act, story: Story | None = None
    ) -> None:
        """
        Prepare the replay.

        Args:
            cloud: Started already.
            name: Of the demo.
            prepared: Called when the mails and campaigns are there and the first people follow.
            story: Another story than that of the name.
        """
        self._cloud, self._name, self._prepared = cloud, name, prepared
        self._story = story
        self._doors = Doors(cloud)
        self._readers = Readers(cloud.outbox)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._guarded, name="replay", daemon=True)
        self._size = FIRST_SLICE
        self._done = 0

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until everything was replayed, or the replay was stopped."""
        if self._thread.ident is not None:
            self._thread.join()

    def stop(self) -> None:
        """End after the present slice."""
        self._stopped.set()
        self.wait()

    def _guarded(self) -> None:
        try:
            self.run()
        except Exception:  # noqa: BLE001 - the system goes on without its demo
            traceback.print_exc()
            self._tell("failed")
            say("demo: the replay ended early; what is there stays")

    def run(self) -> None:
        """Replay everything in this thread."""
        began = time.monotonic()
        story = self._story or chosen(self._name, self._cloud.clock.now())
        self._total = story.weight
        self._tell("running")
        start = story.moments[0].at - timedelta(hours=12)
        self._slice(start, [self._furnish])
        self._slice(self._cloud.clock.now(), [partial(self._doors.track, [WATCHER])])
        self._prepared()
        for moment in story.moments:
            if self._stopped.is_set():
                return
            self._live(moment)
        self._tell("done")
        rewrite("")
        say(f"demo: {self._done} events replayed in {time.monotonic() - began:.0f} s")

    def _furnish(self) -> None:
        for template in TEMPLATES:
            self._doors.publish(template)
        for campaign in CAMPAIGNS:
            self._doors.launch(campaign)

    def _live(self, moment: Moment) -> None:
        for reaction in self._cut(self._readers.due(moment.at)):
            self._slice(moment.at, [partial(self._readers.react, one) for one in reaction])
        at = 0
        while at < len(moment.calls):
            calls = moment.calls[at : at + self._size]
            at += len(calls)
            self._slice(moment.at, [partial(self._doors.track, calls)], weight=len(calls))
        for words in self._cut(moment.words):
            self._slice(moment.at, [partial(self._consent, word) for word in words],
                        weight=len(words))  # fmt: skip
        self._readers.look(moment.at + timedelta(hours=1))
        self._tell("running")

    def _cut(self, items: Sequence[Item]) -> list[Sequence[Item]]:
        step = max(1, self._size // 2)
        return [items[at : at + step] for at in range(0, len(items), step)]

    def _consent(self, word: Word) -> None:
        content = {"channel": "email", "topic": word.topic, "status": word.status}
        ident = self._doors.profile(word.user_id)
        self._doors.ask("POST", f"/v1/profiles/{ident}/consents", {**content, "source": "shop"})

    def _slice(self, at: datetime, acts: Sequence[Act], *, weight: int = 0) -> None:
        """Hold the cloud at one past moment for a blink, then let waiting requests go first."""
        if self._stopped.is_set():
            return
        with self._cloud.at(at):
            began = time.monotonic()
            for act in acts:
                act()
            self._cloud.drain()
            spent = time.monotonic() - began
        self._done += weight
        if weight:
            self._pace(weight, spent)
        self._make_way()

    def _pace(self, weight: int, spent: float) -> None:
        """Size the next slice so that it takes about as long as a request may wait."""
        fitting = int(weight * TARGET_SECONDS / max(spent, 0.001))
        self._size = max(1, min(MOST, fitting, 2 * self._size))

    def _make_way(self) -> None:
        time.sleep(0.002)
        until = time.monotonic() + PATIENCE
        while self._cloud.doors and time.monotonic() < until:
            time.sleep(0.002)

    def _tell(self, state: str) -> None:
        found = {"demo": self._name, "state": state, "done": self._done, "total": self._total}
        self._cloud.progress = found
        rewrite(f"demo: {self._done:,} of {self._total:,} events replayed")
