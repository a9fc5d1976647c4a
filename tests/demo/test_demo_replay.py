"""The replay: real stages, past moments, and numbers that agree."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.demo import shop
from cli.demo.choice import Choice
from cli.demo.doors import Doors, Refused
from cli.demo.replay import Replay
from infra.local.cloud import LocalCloud

PEOPLE, DAYS = 25, 12


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Run a local cloud into which a small shop was replayed."""
    with LocalCloud() as started:
        story = shop.story(started.clock.now(), people=PEOPLE, days=DAYS)
        replay = Replay(started, Choice("shop"), prepared=lambda: None, story=story)
        started.waited_for.append(replay.wait)
        replay.start()
        started.settle()
        yield started


def pages(cloud: LocalCloud, path: str) -> list[dict[str, Any]]:
    """Read a whole listing."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = Doors(cloud).ask("GET", f"{path}?limit=100{cursor}")
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_drain_has_waited_for_the_whole_replay(cloud: LocalCloud) -> None:
    """Everything was told, and the page can say so."""
    progress = cloud.stats()["progress"]

    assert "done" == progress["state"]
    assert progress["total"] == progress["done"] > PEOPLE * 5


def test_everybody_is_one_person_when_the_replay_is_over(cloud: LocalCloud) -> None:
    """A browser that signs up is not a second person; the one who watches comes on top."""
    assert PEOPLE + 1 == len(pages(cloud, "/v1/profiles"))


def test_numbers_agree_when_the_replay_is_over(cloud: LocalCloud) -> None:
    """The sum of statuses, the messages and the rows of the recipients are one number."""
    overview = Doors(cloud).ask("GET", "/v1/reports/overview")
    campaigns = pages(cloud, "/v1/campaigns")
    rows = [row for c in campaigns for row in pages(cloud, f"/v1/campaigns/{c['id']}/recipients")]

    assert 3 == len(campaigns)
    assert len(rows) == overview["messages"] == sum(overview["statuses"].values()) > PEOPLE
    assert len(cloud.outbox.letters) == overview["reached"]["sent"]
    assert 0 < overview["clicked"] < overview["opened"] < overview["messages"]
    assert [] == pages(cloud, "/v1/dead-letters")


def test_mails_lie_in_the_past_when_the_replay_is_over(cloud: LocalCloud) -> None:
    """History was sent at its own time, and the clock is back in the present."""
    days = {letter.sent_at.date() for letter in cloud.outbox.letters.values()}
    yesterday = (cloud.clock.now() - timedelta(days=1)).date()

    assert len(days) > DAYS // 2
    assert max(days) <= yesterday
    assert abs(cloud.clock.offset) < timedelta(seconds=1)


def test_live_requests_see_the_present_when_history_is_replayed(cloud: LocalCloud) -> None:
    """A request that comes in during a past moment waits for it to end."""
    now, seen = cloud.clock.now(), list[datetime]()
    asked = threading.Thread(target=lambda: seen.append(planned(cloud)))
    with cloud.at(now - timedelta(days=30)):
        asked.start()
        asked.join(timeout=0.2)
        early = list(seen)
    asked.join()

    assert [] == early
    assert timedelta(0) <= seen[0] - now < timedelta(minutes=1)


def planned(cloud: LocalCloud) -> datetime:
    """Ask for a message and give the moment at which it was planned."""
    doors = Doors(cloud)
    request = {"template": "order-thanks", "to": {"email": "live@example.org"}}
    ident = doors.ask("POST", "/v1/messages", request)["id"]
    return datetime.fromisoformat(doors.ask("GET", f"/v1/messages/{ident}")["planned_at"])


def test_doors_raise_when_they_are_refused(cloud: LocalCloud) -> None:
    """A demo that the system refuses does not go on as if nothing were."""
    with pytest.raises(Refused, match="404"):
        Doors(cloud).ask("GET", "/v1/campaigns/nothing")
