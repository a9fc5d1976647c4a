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
from cli.demo.choice import Choice
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


def chosen(choice: Choice, now: datetime, *, purchases: Path = cdnow.FILE) -> Story:
    """Give the story that was chosen; without its file of purchases, cdnow becomes the shop."""
    if choice.name == "cdnow":
        if purchases.exists():
            return cdnow.story(now, cdnow.read(purchases), people=choice.people)
        say("demo: the cdnow purchases are not beside this checkout; the shop is shown instead")
    return shop.story(now, people=choice.people or shop.PEOPLE)


class Replay:
    """
    One story on its way through one local cloud.

    How far it came stands in the cloud's `progress`, which is kept with the state, so that a
    replay that was interrupted goes on where it stopped: what was told is not told again.
    """

    def __init__(
        self, cloud: "LocalCloud", choice: Choice, *, prepared: Act, story: Story | None = None
    ) -> None:
        """
        Prepare the replay.

        Args:
            cloud: Started already.
            choice: Which demo.
            prepared: Called when the mails and campaigns are there and the first people follow.
            story: Another story than the chosen one.
        """
        self._cloud, self._choice, self._prepared = cloud, choice, prepared
        self._story = story
        self._doors = Doors(cloud)
        self._readers = Readers(cloud.outbox)
        self._stopped, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._guarded, name="replay", daemon=True)
        self._size = FIRST_SLICE

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until everything was replayed, or the replay was stopped."""
        self._over.wait()

    def stop(self) -> None:
        """End after the present slice."""
        self._stopped.set()
        if self._thread.ident is None:
            self._over.set()
        self.wait()

    def _guarded(self) -> None:
        try:
            self.run()
        except Exception:  # noqa: BLE001 - the system goes on without its demo
            traceback.print_exc()
            self._tell("failed")
            say("demo: the replay ended early; what is there stays")
        finally:
            self._over.set()

    def run(self) -> None:
        """Replay everything, or what an earlier run left, in this thread."""
        began, before = time.monotonic(), dict(self._cloud.progress)
        if before.get("state") == "chosen":
            before = {}
        day = datetime.fromisoformat(before["day"]) if before else self._cloud.clock.now()
        story = self._story or chosen(self._choice, day)
        fresh = {"demo": story.name, "people": self._choice.people, "day": day.isoformat()}
        fresh |= {"state": "starting", "done": 0, "total": story.weight}
        if before and (story.name, story.weight) != (before["demo"], before["total"]):
            self._tell("failed")
            say("demo: the kept state is of another story, which cannot go on here")
            return
        self._cloud.progress = before or fresh
        self._play(story)
        rewrite("")
        done = self._done - before.get("done", 0)
        rest = "" if self._done == story.weight else f"; {story.weight - self._done} are left"
        say(f"demo: {done} events replayed in {time.monotonic() - began:.0f} s{rest}")

    def _play(self, story: Story) -> None:
        start = story.moments[0].at - timedelta(hours=12)
        if self._cloud.progress["state"] == "starting":
            self._slice(start, [self._furnish])
            # Before the first mail: campaigns that were lost and made anew would write again.
            self._cloud.save()
        self._slice(self._cloud.clock.now(), [partial(self._doors.track, [WATCHER])])
        if not self._stopped.is_set():
            self._prepared()
        told = self._done
        for moment in story.moments:
            if self._stopped.is_set():
                return
            if told < moment.weight:
                self._live(moment.after(told))
            else:
                self._readers.remember(moment.at)
            told = max(0, told - moment.weight)
        if self._done == story.weight:
            self._tell("done")

    @property
    def _done(self) -> int:
        return int(self._cloud.progress["done"])

    def _furnish(self) -> None:
        for template in TEMPLATES:
            self._doors.publish(template)
        for campaign in CAMPAIGNS:
            self._doors.launch(campaign)
        self._tell("running")

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
        self._readers.look(moment.at)

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
            # While the cloud is held, so that no kept state has one without the other.
            self._cloud.progress = {**self._cloud.progress, "done": self._done + weight}
            spent = time.monotonic() - began
        if weight:
            self._pace(weight, spent)
        self._show()
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
        self._cloud.progress = {**self._cloud.progress, "state": state}

    def _show(self) -> None:
        rewrite(f"demo: {self._done:,} of {self._cloud.progress['total']:,} events replayed")
