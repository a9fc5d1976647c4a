"""Campaigns, their recipients and reports through the admin function."""

import pytest

from tests.functions.admin_world import World


def test_launch_pins_the_active_version() -> None:
    """A launched campaign keeps its template version when a newer one is activated."""
    world = World()
    world.template()
    one = f"/v1/campaigns/{world.campaign()['id']}"
    launched = world.call("POST", f"{one}/launch").json
    world.call("PUT", "/v1/templates/thanks", {"subject": "New", "text": "t"})
    world.call("POST", "/v1/templates/thanks/versions/2/activate")

    assert ("active", 1) == (launched["status"], launched["template_version"])
    assert 1 == world.call("GET", one).json["template_version"]


def test_campaign_without_template_is_422() -> None:
    """A campaign names a template that is there."""
    found = World().call(
        "POST", "/v1/campaigns", {"name": "x", "on": {"event": "e"}, "template": "none"}
    )

    assert (422, "template") == (found.status, found.json["errors"][0]["field"])


def test_launch_without_active_version_is_422() -> None:
    """Only an active template is sent."""
    world = World()
    world.template(activate=False)
    found = world.call("POST", f"/v1/campaigns/{world.campaign()['id']}/launch")

    assert 422 == found.status


def test_moves_follow_the_states() -> None:
    """Pause, resume and cancel in order; a cancelled campaign stays so; repeats are harmless."""
    world = World()
    world.template()
    one = f"/v1/campaigns/{world.campaign()['id']}"
    steps = ("launch", "launch", "pause", "resume", "cancel", "cancel", "resume", "launch")
    answers = [world.call("POST", f"{one}/{step}").status for step in steps]

    assert [200, 200, 200, 200, 200, 200, 409, 409] == answers


def test_editor_writes_but_does_not_launch() -> None:
    """Writing and launching are two persons' work."""
    world = World()
    world.template()
    body = {"name": "x", "on": {"event": "e"}, "template": "thanks"}
    made = world.call("POST", "/v1/campaigns", body, role="editor")
    path = f"/v1/campaigns/{made.json['id']}/launch"

    assert 201 == made.status
    assert 403 == world.call("POST", path, role="editor").status
    assert 200 == world.call("POST", path, role="operator").status


def test_class_is_the_word_outside() -> None:
    """The message class is called `class` in and out."""
    world = World()
    world.template()

    assert "assured" == world.campaign(**{"class": "assured"})["class"]


def test_recipients_are_paged_with_signed_cursors() -> None:
    """Every message of a campaign is listed once over the pages."""
    world = World()
    world.template()
    campaign = world.campaign()["id"]
    for number in range(5):
        world.message(f"m{number}", campaign_id=campaign, profile_id=f"p{number}")
    path = f"/v1/campaigns/{campaign}/recipients?limit=2"
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = world.call("GET", f"{path}&cursor={cursor}").json
        seen += [row["message_id"] for row in page["data"]]
        cursor = page["next_cursor"]

    assert [f"m{n}" for n in range(5)] == seen


def test_altered_or_borrowed_cursor_is_400() -> None:
    """A cursor is good for its own listing and workspace only."""
    world = World()
    world.template()
    first, second = world.campaign()["id"], world.campaign()["id"]
    for number in range(3):
        world.message(f"m{number}", campaign_id=first)
    path = f"/v1/campaigns/{first}/recipients?limit=1"
    cursor = world.call("GET", path).json["next_cursor"]
    altered = world.call("GET", f"{path}&cursor=A{cursor[1:]}x")
    borrowed = world.call("GET", f"/v1/campaigns/{second}/recipients?limit=1&cursor={cursor}")

    assert (400, "cursor") == (altered.status, altered.json["errors"][0]["field"])
    assert 400 == borrowed.status


def test_report_names_rates_and_their_denominators() -> None:
    """Counts sum to messages; a rate without a denominator is null."""
    world = World()
    world.template()
    campaign = world.campaign()["id"]
    world.counted(
        f"campaign:{campaign}",
        {
            "messages": 4, "status:delivered": 3, "status:skipped": 1, "reached:sent": 3,
            "reached:delivered": 3, "opened": 1,
        },
    )  # fmt: skip
    report = world.call("GET", f"/v1/campaigns/{campaign}/report").json
    rate = {"numerator": "opened", "denominator": "delivered", "value": 1 / 3}

    assert report["messages"] == sum(report["statuses"].values())
    assert rate == report["rates"]["open"]
    assert 0 == report["rates"]["click_to_open"]["value"]
    assert report["name"] == "Thanks"


