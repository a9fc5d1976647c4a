"""Every message is counted under one status, and one that has not gone under one reason."""

from collections import Counter
from datetime import UTC, datetime
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from signet.domain.message import CODES as STATUSES
from signet.domain.message import Message, Rule
from signet.domain.reasons import CODES, OTHER, TOLD, code_of, counted
from signet.domain.report import adds_up, by_reason, changes

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
REASONS = st.one_of(
    st.sampled_from(sorted(CODES)).map(lambda code: f"{code}:of it; an earlier attempt is unknown"),
    st.text(max_size=40),
)
STATES = st.tuples(st.sampled_from(sorted(STATUSES)), REASONS)


def message(status: str = "planned", reason: str = "", **fields: object) -> Message:
    """Write a message in a state."""
    values = {
        "workspace": "main", "id": "m", "template": "t", "planned_at": NOW, "status": status,
        "reason": reason, **fields,
    }  # fmt: skip
    return Message.model_validate(values)


@given(st.lists(st.lists(STATES, min_size=1, max_size=6), max_size=8))
def test_counters_add_up_after_any_moves(lives: list[list[tuple[str, str]]]) -> None:
    """Whatever moves messages make, their sums are those of what they are in the end."""
    counters: Counter[str] = Counter()
    last: list[Message] = []
    for states in lives:
        before = None
        for status, reason in states:
            after = message(status, reason)
            for name, amount in changes(before, after):
                counters[name] += amount
            before = after
        last += [before] if before else []
    ungone = Counter(counted(one) for one in last if one.status in TOLD)

    assert (
        len(last)
        == counters["messages"]
        == sum(n for name, n in counters.items() if name.startswith("status:"))
    )
    assert dict(ungone) == by_reason(counters)
    assert adds_up(counters)


@given(st.text())
def test_no_text_makes_a_counter_of_its_own(reason: str) -> None:
    """What people and providers write is counted under few words."""
    assert code_of(reason) in CODES | {""}
    assert counted(message("held", reason)) in CODES | {OTHER}


def test_gate_is_counted_as_one_reason_whatever_it_says() -> None:
    """The figures in the gate's own reason would make a counter each."""
    shut = "23 of 120 mails bounced for ever"
    rules = [Rule(rule="gate", verdict="refuse", reason=shut)]
    held = message("held", shut, decisions=rules)

    assert "gate" == counted(held)
    assert "" == counted(message("sent", decisions=rules))


def test_record_that_is_not_kept_any_more_changes_no_counter() -> None:
    """What was counted when it was known stays counted."""
    shut = "23 of 120 mails bounced for ever"
    rules = (Rule(rule="gate", verdict="refuse", reason=shut),)
    ended = message("cancelled", shut, decisions=rules)

    assert [] == list(changes(ended, ended.model_copy(update={"decisions": ()})))


def test_lost_message_does_not_add_up() -> None:
    """The sum is asked of the counters, not taken for granted."""
    good = dict(changes(None, message("skipped", "no_consent")))

    assert adds_up(good)
    assert not adds_up(good | {"messages": 2})
    assert not adds_up({n: v for n, v in good.items() if n != "reason:no_consent"})
    assert set(TOLD) <= set(get_args(Message.model_fields["status"].annotation))
