"""Double opt-in at the door, from the asking to the click."""

from datetime import timedelta
from typing import Any

import pytest

from signet.domain.consent import Consent
from signet.domain.policy import Policy
from signet.domain.receipt import Receipt, outcome
from tests.functions.consents import (
    BUTTON,
    NEWS,
    OWNER,
    PATH,
    PENDING,
    click,
    furnished,
    later,
    link,
    receipts,
    say,
    word,
)
from tests.functions.ingest_world import NOW, World


@pytest.fixture
def world() -> World:
    """Make a world whose workspace has a policy with double opt-in."""
    return furnished()


def test_a_pending_consent_sends_the_mail_that_asks_and_permits_nothing(world: World) -> None:
    """The mail is a service message of the template in the policy, with the signed link."""
    answer = say(world, PENDING)
    (message,) = world.rows.messages.values()
    (event,) = world.work.events
    data: Any = event.properties["data"]

    assert (201, "pending", message.id) == (
        answer.status, answer.json["status"], answer.json["message_id"],
    )  # fmt: skip
    assert ("confirm-subscription", 4, None, "p1") == (
        message.template, message.template_version, message.topic, message.profile_id,
    )  # fmt: skip
    assert data["confirm_url"].startswith("https://api.example.org/c/")
    assert ("news", "w3", "de") == (data["topic"], data["wording_version"], data["language"])
    assert word(world) is None
    assert ["pending"] == [one.event for one in receipts(world)]


def test_a_pending_consent_leaves_a_standing_grant_alone(world: World) -> None:
    """Whoever is asked once more may still be written to meanwhile."""
    say(world, NEWS)
    before = word(world)
    later(world, hours=1)
    say(world, PENDING)

    assert before == word(world) is not None


def test_asking_again_under_the_same_key_is_the_same_asking(world: World) -> None:
    """Also where the first answer was lost on its way, and nothing is known of it."""
    bodies = []
    for _ in range(2):
        bodies.append(say(world, PENDING, headers={"idempotency-key": "k"}).json)
        later(world, minutes=1)
        world.forget()

    assert bodies[0] == bodies[1]
    assert (1, 1) == (len(receipts(world)), len(world.rows.messages))


def test_asking_that_broke_off_is_finished_under_its_key(world: World) -> None:
    """The receipt stood, the mail was not asked for: one mail, by the first receipt."""
    world.work.refuses = True
    first = say(world, PENDING, headers={"idempotency-key": "k"})
    world.work.refuses = False
    later(world, minutes=1)
    second = say(world, PENDING, headers={"idempotency-key": "k"})

    assert (503, 201) == (first.status, second.status)
    assert NOW == receipts(world)[0].at
    assert (1, 1, 1) == (len(receipts(world)), len(world.rows.messages), len(world.work.events))


@pytest.mark.parametrize("lacks", ["policy", "flow", "template"])
def test_pending_without_a_double_opt_in_is_422(world: World, lacks: str) -> None:
    """It says so, and neither a receipt nor a mail is left behind."""
    if lacks == "policy":
        world.rows.policies.clear()
    if lacks == "flow":
        world.rows.policies["main"] = Policy(workspace="main", version=2)
    if lacks == "template":
        del world.rows.templates["main", "confirm-subscription"]
    answer = say(world, PENDING)

    assert (422, "status") == (answer.status, answer.json["errors"][0]["field"])
    assert ("template" if lacks == "template" else "double opt-in") in answer.json["detail"]
    assert not receipts(world)
    assert not world.rows.messages


@pytest.mark.parametrize(("path", "key", "status"), [
    ("/v1/profiles/p9/consents", OWNER, 404), (PATH, "local-other-owner", 404),
    (PATH, "local-analyst", 403), (PATH, None, 401),
])  # fmt: skip
def test_nobody_is_asked_who_is_not_there(
    world: World, path: str, key: str | None, status: int
) -> None:
    """Nor by whoever may not."""
    assert status == world.call("POST", path, PENDING, key=key).status
    assert not world.rows.messages


def test_the_page_of_the_link_changes_nothing_and_its_button_grants(world: World) -> None:
    """Scanners follow links; only the button is a yes, with the pending receipt as evidence."""
    say(world, {**PENDING, "source": "footer", "jurisdiction": "DE"})
    path = link(world)
    page = world.call("GET", path, key=None)
    before = receipts(world)
    later(world, days=6)
    outcome = click(world, path)
    pending, given = receipts(world)

    assert 200 == page.status
    assert 'method="post"' in page.body
    assert [pending] == before
    assert "confirmed" == outcome
    assert ("given", "double-opt-in", "recipient", pending.id, f"receipt {pending.id}") == (
        given.event, given.method, given.actor, given.confirms, given.evidence,
    )  # fmt: skip
    assert ("w3", "de", "DE", "footer", "Quiet Kitchen Ltd", NOW + timedelta(days=6)) == (
        given.wording_version, given.language, given.jurisdiction, given.source,
        given.controller, given.at,
    )  # fmt: skip
    assert given.word() == word(world)


def test_a_second_click_is_the_same_page_and_the_same_result(world: World) -> None:
    """Also long after the link's time: it was confirmed within it."""
    say(world, PENDING)
    path, pages = link(world), []
    for days in (1, 1, 30):
        later(world, days=days)
        pages.append(click(world, path))
    entries = [e for e in world.work.events if e.type == "signet.consent.given"]

    assert ["confirmed"] * 3 == pages
    assert ["pending", "given"] == [one.event for one in receipts(world)]
    assert 1 == len({entry.key for entry in entries})


