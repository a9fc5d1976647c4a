"""Keys, errors, dead letters, the console and the description of the API."""

import json
from pathlib import Path

import pytest

from functions.admin import openapi
from functions.admin.door import Route
from functions.admin.routes import ROUTES
from functions.admin.wiring import Settings
from signet.errors import Misconfigured
from tests.functions.admin_world import ROLES, World
from tests.functions.waiting import LIST, keep

ROOT = Path(__file__).parents[2]
KEYED = [route for route in ROUTES if route.action is not None]


def test_health_needs_no_key() -> None:
    """Anyone may ask whether it lives."""
    found = World().call("GET", "/healthz", role=None)

    assert (200, "ok") == (found.status, found.json["status"])


@pytest.mark.parametrize("route", KEYED, ids=lambda route: f"{route.method} {route.rule}")
def test_every_other_route_needs_a_known_key(route: Route) -> None:
    """Without a key, with an unknown one, or with a write key nothing is told."""
    world = World()
    path = route.rule.replace("<", "").replace(">", "")
    method = route.method
    answers = [world.call(method, path, role=None), world.call(method, path, role="nobody"),
               world.call(method, path, role=None, authorization="Bearer demo")]  # fmt: skip

    assert [401, 401, 403] == [answer.status for answer in answers]
    assert all(a.headers["content-type"] == "application/problem+json" for a in answers)


def test_unknown_path_is_404_and_wrong_method_405() -> None:
    """A path that is not there and a method that is not there are told apart."""
    world = World()
    wrong = world.call("DELETE", "/v1/templates")

    assert 404 == world.call("GET", "/v1/nothing").status
    assert (405, "GET, POST") == (wrong.status, wrong.headers["allow"])


@pytest.mark.parametrize(
    "body", [None, b"", b"{", b"[]", b'"x"', b"\xff", b'{"a":1,"a":2}', b"NaN"]
)
def test_bad_body_is_400(body: bytes | None) -> None:
    """What is no JSON object is refused with a problem."""
    found = World().call("POST", "/v1/templates", body)

    assert (400, "Bad Request") == (found.status, found.json["title"])


def test_dead_letters_are_shown_without_bodies_and_driven_again() -> None:
    """A redrive sends the body as it was, takes the row away, and touches no other."""
    world = World()
    world.letter("a")
    world.letter("b")
    world.letter("c", queue="deliver")
    path, body = "/v1/dead-letters/redrive", {"queue": "render", "ids": ["a"]}
    looked = world.call("POST", path, {**body, "dry_run": True})
    driven = world.call("POST", path, body, role="operator")
    left = world.call("GET", "/v1/dead-letters").json["data"]

    assert ["a"] == looked.json["ids"] == driven.json["ids"]
    assert ['{"n": "a"}'] == world.queues["render"].bodies
    assert ["b", "c"] == [row["id"] for row in left]
    assert "body" not in left[0]


def test_redrive_of_an_unknown_letter_sends_nothing() -> None:
    """A wrong id is refused before anything is sent."""
    world = World()
    world.letter("a")
    body = {"queue": "render", "ids": ["a", "zz"]}
    found = world.call("POST", "/v1/dead-letters/redrive", body)

    assert (400, []) == (found.status, world.queues["render"].bodies)
    assert 403 == world.call("POST", "/v1/dead-letters/redrive", body, role="auditor").status


def test_another_workspace_sees_no_letter_and_drives_none() -> None:
    """What failed in one workspace is answered to another as if it were not there."""
    world = World()
    world.letter("a")
    body = {"queue": "render", "ids": ["a"]}
    listed = world.call("GET", "/v1/dead-letters", role="other-owner")
    driven = world.call("POST", "/v1/dead-letters/redrive", body, role="other-owner")
    every = world.call("POST", "/v1/dead-letters/redrive", {"queue": "render"}, role="other-owner")

    assert [] == listed.json["data"]
    assert (400, []) == (driven.status, every.json["ids"])
    assert ["a"] == [row["id"] for row in world.call("GET", "/v1/dead-letters").json["data"]]


def test_sending_is_stopped_and_resumed_by_an_operator() -> None:
    """The first reason stays until somebody resumes; a mere reader may not switch."""
    world = World()
    first = world.call("POST", "/v1/sending/stop", {"reason": "wrong list"}, role="operator")
    world.call("POST", "/v1/sending/stop", {"reason": "again"}, role="operator")
    shown = world.call("GET", "/v1/sending", role="analyst").json
    refused = world.call("POST", "/v1/sending/resume", role="analyst")
    resumed = world.call("POST", "/v1/sending/resume", role="operator").json

    assert "stopped by an operator: wrong list" == first.json["reason"] == shown["reason"]
    assert (403, {"state": "open", "reason": ""}) == (refused.status, resumed)
    assert "open" == world.call("GET", "/v1/sending", role="other-owner").json["state"]


def test_console_page_has_a_strict_policy_and_no_data() -> None:
    """The shell needs no key because it holds nothing; scripts come from files only."""
    found = World().call("GET", "/", role=None)
    policy = found.headers["content-security-policy"]

    assert 200 == found.status
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in found.text
    assert "http" not in found.text.replace("https", "")


