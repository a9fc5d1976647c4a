"""What the admin door passes over in silence: nothing, and it says so in plain words."""

import re
from typing import Any

import pytest

from functions.admin.door import Route
from functions.admin.routes import ROUTES
from signet.domain.consent import Consent
from signet.domain.suppression import Suppression
from tests.functions.admin_world import CAMPAIGN, DRAFT, START, World

KEYED = [route for route in ROUTES if route.action is not None]
BODILESS = [route for route in KEYED if route.method == "POST" and route.reads is None]
CLAUSES = [{"path": "a"}] * 21
PYTHON = re.compile(r"tuple|dict|instance|Recipient|NoneType|class|boolean|Input should be a valid")


def path_of(route: Route) -> str:
    """Fill a route's path with something."""
    return re.sub(r"<\w+>", "1", route.rule)


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.action], ids=lambda r: f"{r.method} {r.rule}"
)
def test_unknown_query_parameters_are_refused_by_name(route: Route) -> None:
    """Whoever misspells a filter learns it, instead of getting an answer without it."""
    answer = World().call(route.method, f"{path_of(route)}?moment=x&pages=3")

    assert (400, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert ["moment", "pages"] == [fault["field"] for fault in answer.json["errors"]]


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz"])
def test_pages_and_health_checks_take_any_query(path: str) -> None:
    """A link may carry where it was found, and a probe the time, so that no cache answers."""
    assert 200 == World().call("GET", f"{path}?utm_source=mail&t=1", role=None).status


def test_browser_client_may_say_what_it_likes_in_the_query() -> None:
    """RudderStack's browser client tells its version and more; its door stays tolerant."""
    answer = World().call("GET", "/sourceConfig/?p=cdn&v=3.1&build=modern&writeKey=demo", role=None)

    assert 200 == answer.status


@pytest.mark.parametrize("at", ["", "x", "2026-13-01", "2026-01-01T00:00:00 02:00", "1e99"])
def test_consents_at_what_is_no_moment_are_refused(at: str) -> None:
    """A question about the past is not answered with the present."""
    world = World()
    world.person("p1")
    answer = world.call("GET", f"/v1/profiles/p1/consents?at={at.replace(' ', '%20')}")

    assert (400, "at") == (answer.status, answer.json["errors"][0]["field"])


@pytest.mark.parametrize("at", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_consents_are_told_for_the_ends_of_time(at: str) -> None:
    """Before everything nothing was allowed, and long after it everything still is."""
    world = World()
    world.person("p1")
    world.permissions.record_consent(
        "main", "p1", Consent(channel="email", topic="news", status="granted", at=START)
    )
    found = world.call("GET", f"/v1/profiles/p1/consents?at={at}")

    assert (200, int(at > "2026")) == (found.status, len(found.json["data"]))


def test_consents_are_listed_in_pages() -> None:
    """A page of consents has no more than was asked for."""
    world = World()
    world.person("p1")
    for topic in ("a", "b", "c"):
        consent = Consent(channel="email", topic=topic, status="granted", at=START)
        world.permissions.record_consent("main", "p1", consent)
    path = "/v1/profiles/p1/consents?limit=2"
    first = world.call("GET", path).json
    rest = world.call("GET", f"{path}&cursor={first['next_cursor']}").json

    assert [["a", "b"], ["c"]] == [[row["topic"] for row in p["data"]] for p in (first, rest)]
    assert rest["next_cursor"] is None


def test_messages_of_everybody_are_not_listed() -> None:
    """A list without a filter would end silently, so the filter is asked for by name."""
    world = World()
    world.message("m1")
    answer = world.call("GET", "/v1/messages")
    empty = world.call("GET", "/v1/messages?campaign_id=")

    assert [400, 400] == [answer.status, empty.status]
    assert "profile_id" == answer.json["errors"][0]["field"]
    assert "campaign_id" in answer.json["detail"]


@pytest.mark.parametrize("route", BODILESS, ids=lambda route: route.rule)
@pytest.mark.parametrize(
    ("body", "fields"),
    [(b"{bad", {"body"}), (b"[]", {"body"}), (b"null", {"body"}), (b" ", {"body"}),
     (b'{"junk": 1}', {"junk"}), (b'{"state": "x", "epoch": 1}', {"state", "epoch"})],
)  # fmt: skip
def test_body_where_none_is_read_is_refused(route: Route, body: bytes, fields: set[str]) -> None:
    """Rows 13 and 50: a field that nobody reads is named, whether a key comes along or not."""
    world = World()
    for headers in ({}, {"idempotency_key": "k"}):
        answer = world.call("POST", path_of(route), body, **headers)
        named = {fault["field"] for fault in answer.json["errors"]}
        assert (400, fields) == (answer.status, named)


@pytest.mark.parametrize("body", [None, b"", b"{}", {}])
def test_no_body_and_an_empty_object_are_one(body: object) -> None:
    """Clients that must send something send an empty object."""
    world = World()
    world.template()
    ident = world.campaign()["id"]

    assert 200 == world.call("POST", f"/v1/campaigns/{ident}/launch", body).status
    assert 200 == world.call("POST", "/v1/sending/resume", body).status


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, "on"])
def test_truth_is_true_or_false(value: object) -> None:
    """A word that could mean yes neither activates a template nor drives a letter."""
    world = World()
    made = world.template(activate=value)
    driven = world.call("POST", "/v1/dead-letters/redrive", {"queue": "render", "dry_run": value})

    assert (400, "activate") == (made.status, made.json["errors"][0]["field"])
    assert (400, "dry_run") == (driven.status, driven.json["errors"][0]["field"])
    assert "must be true or false" in made.json["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [("/v1/campaigns", CAMPAIGN | {"caps": "many"}, "caps"),
     ("/v1/campaigns", CAMPAIGN | {"caps": [1]}, "caps.0"),
     ("/v1/campaigns", CAMPAIGN | {"caps": [{"most": "2", "within": "P1D"}]}, "caps.0.most"),
     ("/v1/campaigns", CAMPAIGN | {"on": "Order"}, "on"),
     ("/v1/campaigns", CAMPAIGN | {"on": {"event": "x", "where": CLAUSES}}, "on.where"),
     ("/v1/campaigns", CAMPAIGN | {"name": 5}, "name"),
     ("/v1/campaigns", CAMPAIGN | {"not_after": "soon"}, "not_after"),
     ("/v1/templates", DRAFT | {"name": "x", "sample": []}, "sample"),
     ("/v1/templates/thanks/preview", {"version": "1"}, "version"),
     ("/v1/sending/replay", {"since": "2026-01-01T00:00:00"}, "since"),
     ("/v1/dead-letters/redrive", {"queue": "render", "ids": "1"}, "ids")],
)  # fmt: skip
def test_faults_are_told_in_words_of_json(path: str, body: Any, field: str) -> None:
    """No answer speaks of tuples, instances and classes of ours."""
    world = World()
    world.template()
    answer = world.call("POST", path, body)
    (fault,) = answer.json["errors"]

    assert (400, field) == (answer.status, fault["field"])
    assert not PYTHON.search(fault["message"]), fault
    assert not PYTHON.search(answer.json["detail"]), answer.json


