"""Expressions of a mapping: what may be written, and what stays small."""

import time
from typing import Any

import pytest

from signet.domain import expression
from signet.domain.expression import Unfit, checked, search


@pytest.mark.parametrize(
    ("written", "payload", "found"),
    [
        ("person.mail", {"person": {"mail": "a@b.example"}}, "a@b.example"),
        ("answers[0].mail", {"answers": [{"mail": "x"}]}, "x"),
        ("answers[?type == 'email'].email | [0]", {"answers": [{"type": "email", "email": 1}]}, 1),
        ("'Form sent'", {}, "Form sent"),
        ("join(':', [to_string(a), b])", {"a": 7, "b": "x"}, "7:x"),
        ("kind == 'a' && value || `null`", {"kind": "b", "value": 1}, None),
        ("from_json(Message).n", {"Message": '{"n": 3}'}, 3),
        ("from_json(Message)", {"Message": "not JSON"}, None),
        ("from_json(Message)", {"Message": '{"n": NaN}'}, None),
        ("from_json(Message)", {"Message": "[" * 100_000}, None),
        ("from_json(Message)", {"Message": '{"a": "\\u0000"}'}, None),
        ("a[1:3]", {"a": [1, 2, 3, 4]}, [2, 3]),
        ('"e-mail"', {"e-mail": "x"}, "x"),
        ("missing.deeply", {}, None),
    ],
)
def test_expression_finds(written: str, payload: Any, found: Any) -> None:
    """What a mapping needs: paths, choices, constants, joined ids, JSON inside a text."""
    assert found == search(checked(written), payload)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("answers.0.mail", "no JMESPath expression at character 8"),
        ("a.", "no JMESPath"),
        ("a b", "no JMESPath"),
        ("", "no JMESPath"),
        ("'open", "no JMESPath"),
        ("a ? b", "no JMESPath"),
        ("nothing(a)", "has no function nothing"),
        ("length()", "gives length 0 arguments, not 1"),
        ("length(a, b)", "gives length 2 arguments, not 1"),
        ("join(a, b)", "must join with a literal"),
        ("join('" + "x" * 17 + "', b)", "must join with a literal"),
        ("!" * 60 + "a", "nested deeper"),
        ("(" * 500 + "a" + ")" * 500, "no JMESPath"),
        ("x" * 1025, "longer than 1024"),
        (" | ".join(["[@, @][]"] * 7), "repeats what it finds too often"),
        (" | ".join(["{a: @, b: @}.*[]"] * 7), "repeats what it finds too often"),
        ("to_string([" * 7 + "@" + "])" * 7, "repeats what it finds too often"),
        ("map(&[@,@,@,@,@,@,@,@,@], [@,@,@,@,@,@,@,@])", "repeats what it finds too often"),
    ],
)
def test_expression_is_refused_when_it_is_written(written: str, reason: str) -> None:
    """Nothing that cannot work, or could swell a body, is found out with the first webhook."""
    with pytest.raises(ValueError, match=reason.replace("(", r"\(")):
        checked(written)


@pytest.mark.parametrize("written", ["join(':', a)", "abs(a)", "sum(a)"])
def test_payload_that_does_not_fit_is_told_apart(written: str) -> None:
    """A function that was given another type is the payload's fault, and says nothing of it."""
    with pytest.raises(Unfit, match=r"^does not fit its expression$"):
        search(checked(written), {"a": "secret"})


def test_broadest_expression_stays_small() -> None:
    """The largest list that may be written on the largest body is read in a moment."""
    payload = {"a": ["x" * 250] * 1000}
    written = checked(" | ".join(["[@, @][]"] * 5))
    started = time.perf_counter()
    found = search(written, payload)

    assert isinstance(found, list) and len(found) <= expression.BROADEST
    assert time.perf_counter() - started < 1
