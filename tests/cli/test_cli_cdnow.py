"""`signet up --demo cdnow`: the page is alive at once, the purchases follow behind it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.demo import cdnow
from tests.cli.running import ask, fetch, free_port, interrupted, pages, running, until

PEOPLE = 60
ALIVE_SECONDS = 10
Progress = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What was seen of the replay, in the order in which it was seen."""

    page: str
    people: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    early: Progress
    later: Progress
    drained: Progress
    overview: dict[str, Any]
    rows: list[dict[str, Any]]
    listed: int


@pytest.fixture(scope="module")
def seen(corpora: Callable[[str], Path]) -> Iterator[Seen]:
    """Run the replay of the first sixty people, and look at it on the way."""
    corpora("cdnow")
    port, began = free_port(), time.monotonic()
    with running(port, "--demo", f"cdnow:{PEOPLE}") as up:
        left = ALIVE_SECONDS - (time.monotonic() - began)
        mails = until(lambda: of_customers(port), seconds=left)
        page, early = fetch(port, "/").decode(), progress(port)
        people = pages(port, "/v1/profiles")
        later = until(lambda: further(port, early))
        ask(port, "/_local/drain", {}, method="POST")
        drained, overview = progress(port), ask(port, "/v1/reports/overview")
        campaigns = [campaign["id"] for campaign in pages(port, "/v1/campaigns")]
        rows = [row for one in campaigns for row in pages(port, f"/v1/campaigns/{one}/recipients")]
        yield Seen(
            page=page,
            people=people,
            mails=mails,
            early=early,
            later=later,
            drained=drained,
            overview=overview,
            rows=rows,
            listed=len(pages(port, "/v1/profiles")),
        )
        assert 0 == interrupted(up)


def progress(port: int) -> Progress:
    """Ask how far the replay is."""
    return dict(ask(port, "/_local/counts")["progress"])


def further(port: int, before: Progress) -> Progress:
    """Give the progress where it is beyond an earlier one."""
    now = progress(port)
    return now if now["done"] > before["done"] else {}


def of_customers(port: int) -> list[dict[str, Any]]:
    """List the mails to customers of the corpus."""
    return list(ask(port, "/_local/outbox?to=cdnow-")["data"])


def kept() -> list[cdnow.Purchase]:
    """Give the purchases of the people who are replayed."""
    return cdnow.of_first(cdnow.read(), PEOPLE)


def test_first_people_are_through_within_ten_seconds(seen: Seen) -> None:
    """The page answers and the first purchases are mailed while most of the story is to come."""
    assert "<!doctype html>" in seen.page.lower()
    assert seen.people
    assert seen.mails
    assert 0 < seen.early["done"] < seen.early["total"] // 2
    assert "running" == seen.early["state"]


def test_the_rest_goes_on_behind_the_page_and_shows_its_progress(seen: Seen) -> None:
    """Nobody has to wait: the count of what was replayed rises by itself up to the whole."""
    purchases = kept()

    assert "cdnow" == seen.early["demo"]
    assert seen.early["total"] == PEOPLE + len(purchases)
    assert seen.early["done"] < seen.later["done"] <= seen.later["total"]


def test_drain_has_waited_for_the_whole_replay(seen: Seen) -> None:
    """When drain answers, everything was told."""
    assert "done" == seen.drained["state"]
    assert seen.drained["total"] == seen.drained["done"]


def test_every_purchase_is_one_event_one_message_and_one_recipient(seen: Seen) -> None:
    """The sum of statuses, messages, rows of recipients and purchases are one number."""
    purchases = len(kept())

    assert purchases == seen.overview["messages"]
    assert purchases == sum(seen.overview["statuses"].values())
    assert purchases == len(seen.rows) == len({row["message_id"] for row in seen.rows})
    # Each person is made known once, and so is the one who watches.
    assert purchases + PEOPLE + 1 == seen.overview["events"]
    assert PEOPLE + 1 == seen.listed
