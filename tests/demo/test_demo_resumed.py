"""A replay that was interrupted goes on where it stopped, and ends as if nothing had happened."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.demo import shop
from cli.demo.choice import Choice
from cli.demo.doors import Doors
from cli.demo.replay import Replay
from cli.demo.story import Story
from infra.local.cloud import LocalCloud
from infra.local.letters import Letter

PEOPLE, DAYS = 12, 8
Numbers = dict[str, Any]


@pytest.fixture(scope="module")
def whole() -> Numbers:
    """Replay a small shop in one go, and give its numbers."""
    with LocalCloud() as cloud:
        replayed(cloud, story(cloud))
        return numbers(cloud)


def story(cloud: LocalCloud) -> Story:
    """Tell the small shop's history."""
    return shop.story(cloud.clock.now(), people=PEOPLE, days=DAYS)


def numbers(cloud: LocalCloud) -> Numbers:
    """Give what must be equal however often the replay was interrupted."""
    overview = Doors(cloud).ask("GET", "/v1/reports/overview")
    named = ("messages", "events", "statuses", "opened", "clicked")
    mails = Counter((letter.to, letter.top["Subject"]) for letter in letters(cloud))
    return {name: overview[name] for name in named} | {"mails": mails}


def letters(cloud: LocalCloud) -> list[Letter]:
    """Give every mail that left."""
    return list(cloud.outbox.letters.values())


def interrupted(cloud: LocalCloud, *, after: int, by: str = "stop") -> dict[str, Any]:
    """
    Replay, and let another thread act when so many mails have left; give the progress.

    Args:
        cloud: With a folder for its state.
        after: How many mails leave before.
        by: `stop` as Ctrl-C does, or `save` as the keeper does while the replay goes on.
    """
    replay = Replay(cloud, Choice("shop"), prepared=lambda: None, story=story(cloud))
    acting = threading.Thread(target=replay.stop if by == "stop" else cloud.save)

    def watch(_: Letter) -> None:
        if len(cloud.outbox.letters) == after:
            acting.start()

    cloud.outbox.relay = watch
    replay.start()
    replay.wait()
    acting.join()
    if by == "stop":
        cloud.save()
    return dict(cloud.progress)


def replayed(cloud: LocalCloud, told: Story) -> dict[str, Any]:
    """Replay to the end of a story, and give the progress."""
    replay = Replay(cloud, Choice("shop"), prepared=lambda: None, story=told)
    replay.start()
    replay.wait()
    return dict(cloud.progress)


@pytest.mark.parametrize("mails", [1, 9, 20])
def test_numbers_equal_those_of_one_go_when_interrupted(
    whole: Numbers, tmp_path: Path, mails: int
) -> None:
    """Nothing is told twice and nothing is left out, wherever the replay stopped."""
    with LocalCloud(persist_dir=tmp_path) as first:
        left = interrupted(first, after=mails)
    with LocalCloud(persist_dir=tmp_path) as second:
        found = dict(second.progress)
        progress, ended = replayed(second, story(second)), numbers(second)
        messages = Counter(letter.top["Message-ID"] for letter in letters(second))

    assert left == found
    assert "running" == left["state"]
    assert 0 < left["done"] < left["total"]
    assert ("done", left["total"]) == (progress["state"], progress["done"])
    assert whole == ended
    assert {1} == set(messages.values())


def test_numbers_equal_those_of_one_go_when_the_power_failed(
    whole: Numbers, tmp_path: Path
) -> None:
    """A state that was kept while the replay went on is as good as one kept at the end."""
    with LocalCloud(persist_dir=tmp_path) as first:
        interrupted(first, after=7, by="save")
    with LocalCloud(persist_dir=tmp_path) as second:
        kept = dict(second.progress)

        assert 0 < kept["done"] < kept["total"]
        assert "done" == replayed(second, story(second))["state"]
        assert whole == numbers(second)


def test_replay_stays_away_when_the_kept_story_is_another(tmp_path: Path) -> None:
    """A state whose story this version would tell otherwise is left as it is."""
    with LocalCloud(persist_dir=tmp_path) as first:
        interrupted(first, after=1)
    with LocalCloud(persist_dir=tmp_path) as second:
        before = numbers(second)
        longer = shop.story(second.clock.now(), people=PEOPLE + 1, days=DAYS)

        assert "failed" == replayed(second, longer)["state"]
        assert before == numbers(second)
