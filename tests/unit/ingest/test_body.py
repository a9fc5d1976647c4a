"""The body reader, alone."""

import base64
import gzip
import time
from typing import Any

import pytest

from signet.errors import Rejected, TooLarge
from signet.runtime import body


def packed(raw: bytes) -> dict[str, Any]:
    """Write bytes as the gateway does."""
    return {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}


@pytest.mark.parametrize("bomb", ["[" * 100_000, '{"a":' * 40_000, '[{"a":' * 30_000])
@pytest.mark.parametrize("profile", [body.STRICT, body.SEGMENT])
def test_depth_bomb_is_refused_at_once(bomb: str, profile: body.Profile) -> None:
    """A hundred thousand brackets cost less than five milliseconds and no recursion error."""
    best = 1.0
    for _ in range(3):
        started = time.thread_time()
        with pytest.raises(Rejected):
            body.read_json({"body": bomb}, profile)
        best = min(best, time.thread_time() - started)

    assert best < 0.005


@pytest.mark.parametrize(
    ("text", "place"),
    [('{"a":{"b":[0,"\\u0000"]}}', "a.b.1"), ('{"a":"\\ud800"}', "a"), ('{"\\u0000":1}', "body"),
     ('{"a":9007199254740993}', "a"), ('{"a":-9007199254740993}', "a"),
     ('{"a":"' + "x" * 16_385 + '"}', "a"), ('{"a":{"b":1,"b":2}}', "b"),
     ('{"a":{' + ",".join(f'"k{n}":1' for n in range(201)) + "}}", "a"),
     ('{"a":' * 17 + "1" + "}" * 17, ".".join("a" * 16))],
)  # fmt: skip
def test_place_of_the_flaw_is_named(text: str, place: str) -> None:
    """Whoever sends a flawed value learns where it stands."""
    with pytest.raises(Rejected) as caught:
        body.read_json({"body": text}, body.STRICT)

    assert place == caught.value.fields[0].field


@pytest.mark.parametrize("text", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 5000])
def test_number_that_is_none_is_refused(text: str) -> None:
    """What is not a finite number is refused rather than changed."""
    with pytest.raises(Rejected):
        body.read_json({"body": text}, body.SEGMENT)


def test_depth_of_sixteen_is_allowed() -> None:
    """The bound itself is inside."""
    assert body.read_json({"body": '{"a":' * 16 + "1" + "}" * 16}, body.STRICT)


def test_negative_zero_keeps_its_sign() -> None:
    """Python's own reader would drop it."""
    assert "-0.0" == str(body.parse(b"-0"))


@pytest.mark.parametrize("raw", [b"\xff", b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", b"[1]\x00"])
def test_bytes_that_are_not_utf8_json_are_refused(raw: bytes) -> None:
    """UTF-8 without a byte order mark, and nothing behind the value."""
    with pytest.raises(Rejected):
        body.read_json(packed(raw), body.STRICT)


def test_gzip_is_known_by_its_first_bytes() -> None:
    """No header is needed, and members in a row are one body."""
    raw = gzip.compress(b'{"a":') + gzip.compress(b"1}")

    assert {"a": 1} == body.read_json(packed(raw), body.STRICT)


@pytest.mark.parametrize(
    "raw",
    [gzip.compress(b"0" * 1_500_000), gzip.compress(gzip.compress(b"{}"))[:-9],
     gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"rest", b"\x1f\x8b"],
    ids=["swells", "cut inside", "cut", "followed", "begun"],  # packing writes the time of day
)  # fmt: skip
def test_bombs_and_damage_are_refused(raw: bytes) -> None:
    """Compressed data that swells or ends early is not read."""
    with pytest.raises(body.Unsupported):
        body.read_json(packed(raw), body.SEGMENT)


def test_inflated_body_obeys_the_size_bound() -> None:
    """Compression is no way around the bound."""
    raw = gzip.compress(bytes(range(256)) * 1_100)

    with pytest.raises(TooLarge):
        body.raw(packed(raw), limit=body.STRICT.size)


def test_broken_base64_is_refused() -> None:
    """The gateway never writes it; somebody else does."""
    with pytest.raises(Rejected):
        body.raw({"body": "a", "isBase64Encoded": True}, limit=10)
