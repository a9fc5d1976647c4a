"""Imports by the API: who may, what is taken, what is answered."""

import base64
import json

import pytest

from signet.domain.source import Source
from tests.functions.admin_world import World

ROWS = "email,city\nada@example.org,Paris\n"


@pytest.fixture
def world() -> World:
    """Give a world with a registered source."""
    found = World()
    source = Source(kind="crm", workspace="main", name="crm")
    found.catalog.save_source("main", source, expected_revision=0)
    return found


@pytest.mark.parametrize(
    ("field", "given"), [("text", ROWS), ("base64", base64.b64encode(ROWS.encode()).decode())]
)
def test_a_file_may_come_along(world: World, field: str, given: str) -> None:
    """It is in the bucket before the answer leaves, under a key that names its import."""
    heard = world.call("POST", "/v1/imports", {"source": "crm", "name": "../a b.csv", field: given})

    assert (202, "waiting", None) == (heard.status, heard.json["status"], heard.json["upload"])
    ident = heard.json["id"]
    assert f"/v1/imports/{ident}" == heard.headers["location"]
    assert {f"imports/main/crm/{ident}/a_b.csv": ROWS.encode()} == world.intake.bodies
    assert heard.json == world.call("GET", f"/v1/imports/{ident}").json


def test_a_file_may_come_later(world: World) -> None:
    """Without it the answer tells where to write it, and until when."""
    heard = world.call("POST", "/v1/imports", {"source": "crm"})

    upload = heard.json["upload"]
    assert ("PUT", True) == (upload["method"], heard.json["id"] in upload["url"])
    assert {} == world.intake.bodies


def test_the_same_key_announces_one_import(world: World) -> None:
    """A repeated call gets the same answer, link included."""
    first, again = (
        world.call("POST", "/v1/imports", {"source": "crm"}, idempotency_key='"k"')
        for _ in range(2)
    )

    assert first.json == again.json
    assert 1 == len(world.call("GET", "/v1/imports").json["data"])


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"source": "nobody"}, 422, "source"),
        ({"source": "../crm"}, 400, "source"),
        ({"source": "crm", "format": "xlsx"}, 400, "format"),
        ({"source": "crm", "text": "a", "base64": "YQ=="}, 400, "body"),
        ({"source": "crm", "base64": "%"}, 400, "base64"),
        ({"source": "crm", "text": "x" * 5_000_001}, 413, "text"),
        ({"source": "crm", "mapping": {"nothing": "x"}}, 400, "mapping.nothing"),
        ({"source": "crm", "mapping": {"email": "("}}, 400, "mapping.email"),
        ({"source": "crm", "status": "done"}, 400, "status"),
    ],
)
def test_what_is_wrong_is_named(
    world: World, body: dict[str, object], status: int, field: str
) -> None:
    """Nothing is announced then."""
    heard = world.call("POST", "/v1/imports", body)

    assert status == heard.status
    assert field in {fault["field"] for fault in heard.json.get("errors", [])} or field == "body"
    assert [] == world.call("GET", "/v1/imports").json["data"]


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("editor", 200, 202), ("operator", 200, 202), ("auditor", 200, 403), ("analyst", 403, 403)],
)
def test_who_may_import(world: World, role: str, reads: int, writes: int) -> None:
    """Editors and operators import, auditors look."""
    made = world.call("POST", "/v1/imports", {"source": "crm"}, role=role)

    assert (writes, reads) == (made.status, world.call("GET", "/v1/imports", role=role).status)


def test_an_import_of_another_workspace_is_not_there(world: World) -> None:
    """It is answered as one that does not exist."""
    ident = world.call("POST", "/v1/imports", {"source": "crm"}).json["id"]

    theirs = world.call("GET", f"/v1/imports/{ident}", role="other-owner")
    none = world.call("GET", "/v1/imports/none", role="other-owner")
    assert 404 == theirs.status
    assert none.json["detail"] == theirs.json["detail"]


def test_imports_are_listed_newest_first(world: World) -> None:
    """Page by page, each once."""
    ids = [world.call("POST", "/v1/imports", {"source": "crm"}).json["id"] for _ in range(3)]

    first = world.call("GET", "/v1/imports?limit=2").json
    rest = world.call("GET", f"/v1/imports?limit=2&cursor={first['next_cursor']}").json
    found = [one["id"] for one in (*first["data"], *rest["data"])]
    assert sorted(ids, reverse=True) == found
    assert "upload" in json.dumps(first)
