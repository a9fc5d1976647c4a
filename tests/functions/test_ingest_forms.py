"""Web forms of people: a page where something is wrong, and their browser's signal."""

import re
from typing import Any

import pytest

from tests.functions.ingest_world import World

ORIGIN = "https://shop.example.org"
BROWSER = {"accept": "text/html", "origin": ORIGIN}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def world() -> World:
    """Give a shop with a web form, and an app that posts forms."""
    world = World()
    world.source("shop", ready_made="web_form", allowed_origins=[ORIGIN])
    world.source("app", kind="app")
    return world


def test_a_bad_form_of_a_person_is_answered_by_a_page(world: World) -> None:
    """The fields are named where a person can read it, and the form waits in quarantine."""
    answer = world.call(
        "POST",
        "/v1/sources/shop",
        "email=%3Cb%3E&name=Ada",
        headers=BROWSER | FORM | {"accept-language": "fr"},
    )

    assert 400 == answer.status
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert '<html lang="fr">' in answer.body
    assert ["email"] == re.findall(r"<li><strong>([^<]+)</strong>", answer.body)
    assert "<b>" not in answer.body
    assert [] == world.work.items
    assert 1 == len(world.quarantine.page("main", status=None, limit=9, position=None).items)


@pytest.mark.parametrize(
    "headers",
    [FORM | {"origin": ORIGIN}, FORM | {"origin": ORIGIN, "accept": "application/json"}],
)
def test_a_bad_form_of_a_program_is_answered_by_a_problem(
    world: World, headers: dict[str, str]
) -> None:
    """Who does not ask for a page gets none."""
    answer = world.call("POST", "/v1/sources/shop", "email=ada", headers=headers)

    assert (400, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert ["email"] == [fault["field"] for fault in answer.json["errors"]]


def test_a_body_that_is_no_form_is_answered_by_a_problem(world: World) -> None:
    """Only forms are filled in by people."""
    answer = world.call(
        "POST",
        "/v1/sources/shop",
        "{}",
        headers=BROWSER | {"content-type": "application/json"},
    )

    assert (400, "application/problem+json") == (answer.status, answer.headers["content-type"])


def test_a_form_that_cannot_be_read_at_all_has_its_page_and_status(world: World) -> None:
    """What is too large or damaged says so."""
    damaged = world.call("POST", "/v1/sources/shop", b"a=%ff", headers=BROWSER | FORM)

    assert 400 == damaged.status
    assert damaged.body.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("source", "signal", "wanted"),
    [("shop", "1", True), ("shop", "0", None), ("shop", "", None), ("app", "1", None)],
)
def test_the_signal_of_a_browser_travels_with_its_form(
    world: World, source: str, signal: str, wanted: Any
) -> None:
    """Global Privacy Control is a header; only where the form is applied is it known whose."""
    headers = BROWSER | FORM | ({"sec-gpc": signal} if signal else {})

    answer = world.call("POST", f"/v1/sources/{source}", "email=ada@example.org", headers=headers)

    assert 303 == answer.status
    assert [wanted] == [event.context.get("gpc") for event in world.work.events]


def test_a_form_with_odd_headers_is_refused_and_kept(world: World) -> None:
    """What the standard library stumbles over is a form that cannot be read."""
    part = "--b\r\nContent-Disposition: (form-data; name*1*=a; name*=u''b\r\n\r\nx\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b", "origin": ORIGIN}

    answer = world.call("POST", "/v1/sources/shop", part, headers=headers)

    assert (400, "body") == (answer.status, answer.json["errors"][0]["field"])
    assert 1 == len(world.quarantine.page("main", status=None, limit=9, position=None).items)


def test_the_signal_of_a_browser_stays_with_a_form_that_is_laid_aside(world: World) -> None:
    """Whoever corrects the form brings in what the browser said with it."""
    headers = BROWSER | FORM | {"sec-gpc": "1"}
    answer = world.call("POST", "/v1/sources/shop", "email=%3Cb%3E", headers=headers)
    (item,) = world.quarantine.page("main", status=None, limit=9, position=None).items

    assert 400 == answer.status
    assert {"gpc": True} == item.beside
