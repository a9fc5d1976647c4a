"""The workspace's policy through the admin function."""

from typing import Any

import pytest

from signet.domain.principal import ACTIONS, Principal, Role, demand_purpose
from signet.errors import Denied
from tests.functions.admin_world import World

POLICY: dict[str, Any] = {
    "controller": "Shop GmbH",
    "postal_address": "Ring 1, Wien",
    "topics": [{"topic": "news", "names": {"en": "News"}}],
    "caps": [{"most": 3, "within": "P7D", "topic": "news"}],
    "quiet_hours": [{"start": "21:00", "end": "08:00"}],
    "unknown_zone": "Europe/Vienna",
    "sunset": {"messages": 20, "after": "P180D"},
    "holdout": 2.5,
}


def test_a_policy_is_written_in_versions() -> None:
    """Each write is a new version with its author; each stays readable; repeats are none."""
    world = World()
    before = world.call("GET", "/v1/policy")
    first = world.call("PUT", "/v1/policy", POLICY, if_match=before.headers["etag"], role="privacy")
    again = world.call("PUT", "/v1/policy", POLICY, if_match=first.headers["etag"])
    second = world.call("PUT", "/v1/policy", {**POLICY, "holdout": 5}, role="owner")

    assert (0, "") == (before.json["version"], before.json["written_by"])
    assert [200, 200, 200] == [answer.status for answer in (first, again, second)], first.text
    assert [1, 1, 2] == [answer.json["version"] for answer in (first, again, second)]
    assert first.json["written_by"] != second.json["written_by"] != ""
    assert 2.5 == world.call("GET", "/v1/policy?version=1").json["policy"]["holdout"]
    assert 5 == world.call("GET", "/v1/policy").json["policy"]["holdout"]


def test_a_policy_that_changed_meanwhile_is_not_written_over() -> None:
    """Two who write at once find out."""
    world = World()
    tag = world.call("GET", "/v1/policy").headers["etag"]
    assert 200 == world.call("PUT", "/v1/policy", POLICY, if_match=tag).status

    assert 412 == world.call("PUT", "/v1/policy", {}, if_match=tag).status


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"jurisdictions": "1999-01"}, "jurisdictions"),
        ({"unknown_zone": "Mars/Olympus"}, "unknown_zone"),
        ({"caps": [{"most": 1, "within": "P1D", "topic": "nothing"}]}, "caps.0.topic"),
        ({"quiet_hours": [{"start": "1:00", "end": "2:00", "topic": "x"}]}, "quiet_hours.0.start"),
        ({"send_windows": [{"start": "08:00", "end": "20:00", "topic": "x"}]},
         "send_windows.0.topic"),
        ({"send_windows": [{"start": "08:00", "end": "20:00", "days": ["mon", "mon"]}]},
         "send_windows.0.days"),
        ({"quiet_hours": [{"start": "21:00+02:00", "end": "08:00"}]}, "quiet_hours.0.start"),
        ({"quiet_hours": [{"start": "08:00", "end": "08:00"}]}, "quiet_hours"),
        ({"quiet_hours": [{"start": "08:00", "end": "21:00"}],
          "send_windows": [{"start": "09:00", "end": "17:00"}]}, "quiet_hours"),
        ({"send_windows": [{"start": "13:00", "end": "13:10"}]}, "send_windows.0.end"),
        ({"topics": [{"topic": "news", "channels": ["E-Mail"]}]}, "topics.0.channels.0"),
        ({"caps": [{"most": 1, "within": "P1D", "channel": "emial"}]}, "caps.0.channel"),
        ({"topics": [{"topic": "news"}, {"topic": "news"}]}, "topics.0.topic"),
        ({"double_opt_in": {"template": "none"}}, "double_opt_in.template"),
        ({"caps": [{"most": 1, "within": 7}]}, "caps.0.within"),
        ({"holdout": 51}, "holdout"),
        ({"sunset": {"messages": 0, "after": "P30D"}}, "sunset.messages"),
        ({"keep_decisions": "P10D"}, "keep_decisions"),
        ({"holidays": []}, "holidays"),
    ],
)  # fmt: skip
def test_a_policy_that_names_what_is_not_there_is_refused(
    change: dict[str, Any], field: str
) -> None:
    """The answer names the field; nothing is written."""
    world = World()
    answer = world.call("PUT", "/v1/policy", {**POLICY, **change})

    assert answer.status in {400, 422}
    assert field in [fault["field"] for fault in answer.json["errors"]]
    assert 0 == world.call("GET", "/v1/policy").json["version"]


@pytest.mark.parametrize(
    ("kept", "words"), [("P10D", "or equal to 30 days"), ("P4000D", "or equal to 3660 days")]
)
def test_bound_of_a_duration_is_told_in_words(kept: str, words: str) -> None:
    """Nobody who reads an answer knows Python's names."""
    answer = World().call("PUT", "/v1/policy", {"keep_decisions": kept})

    assert answer.json["errors"][0]["message"].endswith(words)


@pytest.mark.parametrize(
    ("query", "status"), [("7", 404), ("x", 400), ("0", 200), ("1234567", 400)]
)
def test_a_version_that_is_not_there_is_told(query: str, status: int) -> None:
    """A version is a number that was written, or 0 for what holds before any."""
    assert status == World().call("GET", f"/v1/policy?version={query}").status


def test_whoever_sends_does_not_write_the_policy() -> None:
    """Operators, editors and approvers read what binds them; analysts and auditors, too."""
    world = World()
    readers: tuple[Role, ...] = (
        "editor", "approver", "operator", "analyst", "support", "privacy", "auditor", "owner",
    )  # fmt: skip
    assert {200} == {world.call("GET", "/v1/policy", role=role).status for role in readers}

    writers = [r for r in readers if world.call("PUT", "/v1/policy", POLICY, role=r).status == 200]
    assert ["privacy", "owner"] == writers


@pytest.mark.parametrize("action", ["messages.service", "campaigns.service"])
def test_only_some_leave_the_topic_out(action: str) -> None:
    """Whatever has no topic is exempt from opt-outs: that takes a permission of its own."""
    for role in ("editor", "analyst", "auditor", "privacy", "ingest"):
        refused = Principal(workspace="main", role=role)  # type: ignore[arg-type]
        demand_purpose(refused, "news", action)
        with pytest.raises(Denied, match=f"service message, which the role {role} may not send"):
            demand_purpose(refused, None, action)
    for allowed in (*ACTIONS[action], "owner"):
        demand_purpose(Principal(workspace="main", role=allowed), None, action)  # type: ignore[arg-type]


def test_launching_without_a_topic_takes_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that may launch and not serve is told why; with a topic it may."""
    monkeypatch.setitem(ACTIONS, "campaigns.service", frozenset({"approver"}))
    world = World()
    world.template()
    service = f"/v1/campaigns/{world.campaign()['id']}/launch"
    answer = world.call("POST", service, role="operator")
    news = f"/v1/campaigns/{world.campaign(topic='news')['id']}/launch"

    assert (403, True) == (answer.status, "service message" in answer.json["detail"])
    assert 200 == world.call("POST", service, role="approver").status
    assert 200 == world.call("POST", news, role="operator").status


def test_quiet_hours_of_a_campaign_are_kept_and_shown() -> None:
    """They are written like the policy's own."""
    world = World()
    world.template()
    quiet = [{"start": "22:00", "end": "07:00"}]
    shown = world.campaign(quiet_hours=quiet)["quiet_hours"]

    assert [("22:00:00", "07:00:00")] == [(one["start"], one["end"]) for one in shown]
