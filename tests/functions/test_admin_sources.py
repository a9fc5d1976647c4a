"""The registry of sources through the admin function."""

from typing import Any

import pytest

from tests.functions.admin_world import World

CRM = {"kind": "crm", "mapping": {"email": "person.mail"}}
SAMPLE = {"person": {"mail": "ada@example.org"}, "plan": "pro"}


@pytest.fixture
def world() -> World:
    """Make a world with one source of two versions."""
    world = World()
    for body in (CRM, {**CRM, "trust": 80}):
        assert world.call("PUT", "/v1/sources/crm", body).status in {200, 201}
    return world


def test_sources_are_listed(world: World) -> None:
    """Every source of the workspace is there, and of no other."""
    world.call("PUT", "/v1/sources/app", {"kind": "app"})
    listed = world.call("GET", "/v1/sources").json
    other = world.call("GET", "/v1/sources", authorization="Bearer local-other-owner").json

    assert [("app", 1), ("crm", 2)] == [(s["name"], s["mapping_version"]) for s in listed["data"]]
    assert [] == other["data"]


def test_old_versions_of_a_mapping_stay_readable(world: World) -> None:
    """Lineage names a version, so every version can be read, newest first."""
    found = world.call("GET", "/v1/sources/crm/versions").json["data"]

    assert [(2, 80), (1, 50)] == [(one["mapping_version"], one["trust"]) for one in found]
    assert 404 == world.call("GET", "/v1/sources/none/versions").status


@pytest.mark.parametrize(
    ("mapping", "field"),
    [({"email": "a..b"}, "mapping.email"), ({"traits": {"x": "f(a)"}}, "mapping.traits.x")],
)
def test_broken_mapping_is_refused_by_its_field(
    world: World, mapping: dict[str, Any], field: str
) -> None:
    """An expression is compiled when it is saved."""
    answer = world.call("PUT", "/v1/sources/crm", {"kind": "crm", "mapping": mapping})

    assert 400 == answer.status
    assert [field] == [fault["field"] for fault in answer.json["errors"]]


def test_dry_run_tells_events_and_faults_and_keeps_nothing(world: World) -> None:
    """A draft is tried on samples before anybody sends anything."""
    samples = [SAMPLE, {"person": {}}, [SAMPLE, {"person": {"mail": "a, b"}}], 7]
    body = {"draft": {**CRM, "mapping": {"email": "person.mail", "traits": {"plan": "plan"}}},
            "samples": samples}  # fmt: skip
    before = world.call("GET", "/v1/sources").text
    results = world.call("POST", "/v1/sources/dry-run", body).json["results"]

    assert [1, 0, 1, 0] == [len(one["events"]) for one in results]
    faults = [[fault["field"] for fault in one["errors"]] for one in results]
    assert [[], ["email"], ["1.email"], ["body"]] == faults
    assert {"email": "ada@example.org", "plan": "pro"} == results[0]["events"][0]["traits"]
    assert before == world.call("GET", "/v1/sources").text


def test_dry_run_of_a_known_source_uses_its_mapping_or_the_draft(world: World) -> None:
    """The next version is tried against the samples of the one that runs."""
    path = "/v1/sources/crm/dry-run"
    as_is = world.call("POST", path, {"samples": [SAMPLE]}).json["results"][0]["events"][0]
    draft = {**CRM, "mapping": {"email": "person.mail", "event": "'Moved'"}}
    next_one = world.call("POST", path, {"samples": [SAMPLE], "draft": draft}).json["results"][0]

    assert ("crm", 2, 80) == (as_is["name"], as_is["mapping_version"], as_is["trust"])
    assert ("Moved", 3) == (
        next_one["events"][0]["name"], next_one["events"][0]["mapping_version"],
    )  # fmt: skip
    assert 404 == world.call("POST", "/v1/sources/none/dry-run", {"samples": [1]}).status
    assert 400 == world.call("POST", path, {"samples": []}).status
    assert 400 == world.call("POST", path, {"samples": [1] * 21}).status


def test_dry_run_of_an_old_sample_is_no_fault(world: World) -> None:
    """Samples are from last year."""
    sample = SAMPLE | {"time": "2019-01-01T00:00:00Z"}
    (found,) = world.call("POST", "/v1/sources/crm/dry-run", {"samples": [sample]}).json["results"]

    assert ([], "2019-01-01T00:00:00Z") == (found["errors"], found["events"][0]["occurred_at"])


def test_name_of_a_path_of_ours_is_refused(world: World) -> None:
    """A source called dry-run would never hear anything."""
    answer = world.call("PUT", "/v1/sources/dry-run", {"kind": "crm"})

    assert (400, "source") == (answer.status, answer.json["errors"][0]["field"])


def test_every_ready_made_source_reads_its_own_sample(world: World) -> None:
    """What is offered works as it stands."""
    offered = world.call("GET", "/v1/ready-made-sources?limit=200").json["data"]
    assert {"hubspot", "web_form"} <= {one["name"] for one in offered}
    for one in offered:
        body = {"draft": {"ready_made": one["name"]}, "samples": [one["sample"]]}
        answer = world.call("POST", "/v1/sources/dry-run", body)
        (result,) = answer.json["results"]
        assert result["events"] and not result["errors"], (one["name"], result)
        assert one["title"] and one["setup"]


def test_ready_made_source_is_used_and_changed_in_part(world: World) -> None:
    """Only what differs has to be said; the rest is the ready-made one's."""
    made = world.call("PUT", "/v1/sources/hub", {"ready_made": "hubspot", "trust": 90})
    answer = world.call("PUT", "/v1/sources/hub", {"ready_made": "nobody"})

    assert (201, "crm", 90) == (made.status, made.json["kind"], made.json["trust"])
    assert ("hubspot", "occurredAt") == (made.json["ready_made"], made.json["mapping"]["time"])
    assert (400, "ready_made") == (answer.status, answer.json["errors"][0]["field"])
