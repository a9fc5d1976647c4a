"""One-click unsubscribing (RFC 8058): one POST, at once, and nothing by looking (bad input 44)."""

import pytest

from tests.functions.choosing_world import BROWSER, FORM, Choosing


@pytest.fixture
def choosing() -> Choosing:
    """Give a person who has news by e-mail."""
    world = Choosing()
    world.consent("news")
    world.calls()
    return world


def test_one_click_is_in_the_store_in_one_round_trip(choosing: Choosing) -> None:
    """One POST, no cookie, three reads and two writes: it stands before the answer."""
    answer = choosing.call(
        "POST", choosing.path("unsubscribe"), b"List-Unsubscribe=One-Click", content_type=FORM
    )

    assert 200 == answer.status
    # The transaction is one call; the table in memory makes its two writes by itself.
    written = ["people:transact", "people:update", "people:put"]
    read, suppressed = ["events:get", "catalog:get"], "people:update"
    assert ["people:get", *written, suppressed, *read] == choosing.calls()
    assert {("email", "news"): "withdrawn"} == choosing.words()
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers


def test_one_click_answers_every_misuse_as_it_must(choosing: Choosing) -> None:
    """Bad input 44: a wrong body 400, a look is a look, a replay the same, a forgery 404."""
    path, click = choosing.path("unsubscribe"), b"List-Unsubscribe=One-Click"
    looks = [choosing.call(method, path, **BROWSER).status for method in ("GET", "HEAD")]
    wrong = [
        choosing.call("POST", path, body, content_type=FORM).status
        for body in (b"", b"List-Unsubscribe=Two-Click", b"hello=1")
    ]
    forged = choosing.call("POST", path[:-2] + "AA", click, content_type=FORM).status
    assert {("email", "news"): "granted"} == choosing.words()

    replayed = [choosing.call("POST", path, click, content_type=FORM) for _ in range(3)]

    assert ([200, 200], [400] * 3, 404) == (looks, wrong, forged)
    assert 1 == len({(one.status, one.body) for one in replayed})
    assert {("email", "news"): "withdrawn"} == choosing.words()


def test_unsubscribing_is_still_there_without_the_queue(choosing: Choosing) -> None:
    """The withdrawal does not hang on the entry in the timeline."""
    choosing.work.refuses = True

    choosing.call("POST", choosing.path("unsubscribe"), b"List-Unsubscribe=One-Click")

    assert {("email", "news"): "withdrawn"} == choosing.words()


def test_the_unsubscribe_pages_lead_to_the_preference_centre(choosing: Choosing) -> None:
    """Whoever wants less finds something other than nothing."""
    looked = choosing.call("GET", choosing.path("unsubscribe"), **BROWSER).body
    done = choosing.call(
        "POST", choosing.path("unsubscribe"), b"List-Unsubscribe=One-Click", **BROWSER
    ).body

    assert f'<a href="{choosing.path()}">' in looked
    assert f'<a href="{choosing.path()}">' in done