def test_rate_is_null_when_nothing_could_happen() -> None:
    """Nothing over nothing is not a number."""
    world = World()
    world.template()
    report = world.call("GET", f"/v1/campaigns/{world.campaign()['id']}/report").json

    assert report["rates"]["delivery"]["value"] is None


def test_overview_of_a_range_sums_its_days() -> None:
    """A range of days is the sum of its days."""
    world = World()
    world.counted("day:2026-01-01", {"events": 3, "messages": 1})
    world.counted("day:2026-01-02", {"events": 4, "messages": 2})
    found = world.call("GET", "/v1/reports/overview?from=2026-01-01&to=2026-01-03").json

    assert (7, 3, 3) == (found["events"], found["messages"], len(found["days"]))


def test_overview_refuses_a_bad_range() -> None:
    """A range has two ends in order, both of them days."""
    world = World()
    queries = ("from=2026-01-02&to=2026-01-01", "from=2026-01-02", "from=soon&to=2026-01-01",
               "from=2020-01-01&to=2026-01-01")  # fmt: skip
    answers = [world.call("GET", f"/v1/reports/overview?{query}").status for query in queries]

    assert [400] * 4 == answers


def test_caps_are_kept_as_they_were_written() -> None:
    """A campaign shows its caps in the form that is sent."""
    world = World()
    world.template()
    cap = {"most": 2, "within": "P7D"}
    body = {"name": "x", "on": {"event": "e"}, "template": "thanks", "caps": [cap]}
    made = world.call("POST", "/v1/campaigns", body)

    assert (201, [cap]) == (made.status, made.json["caps"])
    assert [cap] == world.call("GET", f"/v1/campaigns/{made.json['id']}").json["caps"]


@pytest.mark.parametrize(
    ("cap", "field"),
    [
        ({"most": 0, "within": "P1D"}, "caps.0.most"),
        ({"most": 101, "within": "P1D"}, "caps.0.most"),
        ({"most": "2", "within": "P1D"}, "caps.0.most"),
        ({"most": True, "within": "P1D"}, "caps.0.most"),
        ({"most": 2.5, "within": "P1D"}, "caps.0.most"),
        ({"most": 2, "within": "P32D"}, "caps.0.within"),
        ({"most": 2, "within": "PT59S"}, "caps.0.within"),
        ({"most": 2, "within": "-P1D"}, "caps.0.within"),
        ({"most": 2, "within": "a day"}, "caps.0.within"),
        ({"most": 2, "within": 86400}, "caps.0.within"),
        ({"most": 2}, "caps.0.within"),
        ({"most": 2, "within": "P1D", "per": "person"}, "caps.0.per"),
    ],
)
def test_cap_that_makes_no_sense_is_400(cap: dict[str, object], field: str) -> None:
    """The answer names the part of the cap that is wrong."""
    world = World()
    world.template()
    body = {"name": "x", "on": {"event": "e"}, "template": "thanks", "caps": [cap]}
    found = world.call("POST", "/v1/campaigns", body)

    assert (400, field) == (found.status, found.json["errors"][0]["field"])


@pytest.mark.parametrize(
    "limit", ["2026-12-01T10:00:00", "2026-12-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59Z"]
)
def test_a_limit_that_is_no_moment_everywhere_is_refused(limit: str) -> None:
    """Without an offset nobody knows when it is, and one at the end of time fits no other zone."""
    world = World()
    world.template()
    draft = {"name": "x", "on": {"event": "e"}, "template": "thanks", "topic": "news"}
    found = world.call("POST", "/v1/campaigns", {**draft, "not_after": limit})

    assert (400, "not_after") == (found.status, found.json["errors"][0]["field"])


def test_a_limit_is_kept_as_a_moment() -> None:
    """Whatever its offset, it is shown in UTC."""
    world = World()
    world.template()
    draft = {"name": "x", "on": {"event": "e"}, "template": "thanks", "topic": "news"}
    found = world.call("POST", "/v1/campaigns", {**draft, "not_after": "2026-12-01T10:00:00+02:00"})

    assert (201, "2026-12-01T08:00:00Z") == (found.status, found.json["not_after"])
