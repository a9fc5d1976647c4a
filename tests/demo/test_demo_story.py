"""The stories: the same in every run, and in order."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.demo import cdnow, shop
from cli.demo.choice import Choice, read
from cli.demo.replay import chosen

NOW = datetime(2030, 5, 20, 9, 30, tzinfo=UTC)


def test_shop_is_the_same_when_it_is_told_twice() -> None:
    """The demo is drawn from a seed, not from chance."""
    assert shop.story(NOW) == shop.story(NOW)
    assert shop.story(NOW, seed=8) != shop.story(NOW)


def test_shop_has_its_people_and_ends_yesterday() -> None:
    """Three hundred people within ninety days, the first few on the first day."""
    moments = shop.story(NOW).moments
    calls = [call for moment in moments for call in moment.calls]
    kinds = Counter(call["type"] for call in calls)

    assert 300 == kinds["identify"]
    assert datetime(2030, 2, 19, 10, tzinfo=UTC) == moments[0].at
    assert datetime(2030, 5, 19, 22, tzinfo=UTC) == moments[-1].at
    assert shop.FEW <= sum(call["type"] == "identify" for call in moments[0].calls) < 40
    assert len(calls) == len({call["messageId"] for call in calls})


def test_every_call_lies_in_the_day_before_it_is_sent() -> None:
    """No call comes from the future, and none is older than its day."""
    for moment in shop.story(NOW, people=40).moments:
        ages = [moment.at - datetime.fromisoformat(call["timestamp"]) for call in moment.calls]

        assert all(timedelta(0) <= age < timedelta(days=1) for age in ages)


def test_cdnow_keeps_its_distances_when_it_is_shifted(tmp_path: Path) -> None:
    """The last purchase was yesterday, and the first as long before it as it was."""
    file = tmp_path / "purchases.txt"
    file.write_text(" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  1   9.50\n\n")
    story = chosen(Choice("cdnow"), NOW, purchases=file)
    first, last = story.moments

    assert ["identify", "track"] == [call["type"] for call in first.calls]
    assert (timedelta(days=17), 19) == (last.at - first.at, last.at.day)
    assert 9.5 == last.calls[0]["properties"]["total"]


def test_cdnow_becomes_the_shop_when_its_file_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo says what is missing and goes on with the other one."""
    story = chosen(Choice("cdnow"), NOW, purchases=tmp_path / "none.txt")

    assert "shop" == story.name
    assert "cdnow purchases are not beside this checkout" in capsys.readouterr().err


def test_shop_has_fewer_people_when_a_number_is_chosen() -> None:
    """The first so many people of the shop live as they do in the whole of it."""
    few, whole = chosen(read("shop:3"), NOW), chosen(read("shop"), NOW)
    theirs = {"customer-0001", "customer-0002", "customer-0003"}
    calls = [call for moment in few.moments for call in moment.calls]

    assert theirs == {call["userId"] for call in calls}
    assert calls == [c for m in whole.moments for c in m.calls if c["userId"] in theirs]


def test_cdnow_has_those_who_came_first_when_a_number_is_chosen(tmp_path: Path) -> None:
    """A slice begins with the whole history's first day, and has every purchase of its people."""
    file = tmp_path / "purchases.txt"
    file.write_text(
        " 1 0001 19970103 1 5.00\n 2 0002 19970101 1 6.00\n 2 0002 19970110 1 7.00\n"
        " 3 0003 19970102 1 8.00\n"
    )
    story = chosen(read("cdnow:2"), NOW, purchases=file)
    totals = [c["properties"]["total"] for m in story.moments for c in m.calls if "event" in c]

    assert [6.0, 8.0, 7.0] == totals


def test_moment_is_cut_where_it_was_left() -> None:
    """What was told is not told again: calls come first, then the consents."""
    moment = shop.story(NOW).moments[0]
    calls = len(moment.calls)

    assert moment == moment.after(0)
    assert (moment.calls[2:], moment.words) == (moment.after(2).calls, moment.after(2).words)
    assert ((), moment.words[1:]) == (moment.after(calls + 1).calls, moment.after(calls + 1).words)


@pytest.fixture(scope="session")
def purchases() -> list[cdnow.Purchase]:
    """Read the published purchases, or skip where they are not at hand."""
    if not cdnow.FILE.exists():
        pytest.skip("the corpus cdnow is not beside the repository")
    return cdnow.read()


def test_cdnow_is_whole_when_it_is_told(purchases: list[cdnow.Purchase]) -> None:
    """Every purchase is told once, and every customer is made known once."""
    calls = [call for moment in cdnow.story(NOW, purchases).moments for call in moment.calls]
    kinds = Counter(call["type"] for call in calls)
    told = sum(call["properties"]["total"] for call in calls if call["type"] == "track")

    assert {"identify": 2357, "track": 6919} == kinds
    assert sum(bought.amount for bought in purchases) == pytest.approx(told)