def test_a_click_whose_entry_was_lost_is_told_by_the_next_one(world: World) -> None:
    """The grant stood already; the second click writes no second one."""
    say(world, PENDING)
    path = link(world)
    later(world, minutes=1)
    world.work.refuses = True
    first = world.call("POST", path, b"confirm=yes", key=None, headers=BUTTON)
    world.work.refuses = False
    later(world, minutes=1)

    assert 503 == first.status
    assert "confirmed" == click(world, path)
    assert ["pending", "given"] == [one.event for one in receipts(world)]
    assert "signet.consent.given" == world.work.events[-1].type


def test_a_click_after_the_links_time_is_too_late(world: World) -> None:
    """At its end already; nothing is granted."""
    say(world, PENDING)
    path = link(world)
    later(world, days=7)

    assert "late" == click(world, path)
    assert word(world) is None


def test_a_click_after_the_consents_own_end_is_too_late(world: World) -> None:
    """What would have ended is not granted any more."""
    say(world, {**PENDING, "expires_at": (NOW + timedelta(days=1)).isoformat()})
    path = link(world)
    later(world, days=1)

    assert "late" == click(world, path)
    assert word(world) is None


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("behind", [0, 5])
def test_a_withdrawal_overtakes_the_link(world: World, *, confirmed: bool, behind: int) -> None:
    """Whoever withdrew since has the last word, also by a clock that is behind the asking."""
    say(world, PENDING)
    path = link(world)
    if confirmed:
        later(world, hours=1)
        click(world, path)
    later(world, minutes=1 - behind)
    say(world, {"topic": "news", "status": "withdrawn"})
    before = receipts(world)
    later(world, hours=2)

    assert "overtaken" == click(world, path)
    assert before == receipts(world)
    assert "withdrawn" == getattr(word(world), "status", None)


def test_a_withdrawal_between_look_and_write_is_not_written_over(world: World) -> None:
    """The standing word is looked at once more at the write itself."""
    say(world, PENDING)
    path = link(world)
    look = world.rows.look

    def slow(workspace: str, profile_id: str, *handles: str) -> Any:
        found = look(workspace, profile_id, *handles)
        later(world, minutes=1)
        say(world, {"topic": "news", "status": "withdrawn"})
        return found

    world.rows.look = slow  # type: ignore[method-assign]

    assert "overtaken" == click(world, path)
    assert ["pending", "withdrawn"] == [one.event for one in receipts(world)]


def test_who_withdrew_before_may_ask_to_come_back(world: World) -> None:
    """An older no does not overtake the newer asking."""
    say(world, {"topic": "news", "status": "withdrawn"})
    later(world, days=1)
    say(world, PENDING)
    path = link(world)
    later(world, hours=1)

    assert "confirmed" == click(world, path)
    assert "granted" == getattr(word(world), "status", None)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_is_404(world: World, method: str) -> None:
    """Altered, cut, of another kind, or of a receipt that nobody wrote."""
    say(world, PENDING)
    path = link(world)
    other = world.links.token("unsubscribe", workspace="main", message_id="p1.x")
    bad = [f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}", path[:-4], f"/c/{other}", "/c/AAAA"]
    unknown = world.links.token("confirm", workspace="main", message_id="p1.x")

    assert [404] * 4 == [world.call(method, one, key=None).status for one in bad]
    pressed = world.call("POST", f"/c/{unknown}", b"confirm=yes", key=None, headers=BUTTON)
    assert 404 == pressed.status
    assert ["pending"] == [one.event for one in receipts(world)]


@pytest.mark.parametrize("body", [None, b"", b"confirm=no", b"garbage", {"confirm": "yes"}])
def test_who_only_tries_the_link_with_a_post_grants_nothing(world: World, body: Any) -> None:
    """Some scanners of mail post as well; the page's button says more than they do."""
    say(world, PENDING)
    headers = {} if isinstance(body, dict) else BUTTON
    answer = world.call("POST", link(world), body, key=None, headers=headers)

    assert (400, "confirm") == (answer.status, answer.json["errors"][0]["field"])
    assert word(world) is None


def test_a_number_is_not_confirmed_by_a_mail(world: World) -> None:
    """A consent to texts cannot be pending: nothing would prove the number."""
    answer = say(world, {**PENDING, "channel": "sms"})

    assert (400, "status") == (answer.status, answer.json["errors"][0]["field"])
    assert not receipts(world)


def test_a_write_key_can_only_withdraw() -> None:
    """Many may see it: it leaves people alone, and asks or grants nothing in their name."""
    world = furnished()
    asked = [say(world, {**NEWS, "status": s}, key="demo") for s in ("granted", "pending")]
    left = say(world, {"topic": "news", "status": "withdrawn"}, key="demo")

    assert [403, 403, 201] == [answer.status for answer in (*asked, left)]
    assert "consents.grant" in asked[0].json["detail"]
    assert "withdrawn" == getattr(word(world), "status", None)


def test_an_older_no_of_ones_own_does_not_overtake_a_merged_one() -> None:
    """Asked after a merge, with the other profile's later no standing, a click counts."""
    own = Consent(channel="email", topic="news", status="withdrawn", at=NOW - timedelta(days=5))
    said = {"channel": "email", "topic": "news", "basis": "consent"}
    pending = Receipt.model_validate(
        {**said, "id": "r", "profile_id": "p1", "event": "pending", "at": NOW,
         "over": NOW - timedelta(days=3)}
    )  # fmt: skip
    since = own.model_copy(update={"at": NOW - timedelta(days=2)})

    assert "confirm" == outcome(pending, own, confirmed=False, now=NOW)
    assert "overtaken" == outcome(pending, since, confirmed=False, now=NOW)
