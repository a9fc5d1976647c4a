"""Every reason is a sentence that people understand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from signet.domain.explaining import FORGOTTEN, PHRASES, explained
from signet.domain.message import CODES as STATUSES
from signet.domain.message import Message, Rule, Transition
from signet.domain.reasons import CODES

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


def message(status: str, reason: str = "", *rules: Rule, **fields: Any) -> Message:
    """Write a message about news in a state."""
    values = {
        "workspace": "main", "id": "m", "template": "t", "planned_at": NOW, "topic": "news",
        "status": status, "reason": reason, "decisions": rules, **fields,
    }  # fmt: skip
    return Message.model_validate(values)


def refused(rule: str, reason: str, **fields: Any) -> Rule:
    """Write a refusal."""
    return Rule(rule=rule, verdict="refuse", reason=reason, **fields)


def test_every_reason_that_is_counted_has_a_phrase() -> None:
    """A new reason is not left without words."""
    assert set(PHRASES) == CODES


@pytest.mark.parametrize(
    ("reason", "inputs", "words"),
    [
        ("no_consent", {}, "there is no consent for news by e-mail"),
        (
            "consent_withdrawn",
            {"at": "2026-05-03T10:00:00+00:00"},
            "the consent for news by e-mail was withdrawn on 3 May 2026",
        ),
        ("consent_withdrawn", {"at": "lately"}, "the consent for news by e-mail was withdrawn"),
        ("suppressed:complaint", {}, "the address is suppressed (complaint)"),
        (
            "suppressed:manual",
            {"scope": "topic"},
            "the address is suppressed (manual), for messages about news",
        ),
        (
            "suppressed:manual",
            {"scope": "global"},
            "the address is suppressed (manual), for every message to this person",
        ),
        (
            "basis_not_permitted:soft",
            {},
            "the consent for news by e-mail rests on soft, which does not suffice here",
        ),
        (
            "capped:1 within P1D",
            {},
            "the person got as many messages as the cap allows (1 within P1D)",
        ),
        (
            "paused_by_recipient",
            {"paused_until": "2026-06-01T00:00:00+00:00"},
            "the person asked for a pause until 1 June 2026",
        ),
        ("no_address", {}, "the person has no address for this channel"),
        ("something new", {}, "something new"),
        ("", {}, "no reason was written down"),
    ],
)
def test_skipped_message_says_why(reason: str, inputs: dict[str, str], words: str) -> None:
    """The sentence names what the rule was asked, and the day where it is known."""
    skipped = message("skipped", reason, refused("any", reason, inputs=inputs))

    assert (f"Not sent: {words}.",) == explained(skipped)


def test_held_message_says_until_when_on_the_persons_clock() -> None:
    """The hour is that of the zone that the rule was asked for."""
    until = datetime(2026, 5, 4, 6, tzinfo=UTC)
    rule = refused("quiet", "quiet_hours", inputs={"zone": "Europe/Paris"}, until=until)
    here = "Waits until 08:00 in Europe/Paris on 4 May 2026, because of quiet hours."
    nowhere = "Waits until 06:00 UTC on 4 May 2026, because of quiet hours."
    lost = rule.model_copy(update={"inputs": {"zone": "../Nowhere"}})

    assert (here,) == explained(message("held", "quiet_hours", rule))
    assert (nowhere,) == explained(message("held", "quiet_hours", lost))
    assert ("Waits: the campaign is paused.",) == explained(message("held", "campaign_paused"))


def test_stopped_workspace_is_told_in_the_operators_words() -> None:
    """The gate's reason is a text of its own."""
    shut = "stopped by an operator"
    held = message("held", shut, refused("gate", shut))

    assert (f"Waits: sending is stopped ({shut}).",) == explained(held)


def test_sent_message_says_when_and_what_it_rests_on() -> None:
    """Who asks why they got it hears which consent there was."""
    granted = Rule(rule="consent", verdict="pass", reason=f"granted at {NOW.isoformat()}")
    steps = (Transition(status="sent", at=NOW), Transition(status="delivered", at=NOW))
    went = "Sent and delivered on 3 May 2026 at 12:00 UTC."
    service = "It is a service message, which needs no consent."

    assert (went, "The consent for news by e-mail was granted on 3 May 2026.") == explained(
        message("delivered", "", granted, transitions=steps)
    )
    assert (went, service) == explained(
        message("delivered", "", granted, transitions=steps, topic=None)
    )


def test_late_message_says_how_late() -> None:
    """The limit is a part of the sentence."""
    words = "Not sent: it was too late, the limit was 3 May 2026 at 12:00 UTC."
    late = message("expired", "not_after has passed", not_after=NOW)

    assert (words,) == explained(late)


def test_earlier_attempt_is_told() -> None:
    """What is not known is said, too."""
    ended = message("cancelled", "campaign_cancelled; an earlier attempt is unknown")

    words = "Not sent: the campaign was cancelled; an earlier attempt is unknown."
    assert (words,) == explained(ended)


def test_record_that_is_gone_is_told_where_there_was_one() -> None:
    """Of what ended before anybody asked, nothing is missing."""
    skipped = explained(message("skipped", "no_consent"))
    claimed = Transition(status="claimed", at=NOW)
    sent = explained(message("delivered", transitions=(claimed,)))

    assert (FORGOTTEN, FORGOTTEN) == (skipped[-1], sent[-1])
    assert FORGOTTEN not in explained(message("failed", "render: the template is gone"))


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_every_status_has_words(status: str) -> None:
    """Nobody is left with an empty answer."""
    first, *_ = explained(message(status))

    assert first.endswith(".")