def test_repeated_answer_is_the_first_one_to_the_byte() -> None:
    """What is kept for a key comes back with its fields in the same order."""
    world = World()
    world.template()
    for path, body in (("/v1/templates", DRAFT | {"name": "a"}), ("/v1/campaigns", CAMPAIGN)):
        plain, other = (world.call("POST", path, body | {"name": n}) for n in ("plain", "other"))
        first, again = (world.call("POST", path, body, idempotency_key="k") for _ in range(2))
        assert (201, first.text) == (again.status, again.text)
        assert list(plain.json) == list(other.json) == list(first.json)
        assert first.headers == again.headers


def test_suppressions_are_found_among_many_others() -> None:
    """A page is full or the last, however many rows of other kinds lie in between."""
    world = World()
    for number in range(700):
        world.people.link("main", f"a{number}", f"p{number}")
        world.people.link("other", f"a{number}", f"p{number}")
    for number in range(5):
        world.permissions.suppress("main", Suppression(handle=f"h{number}", at=START))
    world.person("p1")
    world.person("p2")
    path = "/v1/suppressions?limit=2"
    first = world.call("GET", path).json
    second = world.call("GET", f"{path}&cursor={first['next_cursor']}").json
    third = world.call("GET", f"{path}&cursor={second['next_cursor']}").json
    shown = [[row["id"] for row in page["data"]] for page in (first, second, third)]

    assert [["h0", "h1"], ["h2", "h3"], ["h4"]] == shown
    assert third["next_cursor"] is None
    assert 2 == len(world.call("GET", "/v1/profiles?limit=2").json["data"])
