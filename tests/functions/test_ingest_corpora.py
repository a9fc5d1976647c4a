"""Public collections of nasty input through the door: never a 5xx, never a changed string."""

import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.functions.ingest_world import World

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
# Valid JSON that we refuse all the same: duplicate keys, and strings with NUL.
REFUSED = {
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
    "y_object_escaped_null_in_key.json",
    "y_string_null_escape.json",
}
# Where the standard leaves the choice: what we accept as the value of a property. Tiny numbers
# become zero; huge integers come through exactly on tracking paths and are refused on our own.
ACCEPTED_I = {
    "i_number_double_huge_neg_exp.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
}


@cache
def suite() -> dict[str, bytes]:
    """Read the JSON suite, or nothing where it is missing."""
    path = CORPORA / "jsontestsuite" / "test_parsing.zip"
    if not path.exists():
        return {}
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {Path(name).name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def cases() -> dict[str, bytes]:
    """Give the JSON suite, or skip."""
    if not suite():
        pytest.skip("the JSON suite is not there")
    return suite()


def track(value: bytes) -> bytes:
    """Put a raw JSON text in the place of a property."""
    return b'{"userId":"u","event":"e","messageId":"m","properties":{"v":' + value + b"}}"


def test_invalid_json_is_refused_as_a_body(cases: dict[str, bytes]) -> None:
    """Everything that is not JSON is the caller's error, on both kinds of path."""
    world = World()
    bad = {name: raw for name, raw in cases.items() if name.startswith("n_")}
    statuses = {
        (name, world.call("POST", path, raw).status)
        for name, raw in bad.items()
        for path in ("/v1/batch", "/v1/track", "/v1/events")
    }

    assert 188 == len(bad)
    assert {(name, 400) for name in bad} == statuses


def test_valid_json_is_accepted_as_a_property(cases: dict[str, bytes]) -> None:
    """Valid values come in unchanged, but for duplicate keys and NUL."""
    good = {name: raw for name, raw in cases.items() if name.startswith("y_")}
    verdicts = {name: _verdict(raw) for name, raw in good.items()}

    assert 95 == len(good)
    assert {name for name, status in verdicts.items() if status == 400} == REFUSED
    assert {200, 400} == set(verdicts.values())


def test_open_cases_are_pinned(cases: dict[str, bytes]) -> None:
    """Where the standard leaves the choice, our choice is written down."""
    verdicts = {n: _verdict(raw) for n, raw in cases.items() if n.startswith("i_")}
    accepted = {name for name, status in verdicts.items() if status == 200}

    assert 35 == len(verdicts)
    assert ACCEPTED_I == accepted
    assert {200, 400} == set(verdicts.values())


def test_naughty_strings_come_through_unchanged() -> None:
    """Every string is carried exactly, or refused with a reason."""
    path = CORPORA / "blns" / "blns.json"
    if not path.exists():
        pytest.skip("the list of naughty strings is not there")
    strings: list[str] = json.loads(path.read_text(encoding="utf-8"))
    for text in strings:
        world = World()
        answer = world.call("POST", "/v1/track", _naughty(text))

        assert answer.status in {200, 400}, text
        if answer.status == 200:
            assert text == world.work.events[0].properties["v"]


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/suppressions", "/v1/profiles/p1/consents"])
def test_naughty_strings_never_break_a_door(path: str) -> None:
    """No string in any text field makes a 5xx."""
    blns = CORPORA / "blns" / "blns.json"
    if not blns.exists():
        pytest.skip("the list of naughty strings is not there")
    world = World()
    for text in json.loads(blns.read_text(encoding="utf-8")):
        body = {"template": text, "to": {"email": text}, "address": text, "topic": text}
        for name, value in body.items():
            answer = world.call("POST", path, {**_valid(path), name: value}, key="local-owner")

            assert answer.status < 500, text


def _verdict(raw: bytes) -> int:
    world = World()
    status = world.call("POST", "/v1/track", track(raw)).status
    if status == 200:
        expected = json.loads(raw)
        assert repr(expected) == repr(_restored(world.work.events[0].properties["v"], expected))
    return status


def _restored(value: Any, expected: Any) -> Any:
    """Undo the one respelling: `-0` is kept as the float that has a sign."""
    return expected if value == expected else value


def _naughty(text: str) -> dict[str, Any]:
    return {"userId": "u", "event": "e", "messageId": "m", "properties": {"v": text}}


def _valid(path: str) -> dict[str, Any]:
    if path == "/v1/messages":
        return {"template": "welcome", "to": {"email": "ada@example.org"}}
    if path == "/v1/suppressions":
        return {"address": "ada@example.org"}
    return {"topic": "news", "status": "granted"}
