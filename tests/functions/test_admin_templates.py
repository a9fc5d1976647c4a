"""Templates through the admin function."""

from tests.functions.admin_world import DRAFT, World


def test_owner_has_an_active_template_in_one_step() -> None:
    """An owner may activate without review, and the version says that nobody reviewed it."""
    found = World().template()

    assert 201 == found.status
    assert (1, 1) == (found.json["latest"], found.json["active"])
    assert ("active", False) == tuple(found.json["versions"][0][k] for k in ("status", "reviewed"))


def test_editor_cannot_activate_without_review() -> None:
    """Activation in one step is the owner's alone."""
    body = {**DRAFT, "name": "thanks", "activate": True}

    assert 403 == World().call("POST", "/v1/templates", body, role="editor").status


def test_version_goes_through_review_to_active() -> None:
    """Editor writes and submits, approver approves and activates; the version shows the review."""
    world = World()
    world.call("POST", "/v1/templates", {**DRAFT, "name": "thanks"}, role="editor")
    one = "/v1/templates/thanks/versions/1"
    steps = [world.call("POST", f"{one}/{verb}", role=role).json["status"]
             for verb, role in (("submit", "editor"), ("approve", "approver"))]  # fmt: skip
    last = world.call("POST", f"{one}/activate", role="approver")

    assert ["submitted", "approved"] == steps
    assert ("active", True) == (last.json["status"], last.json["reviewed"])


def test_author_cannot_approve_even_as_owner() -> None:
    """Nobody reviews their own version."""
    world = World()
    world.call("POST", "/v1/templates", {**DRAFT, "name": "thanks"})
    world.call("POST", "/v1/templates/thanks/versions/1/submit")

    assert 403 == world.call("POST", "/v1/templates/thanks/versions/1/approve").status


def test_approver_cannot_activate_what_is_not_approved() -> None:
    """Without review only an owner activates."""
    world = World()
    world.call("POST", "/v1/templates", {**DRAFT, "name": "thanks"}, role="editor")

    assert (
        409
        == world.call("POST", "/v1/templates/thanks/versions/1/activate", role="approver").status
    )


def test_bad_template_is_refused_with_part_and_line() -> None:
    """What cannot be a template is refused before it is kept."""
    world = World()
    found = world.call("POST", "/v1/templates", {"name": "x", "subject": "Hi", "html": "{% if %}"})

    assert 400 == found.status
    assert "html" == found.json["errors"][0]["field"]
    assert () == world.catalog.templates("main")


def test_unknown_field_is_refused_by_name() -> None:
    """A field that is not known is an error, not silence."""
    found = World().call("POST", "/v1/templates", {**DRAFT, "name": "x", "color": "red"})

    assert (400, "color") == (found.status, found.json["errors"][0]["field"])


def test_same_name_twice_conflicts() -> None:
    """A second template of a name does not replace the first."""
    world = World()
    world.template()

    assert 409 == world.template().status


def test_put_of_the_same_text_makes_no_version() -> None:
    """PUT is idempotent: only another text is another version."""
    world = World()
    world.template()
    same = world.call("PUT", "/v1/templates/thanks", DRAFT)
    other = world.call("PUT", "/v1/templates/thanks", {**DRAFT, "subject": "Hello"})

    assert (1, 2) == (same.json["latest"], other.json["latest"])


def test_stale_if_match_is_412_and_matching_one_passes() -> None:
    """A write over a state that was not seen is refused."""
    world = World()
    tag = world.template().headers["etag"]
    body = {**DRAFT, "subject": "Two"}
    passed = world.call("PUT", "/v1/templates/thanks", body, if_match=tag)
    late = world.call("PUT", "/v1/templates/thanks", {**DRAFT, "subject": "3"}, if_match=tag)

    assert (200, 412) == (passed.status, late.status)


def test_repeated_get_is_304() -> None:
    """A caller that has the present state is told so without a body."""
    world = World()
    world.template()
    first = world.call("GET", "/v1/templates/thanks")
    again = world.call("GET", "/v1/templates/thanks", if_none_match=first.headers["etag"])

    assert (304, "") == (again.status, again.text)
    assert DRAFT["subject"] == first.json["content"]["subject"]


def test_preview_fills_the_sample_a_person_or_data() -> None:
    """A preview takes the sample, or a profile, or data, and names what is missing."""
    world = World()
    world.template()
    world.person("p1", first_name="Grace")
    path = "/v1/templates/thanks/preview"
    sample = world.call("POST", path, {}).json
    person = world.call("POST", path, {"profile_id": "p1"}).json
    data = world.call("POST", path, {"data": {"event": {"total": 9}}}).json

    assert ("Thank you, Ada", []) == (sample["subject"], sample["missing"])
    assert "Thank you, Grace" == person["subject"]
    assert ("<p>Order 9</p>", ["profile.first_name"]) == (data["html"], data["missing"])


def test_preview_of_a_missing_person_is_404() -> None:
    """A preview for nobody is not rendered."""
    world = World()
    world.template()

    assert 404 == world.call("POST", "/v1/templates/thanks/preview", {"profile_id": "no"}).status


def test_other_workspace_sees_nothing_of_ours() -> None:
    """Another workspace's template is answered exactly as one that does not exist."""
    world = World()
    world.template()
    theirs = world.call("GET", "/v1/templates/thanks", role="other-owner")
    none = world.call("GET", "/v1/templates/thanks2", role="owner")

    assert theirs.json["detail"] == none.json["detail"]
    assert 404 == theirs.status
    assert [] == world.call("GET", "/v1/templates", role="other-owner").json["data"]


def test_idempotency_key_gives_the_first_answer_again() -> None:
    """A repeated POST under one key does its work once."""
    world = World()
    body = {**DRAFT, "name": "thanks"}
    first = world.call("POST", "/v1/templates", body, idempotency_key="k1")
    again = world.call("POST", "/v1/templates", body, idempotency_key="k1")
    other = world.call("POST", "/v1/templates", {**body, "name": "b"}, idempotency_key="k1")

    assert (first.status, first.json) == (again.status, again.json)
    assert 422 == other.status
