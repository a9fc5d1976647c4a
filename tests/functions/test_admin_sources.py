"""The registry of sources through the admin function."""

from typing import Any

import pytest

from signet.usecases import signatures
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
        draft: dict[str, Any] = {"ready_made": one["name"]}
        if "signature.topic_arn" in one["needs"]:
            draft["signature"] = {"topic_arn": one["sample"]["TopicArn"]}
        body = {"draft": draft, "samples": [one["sample"]]}
        answer = world.call("POST", "/v1/sources/dry-run", body)
        (result,) = answer.json["results"]
        assert result["events"] and not result["errors"], (one["name"], result)
        assert one["title"] and one["setup"]


def test_ready_made_source_is_used_and_changed_in_part(world: World) -> None:
    """Only what differs has to be said; the rest is the ready-made one's."""
    draft = {"ready_made": "hubspot", "trust": 90, "signature": {"secrets": ["the app's one"]}}
    made = world.call("PUT", "/v1/sources/hub", draft)
    answer = world.call("PUT", "/v1/sources/hub", {"ready_made": "nobody"})

    assert {"hubspot_v3", True} <= set(made.json["signature"].values())
    assert (201, "crm", 90) == (made.status, made.json["kind"], made.json["trust"])
    assert ("hubspot", "occurredAt") == (made.json["ready_made"], made.json["mapping"]["time"])
    assert (400, "ready_made") == (answer.status, answer.json["errors"][0]["field"])


SIGNED = {"kind": "crm", "signature": {"scheme": "typeform", "secrets": ["first-secret"]}}


def test_secrets_are_kept_sealed_and_never_shown(world: World) -> None:
    """Neither an answer nor a row of the catalog holds what only the sender may know."""
    made = world.call("PUT", "/v1/sources/quiz", SIGNED)
    texts = [made.text, world.call("GET", "/v1/sources/quiz").text,
             world.call("GET", "/v1/sources").text,
             world.call("GET", "/v1/sources/quiz/versions").text]  # fmt: skip
    source = world.catalog.source("main", "quiz")

    assert {"scheme": "typeform", "secret_set": True} == made.json["signature"]
    assert source is not None and ("first-secret",) == signatures.opened(
        source, sealer=world.sealer
    )
    assert not [text for text in [*texts, source.model_dump_json()] if "first-secret" in text]
    assert () == world.catalog.source_versions("main", "quiz")[0].sealed


def test_signature_without_secrets_keeps_those_that_are_there(world: World) -> None:
    """Whoever changes a mapping need not know the secret; another scheme needs its own."""
    path, same = "/v1/sources/quiz", {"scheme": "typeform"}
    world.call("PUT", path, SIGNED)
    again = world.call("PUT", path, SIGNED)
    kept = world.call("PUT", path, {"kind": "crm", "trust": 70, "signature": same})
    other = world.call("PUT", path, {"kind": "crm", "signature": {"scheme": "twilio"}})
    none = world.call("PUT", "/v1/sources/new", {"kind": "crm", "signature": same})
    source = world.catalog.source("main", "quiz")

    assert (200, 1) == (again.status, again.json["mapping_version"])
    assert (2, True) == (kept.json["mapping_version"], kept.json["signature"]["secret_set"])
    assert source and ("first-secret",) == signatures.opened(source, sealer=world.sealer)
    for refused in (other, none):
        found = refused.json["errors"][0]["field"]
        assert (400, "signature.secrets") == (refused.status, found)


def test_secret_that_is_said_in_an_answer_is_a_name_only(world: World) -> None:
    """A refusal of a secret does not repeat it."""
    bad = {"kind": "crm", "signature": {"scheme": "standard_webhooks", "secrets": ["whsec_§§§§"]}}
    answer = world.call("PUT", "/v1/sources/quiz", bad)

    assert 400 == answer.status and "§§" not in answer.text


def test_dry_run_needs_no_secret(world: World) -> None:
    """The mapping is tried before anybody has a key."""
    draft = CRM | {"signature": {"scheme": "hubspot_v3"}}
    body = {"draft": draft, "samples": [SAMPLE]}

    assert 200 == world.call("POST", "/v1/sources/dry-run", body).status