@pytest.mark.parametrize(
    ("name", "media"), [("console.css", "text/css"), ("console.js", "text/javascript")]
)
def test_console_files_are_served(name: str, media: str) -> None:
    """The page's files come from the function itself."""
    found = World().call("GET", f"/assets/{name}", role=None)

    assert (200, True) == (found.status, found.headers["content-type"].startswith(media))


@pytest.mark.parametrize("name", ["handler.py", "..", "..%2fhandler.py", "none.js"])
def test_no_other_file_is_served(name: str) -> None:
    """Only the console's own files are given."""
    assert 404 == World().call("GET", f"/assets/{name}", role=None).status


def test_live_shows_stages_events_and_messages_and_is_304_when_nothing_changed() -> None:
    """The console's data are the counters and the newest rows, without what events say."""
    world = World()
    world.counted("all", {"events": 2, "messages": 1, "reached:sent": 1})
    world.message("m1")
    world.event("p1", "m1")
    world.letter("a")
    first = world.call("GET", "/console/live")
    again = world.call("GET", "/console/live", if_none_match=first.headers["etag"])
    stages = {stage["name"]: stage["counts"] for stage in first.json["stages"]}

    assert ["ingest", "preprocess", "render", "deliver", "report"] == list(stages)
    assert (2, 1) == (stages["ingest"]["events"], stages["deliver"]["sent"])
    assert ("m1", 1) == (first.json["messages"][0]["id"], first.json["dead_letters"])
    assert "properties" not in first.json["events"][0]
    assert 304 == again.status


def test_live_shows_what_waits_in_quarantine_and_why() -> None:
    """The newest that waits are there with their reason and without what was said."""
    world = World()
    for number in range(25):
        keep(world, place=str(number))
    world.call("POST", f"{LIST}/{keep(world, place='x')}/discard", {"note": "n"})

    found = world.call("GET", "/console/live").json["quarantine"]

    assert (20, {"userId: must be there, or anonymousId"}) == (
        len(found), {one["reason"] for one in found},
    )  # fmt: skip
    assert {"id", "door", "source", "reason", "received_at"} == set(found[0])


@pytest.mark.parametrize("role", ROLES)
def test_live_shows_a_role_what_it_may_read_elsewhere(role: str) -> None:
    """The console is no way around roles: each part is there exactly where its own route is."""
    world = World()
    world.message("m1", profile_id="p1")
    world.person("p1")
    world.event("p1", "m1")
    world.letter("a")
    keep(world)
    found = world.call("GET", "/console/live", role=role)
    parts = {
        "messages": "/v1/messages/m1",
        "events": "/v1/profiles/p1/timeline",
        "dead_letters": "/v1/dead-letters",
        "quarantine": "/v1/quarantine",
    }
    may = {name for name, path in parts.items() if world.call("GET", path, role=role).status == 200}

    assert (403 if role in {"support", "privacy"} else 200) == found.status
    if found.status == 200:
        assert may == {name for name in parts if found.json[name] is not None}


def test_description_covers_every_route_and_every_reference_is_there() -> None:
    """Each route of the function is in the document, and the document points nowhere else."""
    document = openapi.document()
    text = json.dumps(document)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    there = {(m.upper(), p) for p, methods in document["paths"].items() for m in methods}
    wanted = {(r.method, r.rule.replace("<", "{").replace(">", "}")) for r in ROUTES}

    assert set() == wanted - there
    assert set() == used - known
    assert "3.1.0" == document["openapi"]


@pytest.mark.parametrize("report", ["CampaignReport", "Overview", "DayNumbers"])
def test_description_says_that_a_click_is_an_opening(report: str) -> None:
    """Who compares the two figures reads in the description why one click raises both."""
    opened = openapi.document()["components"]["schemas"][report]["properties"]["opened"]

    assert "click" in opened["description"]


def test_operation_ids_are_unique() -> None:
    """Generators of clients make a function of each operation id."""
    operations = [o for methods in openapi.document()["paths"].values() for o in methods.values()]
    names = [operation["operationId"] for operation in operations]

    assert sorted(set(names)) == sorted(names)


def test_every_route_says_what_it_does() -> None:
    """No route is without its one sentence."""
    assert [] == [route.rule for route in ROUTES if not route.summary]


def test_committed_description_is_the_routes_own() -> None:
    """The committed file is what the routes say today."""
    committed = (ROOT / "docs/reference/openapi.json").read_text("utf-8")

    assert json.loads(committed) == json.loads(json.dumps(openapi.document()))


def test_description_and_docs_page_are_served() -> None:
    """The document and its page need no key."""
    world = World()
    page = world.call("GET", "/docs", role=None)

    assert "/v1/track" in world.call("GET", "/openapi.json", role=None).json["paths"]
    assert (200, True) == (page.status, "/v1/templates" in page.text)


def test_settings_are_exactly_the_functions_environment() -> None:
    """The template and the function agree on the names; a missing one is named."""
    names = {
        "profiles_table", "events_table", "catalog_table", "idempotency_table", "content_bucket",
        "intake_bucket", "feedback_bucket",
        "secret_id", "public_url", "sender", "preprocess_queue_url", "render_queue_url",
        "deliver_queue_url", "report_queue_url", "upkeep_queue_url",
    }  # fmt: skip

    assert names == set(Settings.model_fields)
    with pytest.raises(Misconfigured, match="PROFILES_TABLE"):
        Settings.from_env({})
