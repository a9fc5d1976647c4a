"""What operators see of words: at any moment, and the receipts that prove them."""

from datetime import timedelta
from typing import Any

from signet.domain.consent import Consent
from signet.domain.permission import Question, judge
from signet.domain.receipt import Particulars
from tests.functions.admin_world import START, World
from tests.functions.pairs import merged, two

HOUR = timedelta(hours=1)


def said(world: World, profile_id: str, status: Any, *, after: float = 0, **more: Any) -> Consent:
    """Let a person have said something so many hours after the start."""
    world.clock.moment = max(world.clock.moment, START + after * HOUR)
    word = Consent(channel="email", topic="news", status=status, at=START + after * HOUR, **more)
    particulars = Particulars(controller="Ada Ltd", actor="k1")
    return world.permissions.record_consent("main", profile_id, word, particulars=particulars)


def at(world: World, profile_id: str, hours: float | None) -> list[str]:
    """Give what the door says was true so many hours after the start, or is now."""
    query = "" if hours is None else f"?at={START + hours * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    found = world.call("GET", f"/v1/profiles/{profile_id}/consents{query}")
    return [row["status"] for row in found.json["data"]]


def test_each_moment_has_its_own_answer() -> None:
    """Before the first word, between words, at an end, and now."""
    world = World()
    world.person("p1")
    said(world, "p1", "granted", expires_at=START + 2 * HOUR)
    said(world, "p1", "granted", after=4)
    said(world, "p1", "withdrawn", after=6)
    expected: dict[float | None, list[str]] = {
        -1: [], 0: ["granted"], 1.9: ["granted"], 2: ["expired"], 3: ["expired"], 4: ["granted"],
        5: ["granted"], 6: ["withdrawn"], None: ["withdrawn"],
    }  # fmt: skip

    assert expected == {hours: at(world, "p1", hours) for hours in expected}


def test_a_grant_that_has_ended_is_shown_as_expired_now() -> None:
    """Without a moment the answer is that of the present one."""
    world = World()
    world.person("p1")
    said(world, "p1", "granted", expires_at=START + HOUR)
    before = at(world, "p1", None)
    world.clock.moment = START + HOUR

    assert (["granted"], ["expired"]) == (before, at(world, "p1", None))


def test_an_answer_names_its_receipt() -> None:
    """Whoever asks what was true finds what proves it, with everything that was kept."""
    world = World()
    world.person("p1")
    kept = said(world, "p1", "granted", evidence="form 7", wording_version="w3")
    (row,) = world.call("GET", "/v1/profiles/p1/consents?at=2026-02-01").json["data"]
    (receipt,) = world.call("GET", "/v1/profiles/p1/consents/receipts").json["data"]

    assert kept.receipt == row["receipt"] == receipt["id"]
    assert ("given", "granted", "form 7", "w3", "Ada Ltd", "k1") == tuple(
        receipt[name]
        for name in ("event", "status", "evidence", "wording_version", "controller", "actor")
    )


def test_receipts_are_listed_in_pages_newest_first_with_ends() -> None:
    """A grant that ended by itself is an entry of its own."""
    world = World()
    world.person("p1")
    said(world, "p1", "granted", expires_at=START + HOUR)
    said(world, "p1", "granted", after=2)
    said(world, "p1", "withdrawn", after=3)
    path = "/v1/profiles/p1/consents/receipts?limit=3"
    first = world.call("GET", path).json
    rest = world.call("GET", f"{path}&cursor={first['next_cursor']}").json

    assert ["withdrawn", "given", "expired", "given"] == [
        row["event"] for row in first["data"] + rest["data"]
    ]
    assert rest["next_cursor"] is None
    assert 4 == len({row["id"] for row in first["data"] + rest["data"]})


def test_merged_people_answer_with_the_strictest_word_of_then() -> None:
    """Each id answers for what it was before the merge, and for both while they are one."""
    world = World()
    two(world)
    said(world, "p1", "granted", after=1)
    said(world, "p2", "withdrawn", after=2)
    said(world, "p1", "granted", after=3)
    world.clock.moment = START + 4 * HOUR
    merged(world)
    world.clock.moment = START + 6 * HOUR
    during = {ident: at(world, ident, 5) for ident in ("p1", "p2")}
    receipts = {
        ident: [
            row["profile_id"]
            for row in world.call("GET", f"/v1/profiles/{ident}/consents/receipts").json["data"]
        ]
        for ident in ("p1", "p2")
    }
    undone = world.call("POST", "/v1/profiles/p2/unmerge")

    assert {"p1": ["withdrawn"], "p2": ["withdrawn"]} == during
    assert {"p1": ["p1", "p2", "p1"], "p2": ["p1", "p2", "p1"]} == receipts
    assert 200 == undone.status
    assert during == {ident: at(world, ident, 5) for ident in ("p1", "p2")}
    assert {"p1": ["granted"], "p2": ["withdrawn"]} == {
        ident: at(world, ident, 3.5) for ident in ("p1", "p2")
    }
    assert {"p1": ["granted"], "p2": ["withdrawn"]} == {
        ident: at(world, ident, None) for ident in ("p1", "p2")
    }


def test_nobody_reads_another_workspaces_receipts() -> None:
    """Nor does a role that may not read people."""
    world = World()
    world.person("p1")
    said(world, "p1", "granted")
    paths = ["/v1/profiles/p1/consents/receipts", "/v1/profiles/p1/consents?at=2026-02-01"]

    assert [404, 404] == [world.call("GET", path, role="other-owner").status for path in paths]
    assert [403, 403] == [world.call("GET", path, role="analyst").status for path in paths]


def test_a_consent_that_has_ended_refuses_and_says_by_which_receipt() -> None:
    """Once a grant is over a message rests on nothing."""
    world = World()
    world.person("p1")
    kept = said(
        world, "p1", "granted", expires_at=START + HOUR, wording_version="w" * 128, basis="consent"
    )
    permission = world.permissions.look("main", "p1")
    good, over, later = (
        judge(permission, Question("email", "news", START + moment))[1]
        for moment in (HOUR - timedelta(microseconds=1), HOUR, 2 * HOUR)
    )

    assert ("pass", START + HOUR) == (good.verdict, good.until)
    assert {"receipt": kept.receipt, "basis": "consent", "wording": "w" * 32} == good.inputs
    assert [("refuse", "consent_expired")] * 2 == [
        (rule.verdict, rule.reason) for rule in (over, later)
    ]
    assert {"at": "2026-01-05", **good.inputs} == over.inputs
