"""Kill -9 in the middle of everything: nobody gets two mails, and no message is without an end."""

import json
from typing import Any

import pytest

from benchmarks.killed import Load, main, measure
from benchmarks.pipeline import Load as Plain
from benchmarks.pipeline import prepare, through
from infra.local.cloud import LocalCloud

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def once() -> dict[str, Any]:
    """Send a thousand messages of the class once through twenty kills at calls."""
    return measure(Load(messages=1_000, kills=20))


def test_nobody_has_two_mails_when_the_worker_is_killed(once: dict[str, Any]) -> None:
    """Twenty kills, before calls and after them, and still at most one mail for each person."""
    moments = once["kills_before_a_call"], once["kills_after_a_call"]

    assert 20 == once["kills"] == sum(moments) == once["workers"] - 1
    assert min(moments) > 0
    assert 0 == once["people_with_two_mails"]
    assert once["mails"] == 1_000 - once["people_without_mail"]


def test_every_message_has_an_end_when_the_worker_is_killed(once: dict[str, Any]) -> None:
    """What a kill interrupts is done by the next worker; nothing is lost, stuck or dead."""
    assert {"delivered", "unresolved"} >= once["statuses"].keys()
    assert 1_000 == sum(once["statuses"].values())
    assert 0 == once["dead_letters"]


def test_missing_mail_is_explained_by_a_kill_behind_its_claim(once: dict[str, Any]) -> None:
    """Without a mail is exactly who was cut off between claim and hand-over, and it is told."""
    assert once["kept"]
    assert once["people_without_mail"] == once["cut_off_at_a_call"]
    assert once["people_without_mail"] == once["statuses"].get("unresolved", 0)
    assert 0 == once["cut_off_between_calls"]


def test_counters_equal_the_ledger_when_the_worker_is_killed(once: dict[str, Any]) -> None:
    """Reports count each message once, however often its batch was folded."""
    assert 1_000 == once["counted_messages"]
    assert once["statuses"]["delivered"] == once["counted_delivered"]
    assert once["statuses"].get("unresolved", 0) == once["counted_unresolved"]


def test_nobody_has_two_mails_when_the_provider_tells_hours_later() -> None:
    """A mail that left unrecorded is not sent again, though nothing tells yet that it left."""
    result = measure(Load(messages=300, kills=8, only="Deliver", late=True))

    assert {"deliver": 8} == result["kills_by_function"]
    assert result["mailed_and_not_recorded"] > 0
    assert 0 == result["people_with_two_mails"]
    assert result["kept"]


def test_promise_is_kept_when_kills_come_at_any_time() -> None:
    """Kills between calls, in the middle of whatever a function does, break nothing either."""
    result = measure(Load(messages=300, kills=0, stray=0.8))

    assert result["kills"] > 0
    assert result["kept"]
    assert 0 == result["people_with_two_mails"]


def test_everybody_has_one_mail_when_messages_are_assured() -> None:
    """A message that may be repeated is, after a quiet period: one mail for everybody."""
    result = measure(Load(messages=300, kills=10, seed=2, message_class="assured"))

    assert {"delivered": 300} == result["statuses"]
    assert (300, 0) == (result["mails"], result["people_without_mail"])
    assert result["kept"]


def test_worker_does_exactly_what_one_process_does() -> None:
    """The same load makes the same calls, mails and counts wherever the functions run."""
    load, seen = Plain(events=200, mails=40, people=50), []
    for worker in (False, True):
        with LocalCloud(worker=worker, frozen=True) as cloud:
            prepare(cloud, load)
            through(cloud, list(load.tracked()))
            mails = [(mail["to"], mail["subject"]) for mail in cloud.outbox.list()]
            seen.append((cloud.meter.view()["calls"], cloud.meter.view()["units"], mails))

    assert seen[0] == seen[1]
    assert 40 == len(seen[1][2])


def test_figures_are_printed_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command says what it counted, and refuses more kills than there are calls."""
    assert 0 == main(["--messages", "10", "--kills", "1", "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (10, 1, True) == (told["messages"], told["kills"], told["kept"])
    assert 0 == main(["--messages", "2", "--kills", "0"])
    assert "people_with_two_mails" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["--messages", "1", "--kills", "150"])
